// "mpicctl policy explain": what a coordinator's configuration means under BR 3.2.2.9. Offline.
#ifndef MPIC_COORDINATOR_CLI_EXPLAIN_H_
#define MPIC_COORDINATOR_CLI_EXPLAIN_H_

#include <iosfwd>
#include <string>

#include "absl/time/time.h"
#include "coordinator/cli/flags.h"

namespace mpic::coordinator::cli {

// Explains the configuration file as of `at`. Returns kExitCorroborated when it satisfies the phase
// in force then, kExitNotCorroborated when it does not, kExitUsage when today's coordinator would
// refuse it.
int ExplainPolicy(const std::string& config_file, absl::Time at, OutputFormat output,
                  std::ostream& out, std::ostream& err);

}  // namespace mpic::coordinator::cli

#endif  // MPIC_COORDINATOR_CLI_EXPLAIN_H_
