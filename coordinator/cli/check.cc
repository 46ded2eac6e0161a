#include "coordinator/cli/check.h"

#include <optional>
#include <ostream>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/domain_name.h"
#include "common/proto_time.h"
#include "common/signing_key.h"
#include "common/status_macros.h"
#include "coordinator/cli/connection.h"
#include "coordinator/cli/exit_code.h"
#include "coordinator/cli/failure.h"
#include "coordinator/cli/json.h"
#include "coordinator/cli/perspective_call.h"
#include "coordinator/cli/result_text.h"
#include "coordinator/cli/terminal_text.h"
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

// nullopt: none was given.
absl::StatusOr<std::optional<VerifyingKey>> KeyOf(const CheckArguments& arguments) {
  if (arguments.attestation_key_file.empty()) return std::nullopt;
  MPIC_ASSIGN_OR_RETURN(VerifyingKey key, VerifyingKey::Load(arguments.attestation_key_file));
  return std::optional<VerifyingKey>(std::move(key));
}

std::string SignatureLine(const PerspectiveAnswer& answer, bool verified) {
  if (!answer.attested) return "";
  return absl::StrCat("  signed by key ", ForTerminal(answer.attested->attestation().key_id()),
                      verified ? ", verified\n" : ", not verified\n");
}

}  // namespace

int Check(const CheckArguments& arguments, const Flags& flags, std::ostream& out,
          std::ostream& err) {
  const absl::StatusOr<v1::Check> check = ForPerspective(arguments);
  auto key = KeyOf(arguments);
  const auto channel = Connect(flags);
  for (const absl::Status& status : {check.status(), key.status(), channel.status()}) {
    if (status.ok()) continue;
    err << "mpicctl: " << status.message() << '\n';
    return kExitUsage;
  }
  const auto stub = v1::PerspectiveService::NewStub(*channel);
  const PerspectiveAnswer answer = AskPerspective(*stub, *check, flags);
  const bool verifies = key->has_value();
  if (answer.result.has_value() && verifies) {
    const absl::Status verified = VerifyAttestation(answer, **std::move(key), absl::Now());
    if (!verified.ok()) {
      err << "mpicctl: " << verified.message() << '\n';
      return kExitNotCompleted;
    }
  }
  if (answer.result.has_value()) {
    out << (flags.output == OutputFormat::kJson
                ? ToJson(*answer.result)
                : ToText(*check, *answer.result) + SignatureLine(answer, verifies));
  }
  if (!answer.status.ok()) err << FailureText(answer.status);
  if (answer.result.has_value()) return ExitCodeOf(*answer.result);
  return ExitCodeOf(answer.status);
}

}  // namespace mpic::coordinator::cli
