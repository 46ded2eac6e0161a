// What went wrong with a call, for people.
#ifndef MPIC_COORDINATOR_CLI_FAILURE_H_
#define MPIC_COORDINATOR_CLI_FAILURE_H_

#include <grpcpp/support/status.h>

#include <string>

namespace mpic::coordinator::cli {

// "mpicctl: CODE: what happened", then every field violation of google.rpc.BadRequest in the
// details as "path: rule", and when to come back by google.rpc.RetryInfo; one a line.
std::string FailureText(const grpc::Status& status);

}  // namespace mpic::coordinator::cli

#endif  // MPIC_COORDINATOR_CLI_FAILURE_H_
