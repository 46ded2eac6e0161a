// The validation methods as commands with their own options.
#ifndef MPIC_COORDINATOR_CLI_CHECK_METHODS_H_
#define MPIC_COORDINATOR_CLI_CHECK_METHODS_H_

#include "mpic/v1/check.pb.h"

namespace CLI {
class App;
}

namespace mpic::coordinator::cli {

// Adds "METHOD NAME [options]" to `app` for every method, by the names of policy/methods.h. What is
// parsed is stored in `check`, which outlives `app`.
void AddMethods(CLI::App& app, v1::Check& check);

}  // namespace mpic::coordinator::cli

#endif  // MPIC_COORDINATOR_CLI_CHECK_METHODS_H_
