// "mpicctl adn": which Authorization Domain Names a method may look at.
#ifndef MPIC_COORDINATOR_CLI_ADN_H_
#define MPIC_COORDINATOR_CLI_ADN_H_

#include <iosfwd>
#include <string>

#include "absl/status/statusor.h"
#include "coordinator/cli/flags.h"
#include "mpic/v1/coordinator.pb.h"

namespace mpic::coordinator::cli {

struct AdnArguments {
  std::string method;  // as MethodFromName takes it
  std::string name;
};

// The request of the command line. INVALID_ARGUMENT for a method that there is not.
absl::StatusOr<v1::ListAuthorizationDomainNamesRequest> RequestOf(const AdnArguments& arguments);

// For a person: a candidate a line, then what else is to be known.
std::string ToText(const v1::ListAuthorizationDomainNamesResponse& response);

// One call to a coordinator; the names go to `out`, what prevents them to `err`; returns the exit
// code. Blocks.
int ListAdns(const AdnArguments& arguments, const Flags& flags, std::ostream& out,
             std::ostream& err);

}  // namespace mpic::coordinator::cli

#endif  // MPIC_COORDINATOR_CLI_ADN_H_
