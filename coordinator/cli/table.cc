#include "coordinator/cli/table.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/proto_time.h"
#include "coordinator/cli/check_text.h"
#include "coordinator/cli/perspective_lines.h"
#include "coordinator/cli/terminal_text.h"

namespace mpic::coordinator::cli {
namespace {

absl::string_view VerdictText(v1::Verdict verdict) {
  switch (verdict) {
    case v1::CORROBORATED:
      return "CORROBORATED";
    case v1::NOT_COMPLETED:
      return "NOT COMPLETED";
    default:
      return "NOT CORROBORATED";
  }
}

std::string QuorumText(const v1::Quorum& quorum) {
  return quorum.attempted() == 0 ? "no remote was asked" : ForTerminal(quorum.text());
}

std::string Headline(const v1::Check& check, const v1::Corroboration& corroboration) {
  return absl::StrCat(
      NameText(check), "  ", MethodText(check, corroboration.method_reference()), "  ",
      VerdictText(corroboration.verdict()), "  ", QuorumText(corroboration.quorum()),
      corroboration.report_only() ? "  ** REPORT-ONLY: the quorum is not enforced **" : "",
      corroboration.lab() ? "  ** LABORATORY: never issue on this **" : "", "\n");
}

std::string CaaLine(const v1::Corroboration& corroboration) {
  if (!corroboration.primary().has_caa()) return "";
  v1::CaaEvidence caa = corroboration.primary().caa();
  *caa.mutable_valid_until() = corroboration.caa_valid_until();
  return absl::StrCat("  ", CaaText(caa), "\n");
}

std::string ReuseLine(const v1::Corroboration& corroboration) {
  if (!corroboration.has_reusable_until()) return "";
  return absl::StrCat("  may support certificates issued before ",
                      InstantText(FromTimestamp(corroboration.reusable_until())), "\n");
}

// What a discovery found.
std::string ValuesLine(const v1::Corroboration& corroboration) {
  if (corroboration.corroborated_values().empty()) return "";
  const auto append = [](std::string* out, const std::string& value) {
    absl::StrAppend(out, ForTerminal(value));
  };
  return absl::StrCat("  corroborated values: ",
                      absl::StrJoin(corroboration.corroborated_values(), ", ", append), "\n");
}

std::string RecordLine(const v1::Check& check, const v1::Corroboration& corroboration) {
  std::string line;
  if (!check.check_id().empty()) {
    absl::StrAppend(&line, "check ", ForTerminal(check.check_id()), ", ");
  }
  if (!check.authorization_domain_name().empty()) {
    absl::StrAppend(&line, "at ", ForTerminal(corroboration.authorization_domain_name()), ", ");
  }
  return absl::StrCat("  ", line, "attempt ", corroboration.attempts(), ", phase ",
                      ForTerminal(corroboration.policy_phase()), ", record ",
                      corroboration.audit().sequence(), "\n");
}

std::string Block(const v1::Check& check, const v1::Corroboration& corroboration) {
  std::string block = Headline(check, corroboration);
  const std::string problem = ProblemText(corroboration.problem());
  if (!problem.empty()) absl::StrAppend(&block, "  ", problem, "\n");
  absl::StrAppend(&block, ValuesLine(corroboration), PerspectiveLines(corroboration),
                  CaaLine(corroboration), ReuseLine(corroboration));
  for (const std::string& warning : corroboration.warnings()) {
    absl::StrAppend(&block, "  warning: ", ForTerminal(warning), "\n");
  }
  return absl::StrCat(block, RecordLine(check, corroboration));
}

}  // namespace

std::string ToTable(const v1::CorroborateRequest& request,
                    const v1::CorroborateResponse& response) {
  std::string table;
  for (int i = 0; i < response.corroborations_size(); ++i) {
    static const v1::Check kNotAsked;
    const v1::Check& check = i < request.inputs_size() ? request.inputs(i).check() : kNotAsked;
    absl::StrAppend(&table, i > 0 ? "\n" : "", Block(check, response.corroborations(i)));
  }
  return table;
}

}  // namespace mpic::coordinator::cli
