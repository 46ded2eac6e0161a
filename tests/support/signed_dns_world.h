// A small signed Internet on the loopback: root, com and zones below in a real NSD, and a real
// validating unbound in front of it.
#ifndef MPIC_TESTS_SUPPORT_SIGNED_DNS_WORLD_H_
#define MPIC_TESTS_SUPPORT_SIGNED_DNS_WORLD_H_

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/ip_address.h"

namespace mpic::testing {

// One zone: what stands in its file below SOA and NS, and what is done to it.
struct SignedWorldZone {
  std::string name;  // "example.com"; every zone but the root lies in com
  std::string records;
  bool is_signed = true;
  // After signing, the first text becomes the second: behind the signature's back.
  std::string tampered_from;
  std::string tampered_to;
};

// Needs nsd, unbound and ldnsutils; aborts with the reason when it cannot be built. Keys are made
// anew each time. Lives in a directory of its own that goes with it, like its two processes.
class SignedDnsWorld {
 public:
  explicit SignedDnsWorld(const std::vector<SignedWorldZone>& zones);
  ~SignedDnsWorld();
  SignedDnsWorld(const SignedDnsWorld&) = delete;
  SignedDnsWorld& operator=(const SignedDnsWorld&) = delete;

  // Answers as soon as the processes are ready; ask again until then.
  IpEndpoint resolver() const;

 private:
  std::string ZoneFile(absl::string_view zone) const;
  void WriteZone(const std::string& zone, const std::string& records) const;
  // Signs the zone; its DS goes to the parent's file, or is the trust anchor.
  void Sign(const std::string& zone, const std::string& parent) const;
  void StartNsd(const std::vector<std::string>& zones);
  void StartUnbound(const std::vector<std::string>& zones);

  std::string directory_;
  std::uint16_t nsd_port_ = 0;
  std::uint16_t resolver_port_ = 0;
  std::vector<pid_t> processes_;
};

}  // namespace mpic::testing

#endif  // MPIC_TESTS_SUPPORT_SIGNED_DNS_WORLD_H_
