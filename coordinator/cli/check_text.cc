#include "coordinator/cli/check_text.h"

#include "absl/strings/str_cat.h"
#include "common/check_method.h"
#include "common/domain_name.h"
#include "common/proto_time.h"
#include "coordinator/cli/terminal_text.h"
#include "coordinator/policy/methods.h"

namespace mpic::coordinator::cli {

std::string NameText(const v1::Check& check) {
  const v1::Identifier& identifier = check.identifier();
  if (identifier.has_ip_address()) return ForTerminal(identifier.ip_address());
  const auto name = CertificateName::Parse(identifier.dns_name());
  return name.ok() ? name->text() : ForTerminal(identifier.dns_name());
}

std::string MethodText(const v1::Check& check, absl::string_view reference) {
  const MethodFacts* facts = FactsOf(MethodOf(check));
  const absl::string_view name = facts == nullptr ? "unknown method" : facts->name;
  if (reference.empty()) return std::string(name);
  return absl::StrCat(name, " (", ForTerminal(reference), ")");
}

std::string ProblemText(const v1::Problem& problem) {
  if (problem.kind() == v1::Problem::KIND_UNSPECIFIED && problem.detail().empty()) return "";
  const std::string& name = v1::Problem::Kind_Name(problem.kind());
  const std::string kind = name.empty() ? absl::StrCat("KIND_", problem.kind()) : name;
  return problem.detail().empty() ? kind : absl::StrCat(kind, ": ", ForTerminal(problem.detail()));
}

std::string CaaText(const v1::CaaEvidence& caa) {
  std::string text = caa.found_at().empty() ? "no CAA found up to the TLD"
                                            : "CAA found at " + ForTerminal(caa.found_at());
  if (caa.valid_until().seconds() != 0) {
    absl::StrAppend(&text, ", valid until ", InstantText(FromTimestamp(caa.valid_until())));
  }
  if (caa.has_tolerated_lookup_failure()) {
    absl::StrAppend(&text, ", ** failed lookups tolerated below the insecure delegation ",
                    ForTerminal(caa.tolerated_lookup_failure().insecure_delegation()), " **");
  }
  return text;
}

std::string InstantText(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone());
}

std::string TimeText(absl::Duration span) {
  if (span < absl::Milliseconds(1)) return "<1 ms";
  return absl::StrCat(absl::ToInt64Milliseconds(span), " ms");
}

std::string TimeTaken(const v1::CheckResult& result) {
  if (!result.has_started_at() || !result.has_finished_at()) return "-";
  return TimeText(FromTimestamp(result.finished_at()) - FromTimestamp(result.started_at()));
}

absl::string_view OutcomeText(v1::Outcome outcome) {
  switch (outcome) {
    case v1::PASSED:
      return "passed";
    case v1::FAILED:
      return "failed";
    case v1::ERROR:
      return "error";
    default:
      return "unknown";
  }
}

}  // namespace mpic::coordinator::cli
