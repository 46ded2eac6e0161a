// One check over the Check stream of a perspective: Hello, the result, half-close.
#ifndef MPIC_COORDINATOR_CLI_PERSPECTIVE_CALL_H_
#define MPIC_COORDINATOR_CLI_PERSPECTIVE_CALL_H_

#include <grpcpp/support/status.h>

#include <optional>

#include "coordinator/cli/flags.h"
#include "mpic/v1/check.pb.h"
#include "mpic/v1/perspective.grpc.pb.h"
#include "mpic/v1/perspective.pb.h"

namespace mpic::coordinator::cli {

struct PerspectiveAnswer {
  // OK when the protocol was kept to its end. INTERNAL says how it was not.
  grpc::Status status;
  std::optional<v1::CheckResult> result;
};

// Blocks until the stream has ended, at most flags.timeout.
PerspectiveAnswer AskPerspective(v1::PerspectiveService::StubInterface& stub,
                                 const v1::Check& check, const Flags& flags);

}  // namespace mpic::coordinator::cli

#endif  // MPIC_COORDINATOR_CLI_PERSPECTIVE_CALL_H_
