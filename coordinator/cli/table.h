// Verdicts for a person: a block a check, a line a perspective.
#ifndef MPIC_COORDINATOR_CLI_TABLE_H_
#define MPIC_COORDINATOR_CLI_TABLE_H_

#include <string>

#include "mpic/v1/coordinator.pb.h"

namespace mpic::coordinator::cli {

// Blocks in the request's order, separated by an empty line. Nothing in them moves a cursor,
// whatever applicants published.
std::string ToTable(const v1::CorroborateRequest& request, const v1::CorroborateResponse& response);

}  // namespace mpic::coordinator::cli

#endif  // MPIC_COORDINATOR_CLI_TABLE_H_
