// How long a Random Value, Request Token or ACME token may be used.
#ifndef MPIC_PERSPECTIVE_RULES_CHALLENGE_AGE_H_
#define MPIC_PERSPECTIVE_RULES_CHALLENGE_AGE_H_

#include <optional>

#include "absl/time/time.h"
#include "perspective/problem.h"

namespace mpic::perspective {

// TOKEN_EXPIRED when the check's challenge_created_at is over the age of common/challenge.h at
// `now`, or lies in the future. nullopt: the age is fine, or the check names no creation time and
// the RA vouches for it.
std::optional<Problem> RefuseByAge(const v1::Check& check, absl::Time now);

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_RULES_CHALLENGE_AGE_H_
