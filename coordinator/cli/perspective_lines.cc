#include "coordinator/cli/perspective_lines.h"

#include <cstddef>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "common/rir.h"
#include "coordinator/cli/check_text.h"
#include "coordinator/cli/columns.h"
#include "coordinator/cli/terminal_text.h"

namespace mpic::coordinator::cli {
namespace {

constexpr std::size_t kTimeColumn = 5;

absl::string_view OutcomeOf(const v1::RemoteResult& remote) {
  if (!remote.has_result()) return "no answer";
  const bool differs = remote.problem().kind() == v1::Problem::OBSERVATION_DIFFERS;
  return differs ? "differs" : OutcomeText(remote.result().outcome());
}

// When the primary ends the check, the verdict's problem already says why.
std::string PrimaryProblem(const v1::Corroboration& corroboration) {
  const v1::Problem& problem = corroboration.primary().problem();
  const bool told = problem.kind() == corroboration.problem().kind() &&
                    absl::EndsWith(corroboration.problem().detail(), problem.detail());
  return told ? "" : ProblemText(problem);
}

std::vector<std::string> PrimaryRow(const v1::Corroboration& corroboration) {
  const v1::CheckResult& primary = corroboration.primary();
  const v1::PerspectiveIdentity& identity = primary.perspective();
  return {"primary",
          ForTerminal(identity.perspective_id()),
          ForTerminal(identity.region()),
          std::string(RirName(identity.rir())),
          std::string(OutcomeText(primary.outcome())),
          TimeTaken(primary),
          PrimaryProblem(corroboration)};
}

std::vector<std::string> RemoteRow(const v1::RemoteResult& remote) {
  return {"remote",
          ForTerminal(remote.perspective_id()),
          ForTerminal(remote.region()),
          std::string(RirName(remote.rir())),
          std::string(OutcomeOf(remote)),
          TimeTaken(remote.result()),
          ProblemText(remote.problem())};
}

}  // namespace

std::string PerspectiveLines(const v1::Corroboration& corroboration) {
  std::vector<std::vector<std::string>> rows;
  if (corroboration.has_primary() && corroboration.primary().has_perspective()) {
    rows.push_back(PrimaryRow(corroboration));
  }
  for (const v1::RemoteResult& remote : corroboration.remotes()) rows.push_back(RemoteRow(remote));
  return Aligned(rows, kTimeColumn);
}

}  // namespace mpic::coordinator::cli
