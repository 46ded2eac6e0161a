// Checks as anybody who may call a perspective can send them.
//   input: a Check in protobuf's text format
#include <optional>

#include "mpic/v1/check.pb.h"
#include "tests/fuzz/check_rules.h"
#include "tests/fuzz/fuzz_target.h"

namespace mpic::fuzz {

MPIC_FUZZ_TARGET(check) {
  v1::Check check;
  if (!ReadMessage(input.Rest(), check)) return;
  if (const auto problem = RefuseCheck(check)) RequireSound(*problem);
}

}  // namespace mpic::fuzz
