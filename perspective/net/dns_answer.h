// A DNS question and its answer, as values.
#ifndef MPIC_PERSPECTIVE_NET_DNS_ANSWER_H_
#define MPIC_PERSPECTIVE_NET_DNS_ANSWER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/domain_name.h"
#include "perspective/problem.h"

namespace mpic::perspective {

enum class RecordType : std::uint16_t {
  kA = 1,
  kCname = 5,
  kPtr = 12,
  kTxt = 16,
  kAaaa = 28,
  kDs = 43,
  kCaa = 257
};

// "TXT"; "other" for a type that no method asks for.
absl::string_view RecordTypeName(RecordType type);
// "SERVFAIL"; "rcode 17" for one without a name here.
std::string RcodeName(std::uint16_t rcode);

struct DnsQuestion {
  DomainName name;
  RecordType type = RecordType::kA;
};

struct ExtendedDnsError {  // RFC 8914
  std::uint16_t info_code = 0;
  std::string extra_text;
};

// What the resolver answered. NXDOMAIN and NODATA are answers (no records), lookup errors are not:
// they arrive in `problem`, and then the records are empty and mean nothing.
struct DnsAnswer {
  DnsQuestion question;
  std::uint8_t rcode = 0;       // of the reply; 0 when there was none
  bool authentic_data = false;  // AD
  v1::DnssecStatus dnssec = v1::DNSSEC_STATUS_UNSPECIFIED;
  std::vector<ExtendedDnsError> extended_errors;
  std::vector<DomainName> cname_chain;  // targets in order; empty without an alias
  std::vector<std::string> rdata;  // raw RDATA of the records of the type asked, at the chain's end
  std::uint32_t min_ttl_seconds = 0;  // over chain and records; 0 when there are none
  bool tcp = false;
  unsigned tries = 0;
  // Of a failed lookup: its tries did not all fail in the way that is told here.
  bool tries_differed = false;
  absl::Duration elapsed;
  Problem problem;  // kind KIND_UNSPECIFIED: the lookup worked

  bool lookup_failed() const { return problem.kind != v1::Problem::KIND_UNSPECIFIED; }
  // The same failure, for the same reasons.
  bool FailedLike(const DnsAnswer& other) const;
  bool nxdomain() const { return rcode == 3 && !lookup_failed(); }
};

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_NET_DNS_ANSWER_H_
