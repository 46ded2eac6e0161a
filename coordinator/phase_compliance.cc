#include "coordinator/phase_compliance.h"

#include <algorithm>
#include <cstddef>
#include <map>

#include "absl/strings/str_cat.h"
#include "mpic/v1/check.pb.h"

namespace mpic::coordinator {
namespace {

CohortChoice BestCohort(absl::Span<const Candidate> candidates, const ComplianceQuestion& question,
                        const Phase& phase) {
  const CohortRules rules{
      .size = question.remotes_per_attempt, .phase = phase, .stricter = question.stricter};
  return SelectCohort(candidates, rules, question.primary, /*seed=*/0);
}

std::vector<Candidate> AllHealthy(absl::Span<const ConfiguredPerspective> remotes) {
  std::vector<Candidate> candidates;
  candidates.reserve(remotes.size());
  for (const ConfiguredPerspective& remote : remotes) {
    candidates.push_back({.perspective = &remote, .healthy = true});
  }
  return candidates;
}

// Members outside the `regions_kept` largest regions: when all of them fail, one region too few is
// left.
std::vector<std::string> OutsideLargest(absl::Span<const ConfiguredPerspective> remotes,
                                        absl::Span<const std::size_t> members,
                                        std::size_t regions_kept) {
  std::map<v1::Rir, std::vector<std::string>> by_region;
  for (std::size_t i : members) by_region[remotes[i].rir].push_back(remotes[i].perspective_id);
  std::vector<std::vector<std::string>> regions;
  for (const auto& [rir, ids] : by_region) regions.push_back(ids);
  std::sort(regions.begin(), regions.end(),
            [](const auto& a, const auto& b) { return a.size() > b.size(); });
  std::vector<std::string> outside;
  for (std::size_t i = regions_kept; i < regions.size(); ++i) {
    outside.insert(outside.end(), regions[i].begin(), regions[i].end());
  }
  return outside;
}

}  // namespace

std::vector<Shortcoming> Shortcomings(const ComplianceQuestion& question, const Phase& phase) {
  std::vector<Shortcoming> shortcomings;
  if (question.remotes.size() < phase.remotes_min) {
    shortcomings.push_back(
        {"perspectives",
         absl::StrCat(question.remotes.size(), " remote perspectives are configured; at least ",
                      phase.remotes_min, " are required (BR 3.2.2.9)")});
  }
  // Too few remotes already say why an attempt cannot use more of them.
  if (question.remotes_per_attempt < phase.remotes_min &&
      question.remotes.size() > question.remotes_per_attempt) {
    shortcomings.push_back(
        {"policy.remotes_per_attempt", absl::StrCat(question.remotes_per_attempt, " is below the ",
                                                    phase.remotes_min, " of BR 3.2.2.9")});
  }
  if (!shortcomings.empty()) return shortcomings;
  const CohortChoice best = BestCohort(AllHealthy(question.remotes), question, phase);
  if (!best.ok()) shortcomings.push_back({"perspectives", best.sentence});
  return shortcomings;
}

RirMargin MarginOf(const ComplianceQuestion& question, const Phase& phase) {
  const CohortChoice best = BestCohort(AllHealthy(question.remotes), question, phase);
  if (!best.ok()) return {};
  const QuorumRules rules =
      RulesFor(phase, question.stricter, static_cast<unsigned>(best.members.size()));
  RirMargin margin{.failures_allowed = rules.non_corroborations_allowed,
                   .kept = best.rir_margin_kept};
  if (!margin.kept) {
    margin.critical = OutsideLargest(question.remotes, best.members, rules.rir_regions_min - 1);
  }
  return margin;
}

std::vector<std::string> IndispensableRemotes(const ComplianceQuestion& question,
                                              const Phase& phase) {
  std::vector<std::string> indispensable;
  for (const ConfiguredPerspective& remote : question.remotes) {
    std::vector<Candidate> others = AllHealthy(question.remotes);
    others.erase(others.begin() + (&remote - question.remotes.data()));
    if (!BestCohort(others, question, phase).ok()) indispensable.push_back(remote.perspective_id);
  }
  return indispensable;
}

std::optional<PrimaryPlace> PlaceOf(const std::optional<ConfiguredPerspective>& primary) {
  if (!primary.has_value()) return std::nullopt;
  return PrimaryPlace{.perspective = primary->location, .resolver = primary->resolver_location};
}

}  // namespace mpic::coordinator
