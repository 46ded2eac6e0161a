#include "coordinator/cli/adn.h"

#include <ostream>

#include "absl/strings/str_cat.h"
#include "common/ip_address.h"
#include "common/status_macros.h"
#include "coordinator/cli/connection.h"
#include "coordinator/cli/exit_code.h"
#include "coordinator/cli/failure.h"
#include "coordinator/cli/json.h"
#include "coordinator/cli/terminal_text.h"
#include "coordinator/policy/methods.h"
#include "mpic/v1/coordinator.grpc.pb.h"

namespace mpic::coordinator::cli {

absl::StatusOr<v1::ListAuthorizationDomainNamesRequest> RequestOf(const AdnArguments& arguments) {
  MPIC_ASSIGN_OR_RETURN(const v1::Method method, MethodFromName(arguments.method));
  v1::ListAuthorizationDomainNamesRequest request;
  request.set_method(method);
  if (IpAddress::Parse(arguments.name).ok()) {
    request.mutable_identifier()->set_ip_address(arguments.name);
  } else {
    request.mutable_identifier()->set_dns_name(arguments.name);
  }
  return request;
}

std::string ToText(const v1::ListAuthorizationDomainNamesResponse& response) {
  std::string text;
  for (const std::string& name : response.candidates()) {
    absl::StrAppend(&text, ForTerminal(name), "\n");
  }
  if (response.cname_steps_permitted()) {
    absl::StrAppend(&text, "or by --cname-steps where CNAME leads, and above that\n");
  }
  for (const std::string& warning : response.warnings()) {
    absl::StrAppend(&text, "warning: ", ForTerminal(warning), "\n");
  }
  return text;
}

int ListAdns(const AdnArguments& arguments, const Flags& flags, std::ostream& out,
             std::ostream& err) {
  const auto request = RequestOf(arguments);
  const auto channel = Connect(flags);
  if (!request.ok() || !channel.ok()) {
    err << "mpicctl: " << (request.ok() ? channel.status() : request.status()).message() << '\n';
    return kExitUsage;
  }
  grpc::ClientContext context;
  Prepare(flags, context);
  v1::ListAuthorizationDomainNamesResponse response;
  const grpc::Status status = v1::MpicService::NewStub(*channel)->ListAuthorizationDomainNames(
      &context, *request, &response);
  if (!status.ok()) {
    err << FailureText(status);
    return ExitCodeOf(status);
  }
  out << (flags.output == OutputFormat::kJson ? ToJson(response) : ToText(response));
  return kExitCorroborated;
}

}  // namespace mpic::coordinator::cli
