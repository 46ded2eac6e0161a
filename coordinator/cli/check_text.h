// What a check is about, in words that every kind of output shares.
#ifndef MPIC_COORDINATOR_CLI_CHECK_TEXT_H_
#define MPIC_COORDINATOR_CLI_CHECK_TEXT_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "mpic/v1/check.pb.h"

namespace mpic::coordinator::cli {

// The name in A-labels where it is a name, escaped where it is not, or the address.
std::string NameText(const v1::Check& check);

// "dns-01 (BR 3.2.2.4.7)"; without parentheses when `reference` is empty.
std::string MethodText(const v1::Check& check, absl::string_view reference);

// "KIND: detail"; empty when there is none.
std::string ProblemText(const v1::Problem& problem);

// "CAA found at example.com, valid until 2026-12-15T00:00:00Z", and whether lookups that
// failed were tolerated on the way.
std::string CaaText(const v1::CaaEvidence& caa);

// "2026-12-15T00:00:00Z".
std::string InstantText(absl::Time time);

// "12 ms", "<1 ms".
std::string TimeText(absl::Duration span);

// As TimeText; "-" when the result does not say.
std::string TimeTaken(const v1::CheckResult& result);

// "passed", "failed", "error"; "unknown" for a number that this version does not know.
absl::string_view OutcomeText(v1::Outcome outcome);

}  // namespace mpic::coordinator::cli

#endif  // MPIC_COORDINATOR_CLI_CHECK_TEXT_H_
