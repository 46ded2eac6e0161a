// "mpicctl corroborate": asks a coordinator, shows its verdicts.
#ifndef MPIC_COORDINATOR_CLI_CORROBORATE_H_
#define MPIC_COORDINATOR_CLI_CORROBORATE_H_

#include <iosfwd>

#include "absl/status/statusor.h"
#include "coordinator/cli/check_arguments.h"
#include "coordinator/cli/flags.h"
#include "mpic/v1/coordinator.pb.h"

namespace mpic::coordinator::cli {

// The request of the command line: its checks, or the JSON of its file. --request-id wins over the
// file's. INVALID_ARGUMENT, NOT_FOUND and their kin name the file.
absl::StatusOr<v1::CorroborateRequest> RequestOf(const CheckArguments& arguments,
                                                 const Flags& flags);

// One call. The verdicts go to `out`, what prevents them to `err`; returns the exit code. Blocks.
int Corroborate(const CheckArguments& arguments, const Flags& flags, std::ostream& out,
                std::ostream& err);

}  // namespace mpic::coordinator::cli

#endif  // MPIC_COORDINATOR_CLI_CORROBORATE_H_
