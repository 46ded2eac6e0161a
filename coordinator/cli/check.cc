#include "coordinator/cli/check.h"

#include <algorithm>
#include <ostream>

#include "absl/status/statusor.h"
#include "common/domain_name.h"
#include "common/proto_time.h"
#include "common/status_macros.h"
#include "coordinator/cli/connection.h"
#include "coordinator/cli/exit_code.h"
#include "coordinator/cli/failure.h"
#include "coordinator/cli/json.h"
#include "coordinator/cli/perspective_call.h"
#include "coordinator/cli/result_text.h"
#include "coordinator/settings.h"

namespace mpic::coordinator::cli {
namespace {

absl::StatusOr<v1::Check> ForPerspective(const CheckArguments& arguments) {
  if (arguments.checks.size() != 1) {
    return absl::InvalidArgumentError("a perspective is asked one check: METHOD NAME [options]");
  }
  v1::Check check = arguments.checks.front();
  if (check.check_id().empty()) check.set_check_id("1");
  if (!check.has_time_budget()) {
    *check.mutable_time_budget() = ToProtoDuration(PolicySettings().check_budget);
  }
  if (check.identifier().has_ip_address()) return check;
  MPIC_ASSIGN_OR_RETURN(const CertificateName name,
                        CertificateName::Parse(check.identifier().dns_name()));
  check.mutable_identifier()->set_dns_name(name.text());
  return check;
}

}  // namespace

int Check(const CheckArguments& arguments, const Flags& flags, std::ostream& out,
          std::ostream& err) {
  const absl::StatusOr<v1::Check> check = ForPerspective(arguments);
  const auto channel = Connect(flags);
  if (!check.ok() || !channel.ok()) {
    err << "mpicctl: " << (check.ok() ? channel.status() : check.status()).message() << '\n';
    return kExitUsage;
  }
  const auto stub = v1::PerspectiveService::NewStub(*channel);
  const PerspectiveAnswer answer = AskPerspective(*stub, *check, flags);
  if (answer.result.has_value()) {
    out << (flags.output == OutputFormat::kJson ? ToJson(*answer.result)
                                                : ToText(*check, *answer.result));
  }
  if (!answer.status.ok()) err << FailureText(answer.status);
  if (answer.result.has_value()) return ExitCodeOf(*answer.result);
  return ExitCodeOf(answer.status);
}

}  // namespace mpic::coordinator::cli
