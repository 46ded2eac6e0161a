// Keeps watch over the resolver: a perspective that says "my resolver validates" must be able to
// show it, at the start and ever after (BR 4.2.2.2).
#ifndef MPIC_PERSPECTIVE_DNSSEC_WATCH_H_
#define MPIC_PERSPECTIVE_DNSSEC_WATCH_H_

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/domain_name.h"
#include "perspective/net/dns_client.h"
#include "perspective/rules/dnssec_proof.h"

namespace mpic::perspective {

struct DnssecWatchOptions {
  DomainName signed_delegation;          // of the root zone, such as "com"
  std::optional<DomainName> bogus_name;  // its signatures are known not to hold
  absl::Duration interval;               // between proofs
};

// Lives on one loop and is used only there.
class DnssecWatch {
 public:
  // Proofs in a row that may fail for want of an answer before a standing is lost. A resolver that
  // does not answer validates nothing, but one lost packet is no reason to drop all checks.
  static constexpr unsigned kSilencesMax = 3;

  // Told after every proof: OK while the resolver counts as validating, else FAILED_PRECONDITION
  // with the reason.
  using OnStanding = std::function<void(const absl::Status& standing)>;

  DnssecWatch(DnsClient& dns, DnssecWatchOptions options, OnStanding on_standing);

  // One proof.
  boost::asio::awaitable<void> Prove();
  // Proofs for ever, the first after `interval`; ends by cancellation.
  boost::asio::awaitable<void> Run();

 private:
  DnsClient& dns_;
  const DnssecWatchOptions options_;
  const OnStanding on_standing_;
  absl::Status standing_;
  unsigned silences_ = 0;
};

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_DNSSEC_WATCH_H_
