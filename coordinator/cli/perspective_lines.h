// One aligned line a perspective: who, where, what came of it, how long, why not.
#ifndef MPIC_COORDINATOR_CLI_PERSPECTIVE_LINES_H_
#define MPIC_COORDINATOR_CLI_PERSPECTIVE_LINES_H_

#include <string>

#include "mpic/v1/coordinator.pb.h"

namespace mpic::coordinator::cli {

// The primary, if it was asked, and the remotes in the cohort's order.
std::string PerspectiveLines(const v1::Corroboration& corroboration);

}  // namespace mpic::coordinator::cli

#endif  // MPIC_COORDINATOR_CLI_PERSPECTIVE_LINES_H_
