#include "perspective/rules/challenge_age.h"

#include <string>

#include "common/challenge.h"
#include "common/proto_time.h"

namespace mpic::perspective {

std::optional<Problem> RefuseByAge(const v1::Check& check, absl::Time now) {
  if (!check.has_challenge_created_at()) return std::nullopt;
  const absl::Status age = CheckChallengeAge(FromTimestamp(check.challenge_created_at()), now);
  if (age.ok()) return std::nullopt;
  return Problem{.kind = v1::Problem::TOKEN_EXPIRED, .detail = std::string(age.message())};
}

}  // namespace mpic::perspective
