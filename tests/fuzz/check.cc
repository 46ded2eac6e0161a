// Checks as anybody who may call a perspective can send them, run to their results.
//   input: a line that a world says to every question, then a Check in protobuf's text format
#include <array>

#include "mpic/v1/check.pb.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/read_message.h"
#include "tests/fuzz/world.h"

namespace mpic::fuzz {
namespace {

bool CannotBeAsked(const v1::CheckResult& result) {
  return result.problem().kind() == v1::Problem::BAD_REQUEST;
}

// Where there is nothing, a name without CAA records is all that can pass.
void RequireNothingProven(const v1::Check& check, const v1::CheckResult& silent) {
  Require(silent.outcome() != v1::PASSED || check.has_caa(), "nothing proves nothing");
  Require(silent.outcome() != v1::PASSED || silent.caa().matched_index() == -1,
          "no record authorises where there is none");
}

// `can_pass`: it does where nothing forbids.
void RequireFailuresProveNothing(const v1::Check& check, bool can_pass, const v1::CheckResult& dead,
                                 const v1::CheckResult& insecure) {
  Require(dead.outcome() != v1::PASSED, "failures prove nothing");
  const bool may_permit = check.caa().lookup_failure() == v1::CaaCheck::MAY_PERMIT;
  Require((insecure.outcome() == v1::PASSED) == (may_permit && can_pass),
          "a failure with SERVFAIL permits where it was asked to");
  Require(insecure.outcome() != v1::PASSED || insecure.caa().has_tolerated_lookup_failure(),
          "a permission by failure says so");
}

}  // namespace

MPIC_FUZZ_TARGET(check) {
  const absl::string_view said = input.Line();
  v1::Check check;
  if (!ReadMessage(input.Rest(), check)) return;
  if (!check.has_time_budget()) check.mutable_time_budget()->set_seconds(10);

  const std::array results = {
      RunCheck(check, SilentWorld()), RunCheck(check, DeadWorld(/*delegations_insecure=*/false)),
      RunCheck(check, DeadWorld(/*delegations_insecure=*/true)), RunCheck(check, SayingWorld(said)),
      RunCheck(check, ProvenWorld(check))};
  RequireNothingProven(check, results[0]);
  RequireFailuresProveNothing(check, results[0].outcome() == v1::PASSED, results[1], results[2]);
  // Not so behind CNAME hops, of which some methods take all before they read their parameters.
  if (check.adn_cname_steps() > 0) return;
  for (const v1::CheckResult& result : results) {
    Require(CannotBeAsked(result) == CannotBeAsked(results[0]),
            "whether something can be asked does not depend on the answer");
  }
}

}  // namespace mpic::fuzz
