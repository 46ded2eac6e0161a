#include <algorithm>
#include <cstddef>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "common/rir.h"
#include "coordinator/policy_explanation.h"

namespace mpic::coordinator {
namespace {

std::size_t WidthOf(const std::vector<std::string>& ids) {
  std::size_t width = 8;
  for (const std::string& id : ids) width = std::max(width, id.size());
  return width;
}

// Columns are numbered, because ids are long and perspectives many.
std::string MatrixText(absl::string_view title, const DistanceMatrix& matrix,
                       const std::optional<ClosestPair>& closest) {
  const int width = static_cast<int>(WidthOf(matrix.ids));
  std::string out = absl::StrFormat("%s (km, at least 500)\n     %-*s", title, width, "");
  for (std::size_t k = 0; k < matrix.ids.size(); ++k) absl::StrAppendFormat(&out, " %6d", k + 1);
  for (std::size_t i = 0; i < matrix.ids.size(); ++i) {
    absl::StrAppendFormat(&out, "\n  %2d %-*s", i + 1, width, matrix.ids[i]);
    for (std::size_t k = 0; k < i; ++k) absl::StrAppendFormat(&out, " %6.0f", matrix.km[i][k]);
    absl::StrAppendFormat(&out, " %6s", "-");
  }
  if (closest.has_value()) {
    absl::StrAppendFormat(&out, "\n  closest: %s and %s, %.0f km", closest->a, closest->b,
                          closest->km);
  }
  return absl::StrCat(out, "\n\n");
}

std::string CoverageText(const PolicyExplanation& explanation) {
  std::string out = "RIR regions of the remotes\n";
  for (const auto& [rir, ids] : explanation.rir_coverage) {
    absl::StrAppendFormat(&out, "  %-8s %2d  %s\n", RirName(rir), ids.size(),
                          absl::StrJoin(ids, ", "));
  }
  return absl::StrCat(out, "\n");
}

std::string MarginText(const PolicyExplanation& explanation) {
  const RirMargin& margin = explanation.margin;
  if (margin.kept) {
    return absl::StrCat("kept with any ", margin.failures_allowed, " failures");
  }
  if (margin.critical.empty()) return "none: no compliant cohort exists";
  return absl::StrCat("lost without ", absl::StrJoin(margin.critical, " and "));
}

std::string AttemptText(const PolicyExplanation& explanation) {
  return absl::StrCat("An attempt\n  primary                     ",
                      explanation.primary.empty() ? "supplied by the RA" : explanation.primary,
                      "\n  remotes                     ", explanation.remotes_per_attempt,
                      "\n  non-corroborations allowed  ", explanation.non_corroborations_allowed,
                      "\n  RIR regions required        ", explanation.rir_regions_min,
                      "\n  RIR margin                  ", MarginText(explanation),
                      "\n  indispensable remotes       ",
                      explanation.indispensable.empty()
                          ? "none: any one may be away"
                          : absl::StrJoin(explanation.indispensable, ", "),
                      "\n  failed CAA lookups          ",
                      explanation.caa_lookup_failure_may_permit
                          ? "may permit below a proven insecure delegation (BR 4.2.2.1)"
                          : "never permit",
                      "\n\n");
}

std::string PhaseText(const PhaseExplanation& explained) {
  std::string out =
      absl::StrFormat("  %s  %d remotes, %d RIR regions: %s%s\n", explained.phase.name,
                      explained.phase.remotes_min, explained.phase.rir_regions_min,
                      explained.shortcomings.empty() ? "satisfied" : "NOT SATISFIED",
                      explained.in_force ? " (in force)" : "");
  for (const Shortcoming& line : explained.shortcomings) {
    absl::StrAppend(&out, "              ", line.field, ": ", line.rule, "\n");
  }
  return out;
}

}  // namespace

std::string ToText(const PolicyExplanation& explanation) {
  std::string out = absl::StrCat(
      "Policy at ", absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", explanation.at, absl::UTCTimeZone()),
      "\n\n", AttemptText(explanation), "Phases of BR 3.2.2.9\n");
  for (const PhaseExplanation& phase : explanation.phases) absl::StrAppend(&out, PhaseText(phase));
  absl::StrAppend(
      &out, "\n", CoverageText(explanation),
      MatrixText("Perspectives", explanation.perspectives, explanation.closest_perspectives),
      explanation.resolvers == explanation.perspectives
          ? "Every resolver stands with its perspective.\n\n"
          : MatrixText("Resolvers", explanation.resolvers, explanation.closest_resolvers));
  for (const std::string& warning : explanation.warnings) {
    absl::StrAppend(&out, "warning: ", warning, "\n");
  }
  return out;
}

}  // namespace mpic::coordinator
