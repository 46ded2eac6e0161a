#include "coordinator/cli/result_text.h"

#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/rir.h"
#include "coordinator/cli/check_text.h"
#include "coordinator/cli/columns.h"
#include "coordinator/cli/step_text.h"
#include "coordinator/cli/terminal_text.h"

namespace mpic::coordinator::cli {
namespace {

std::string IdentityLine(const v1::PerspectiveIdentity& identity) {
  return absl::StrCat("  ", ForTerminal(identity.perspective_id()), ", ",
                      ForTerminal(identity.region()), ", ", RirName(identity.rir()), ", ",
                      ForTerminal(identity.software()),
                      identity.lab() ? "  ** LABORATORY: never issue on this **" : "", "\n");
}

std::string CaaLine(const v1::CheckResult& result) {
  if (!result.has_caa()) return "";
  return absl::StrCat("  ", CaaText(result.caa()), "\n");
}

// What was seen where nothing was expected, and beside what was.
template <typename Texts>
std::string ListLine(const char* title, const Texts& texts) {
  if (texts.empty()) return "";
  const auto append = [](std::string* out, const std::string& text) {
    absl::StrAppend(out, ForTerminal(text));
  };
  return absl::StrCat("  ", title, " ", absl::StrJoin(texts, ", ", append), "\n");
}

}  // namespace

std::string ToText(const v1::Check& check, const v1::CheckResult& result) {
  std::string text = absl::StrCat(NameText(check), "  ", MethodText(check, ""), "  ",
                                  absl::AsciiStrToUpper(OutcomeText(result.outcome())), "  ",
                                  TimeTaken(result), "\n");
  const std::string problem = ProblemText(result.problem());
  if (!problem.empty()) absl::StrAppend(&text, "  ", problem, "\n");
  absl::StrAppend(&text, IdentityLine(result.perspective()), CaaLine(result));
  if (!result.observed_value().empty()) {
    absl::StrAppend(&text, "  observed ", ForTerminal(result.observed_value()), "\n");
  }
  absl::StrAppend(&text, ListLine("contacts", result.contact().usable_contacts()),
                  ListLine("names", result.reverse_lookup().names()));
  std::vector<std::vector<std::string>> steps;
  for (const v1::Step& step : result.steps()) steps.push_back(StepCells(step, result.problem()));
  return absl::StrCat(text, Aligned(steps, 0));
}

}  // namespace mpic::coordinator::cli
