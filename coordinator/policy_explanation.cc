#include "coordinator/policy_explanation.h"

#include <cstddef>
#include <functional>

#include "coordinator/policy/distance.h"
#include "coordinator/policy/quorum.h"

namespace mpic::coordinator {
namespace {

std::vector<ConfiguredPerspective> PrimaryAndRemotes(const Settings& settings) {
  std::vector<ConfiguredPerspective> all;
  if (settings.primary.has_value()) all.push_back(*settings.primary);
  all.insert(all.end(), settings.remotes.begin(), settings.remotes.end());
  return all;
}

DistanceMatrix Measure(const std::vector<ConfiguredPerspective>& all,
                       std::string ConfiguredPerspective::* id,
                       GeoPoint ConfiguredPerspective::* point) {
  DistanceMatrix matrix;
  for (const ConfiguredPerspective& from : all) {
    matrix.ids.push_back(from.*id);
    std::vector<double>& row = matrix.km.emplace_back();
    for (const ConfiguredPerspective& to : all) row.push_back(DistanceKm(from.*point, to.*point));
  }
  return matrix;
}

std::optional<ClosestPair> Closest(const DistanceMatrix& matrix) {
  std::optional<ClosestPair> closest;
  for (std::size_t i = 0; i < matrix.ids.size(); ++i) {
    for (std::size_t k = i + 1; k < matrix.ids.size(); ++k) {
      if (closest.has_value() && closest->km <= matrix.km[i][k]) continue;
      closest = ClosestPair{.a = matrix.ids[i], .b = matrix.ids[k], .km = matrix.km[i][k]};
    }
  }
  return closest;
}

}  // namespace

std::vector<PhaseExplanation> ExplainPhases(const Settings& settings, absl::Time at) {
  const Phase& in_force = PhaseAt(at);
  const ComplianceQuestion question = ComplianceQuestionOf(settings);
  std::vector<PhaseExplanation> phases;
  for (const Phase& phase : AllPhases()) {
    if (phase.begins < in_force.begins) continue;
    phases.push_back({.phase = phase,
                      .in_force = phase.begins == in_force.begins,
                      .shortcomings = Shortcomings(question, phase)});
  }
  return phases;
}

PolicyExplanation ExplainPolicy(const Settings& settings, absl::Time at) {
  const Phase& phase = PhaseAt(at);
  const ComplianceQuestion question = ComplianceQuestionOf(settings);
  const QuorumRules rules =
      RulesFor(phase, settings.policy.stricter, settings.policy.remotes_per_attempt);
  const std::vector<ConfiguredPerspective> all = PrimaryAndRemotes(settings);

  PolicyExplanation explanation;
  explanation.at = at;
  if (settings.primary.has_value()) explanation.primary = settings.primary->perspective_id;
  explanation.perspectives =
      Measure(all, &ConfiguredPerspective::perspective_id, &ConfiguredPerspective::location);
  explanation.closest_perspectives = Closest(explanation.perspectives);
  explanation.resolvers =
      Measure(all, &ConfiguredPerspective::resolver_id, &ConfiguredPerspective::resolver_location);
  explanation.closest_resolvers = Closest(explanation.resolvers);
  for (const ConfiguredPerspective& remote : settings.remotes) {
    explanation.rir_coverage[remote.rir].push_back(remote.perspective_id);
  }
  explanation.remotes_per_attempt = rules.remotes;
  explanation.non_corroborations_allowed = rules.non_corroborations_allowed;
  explanation.rir_regions_min = rules.rir_regions_min;
  explanation.caa_lookup_failure_may_permit = settings.policy.caa_lookup_failure_may_permit;
  explanation.margin = MarginOf(question, phase);
  explanation.indispensable = IndispensableRemotes(question, phase);
  explanation.phases = ExplainPhases(settings, at);
  explanation.warnings = settings.warnings;
  return explanation;
}

}  // namespace mpic::coordinator
