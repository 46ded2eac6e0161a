// The DNS lookups, HTTP requests and TLS handshakes of a result as cells of a line.
#ifndef MPIC_COORDINATOR_CLI_STEP_TEXT_H_
#define MPIC_COORDINATOR_CLI_STEP_TEXT_H_

#include <string>
#include <vector>

#include "mpic/v1/check.pb.h"

namespace mpic::coordinator::cli {

// How long it took; what was asked, what came back, and why it could not be used. `told` is a
// problem that the reader knows already.
std::vector<std::string> StepCells(const v1::Step& step, const v1::Problem& told);

}  // namespace mpic::coordinator::cli

#endif  // MPIC_COORDINATOR_CLI_STEP_TEXT_H_
