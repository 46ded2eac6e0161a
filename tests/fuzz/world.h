// What a perspective finds around it: worlds that answer every sense at once, for checks that are
// run as they are in operation.
#ifndef MPIC_TESTS_FUZZ_WORLD_H_
#define MPIC_TESTS_FUZZ_WORLD_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "mpic/v1/check.pb.h"

namespace mpic::fuzz {

// 2026-11-23T12:00:00Z, for whoever judges a check and whoever runs it.
inline const absl::Time kNow = absl::FromUnixSeconds(1'795'435'200);

// The same wherever one looks: records as RDATA by their type, every host at one address, every
// server with one page and one certificate. What is empty is not there.
struct World {
  bool answers = true;  // false: lookups end in SERVFAIL, connections time out
  // A denial of DS that proves it, at every name; and the name that no cache has is answered.
  bool delegations_insecure = false;
  std::vector<std::string> hops;  // CNAME questions are answered by these, one each, first
  std::vector<std::string> txt, caa, cname, ptr;
  std::string location;  // of a redirect
  std::string body;
  std::string certificate;
};

// Has what `check` looks for, if anything can be that.
World ProvenWorld(const v1::Check& check);
// Says `octets` to every question; with "://" in them, servers redirect there.
World SayingWorld(absl::string_view octets);
// There is nothing, and that is said.
inline World SilentWorld() { return {}; }
// No server of the domain answers, and no chain of trust leads there where `delegations_insecure`.
inline World DeadWorld(bool delegations_insecure) {
  return {.answers = false, .delegations_insecure = delegations_insecure};
}

// Runs `check` by the real checker and methods. Requires that it ends, that no question and no
// connection goes where none may go, and that the result is sound (sound_result.h).
v1::CheckResult RunCheck(const v1::Check& check, World world);

}  // namespace mpic::fuzz

#endif  // MPIC_TESTS_FUZZ_WORLD_H_
