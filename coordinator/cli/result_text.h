// What one perspective found, for a person: the outcome, and every step on the way.
#ifndef MPIC_COORDINATOR_CLI_RESULT_TEXT_H_
#define MPIC_COORDINATOR_CLI_RESULT_TEXT_H_

#include <string>

#include "mpic/v1/check.pb.h"

namespace mpic::coordinator::cli {

// Headline, problem, who looked, and a line a step; escaped as in terminal_text.h.
std::string ToText(const v1::Check& check, const v1::CheckResult& result);

}  // namespace mpic::coordinator::cli

#endif  // MPIC_COORDINATOR_CLI_RESULT_TEXT_H_
