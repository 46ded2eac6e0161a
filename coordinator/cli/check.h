// "mpicctl check": asks one perspective what it sees, without a coordinator.
#ifndef MPIC_COORDINATOR_CLI_CHECK_H_
#define MPIC_COORDINATOR_CLI_CHECK_H_

#include <iosfwd>

#include "coordinator/cli/check_arguments.h"
#include "coordinator/cli/flags.h"

namespace mpic::coordinator::cli {

// One check; what it found goes to `out`, what prevents it to `err`; returns the exit code. Domain
// names become A-labels, and a check without a budget gets 10 s, as a coordinator does it. With
// a key given, a result that is not signed by it is an error and not shown. Blocks.
int Check(const CheckArguments& arguments, const Flags& flags, std::ostream& out,
          std::ostream& err);

}  // namespace mpic::coordinator::cli

#endif  // MPIC_COORDINATOR_CLI_CHECK_H_
