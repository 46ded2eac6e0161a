// The words of the command line that ask: METHOD NAME [options] [+ METHOD NAME [options]]...
#ifndef MPIC_COORDINATOR_CLI_CHECK_ARGUMENTS_H_
#define MPIC_COORDINATOR_CLI_CHECK_ARGUMENTS_H_

#include <iosfwd>
#include <string>
#include <variant>
#include <vector>

#include "coordinator/cli/flags.h"
#include "mpic/v1/check.pb.h"

namespace mpic::coordinator::cli {

enum class Asked { kCoordinator, kPerspective };  // by "corroborate", by "check"

// Either checks or request_file is not empty.
struct CheckArguments {
  std::vector<v1::Check> checks;
  std::string request_file;          // --request; "-" is the standard input
  std::string attestation_key_file;  // --attestation-key
};

// What to ask, or the code to exit with: --help has been printed on `out`, a bad command line
// explained on `err`. Flags of every command are taken here too and stored in `flags`. Names and
// values are passed on as they are: rules about them are the server's. A perspective is asked one
// check, and by no file.
std::variant<CheckArguments, int> ParseCheckArguments(Asked asked,
                                                      const std::vector<std::string>& arguments,
                                                      Flags& flags, std::ostream& out,
                                                      std::ostream& err);

}  // namespace mpic::coordinator::cli

#endif  // MPIC_COORDINATOR_CLI_CHECK_ARGUMENTS_H_
