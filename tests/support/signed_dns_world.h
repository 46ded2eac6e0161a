// A small signed Internet on the loopback: root, com and zones below in a real NSD, and a real
// validating unbound in front of it.
#ifndef MPIC_TESTS_SUPPORT_SIGNED_DNS_WORLD_H_
#define MPIC_TESTS_SUPPORT_SIGNED_DNS_WORLD_H_

#include <cstdint>
#include <list>
#include <string>
#include <vector>

#include "common/ip_address.h"
#include "tests/support/child_process.h"
#include "tests/support/signed_zone.h"

namespace mpic::testing {

// Needs nsd, unbound and ldnsutils; aborts with the reason when it cannot be built. Each zone lies
// in the nearest one above it that is there. Lives in a directory of its own that goes with it,
// like its two processes.
class SignedDnsWorld {
 public:
  explicit SignedDnsWorld(std::vector<SignedWorldZone> zones);
  ~SignedDnsWorld();
  SignedDnsWorld(const SignedDnsWorld&) = delete;
  SignedDnsWorld& operator=(const SignedDnsWorld&) = delete;

  // Answers as soon as the processes are ready; ask again until then.
  IpEndpoint resolver() const;

 private:
  void MakeZones(std::vector<SignedWorldZone> zones);
  // Gives its port; what it does not serve it refuses.
  std::uint16_t StartNsd(const std::string& name, const std::vector<SignedWorldZone>& zones);
  void StartUnbound(const std::vector<SignedWorldZone>& zones, std::uint16_t served_port,
                    std::uint16_t refused_port);
  void StartProcess(const std::string& program, const std::string& configuration,
                    const std::string& log);

  std::string directory_;
  std::uint16_t resolver_port_ = 0;
  std::list<ChildProcess> processes_;
};

}  // namespace mpic::testing

#endif  // MPIC_TESTS_SUPPORT_SIGNED_DNS_WORLD_H_
