// What a configuration means under BR 3.2.2.9, for people: "mpicctl policy explain".
#ifndef MPIC_COORDINATOR_POLICY_EXPLANATION_H_
#define MPIC_COORDINATOR_POLICY_EXPLANATION_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "coordinator/phase_compliance.h"
#include "coordinator/policy/phases.h"
#include "coordinator/settings.h"

namespace mpic::coordinator {

// Distances between every two of `ids`, in km; symmetric.
struct DistanceMatrix {
  std::vector<std::string> ids;
  std::vector<std::vector<double>> km;

  friend bool operator==(const DistanceMatrix&, const DistanceMatrix&) = default;
};

struct ClosestPair {
  std::string a;
  std::string b;
  double km = 0;
};

struct PhaseExplanation {
  Phase phase;
  bool in_force = false;
  std::vector<Shortcoming> shortcomings;  // empty: satisfied
};

struct PolicyExplanation {
  absl::Time at;
  std::string primary;  // empty: RAs supply the determination
  DistanceMatrix perspectives;
  std::optional<ClosestPair> closest_perspectives;
  DistanceMatrix resolvers;
  std::optional<ClosestPair> closest_resolvers;
  // Remotes by RIR region; the primary does not count.
  std::map<v1::Rir, std::vector<std::string>> rir_coverage;
  unsigned remotes_per_attempt = 0;
  unsigned non_corroborations_allowed = 0;
  unsigned rir_regions_min = 0;
  bool caa_lookup_failure_may_permit = false;  // BR 4.2.2.1
  RirMargin margin;
  std::vector<std::string> indispensable;  // remotes without which no compliant cohort exists
  std::vector<PhaseExplanation> phases;    // the one in force, and all later ones
  std::vector<std::string> warnings;
};

PolicyExplanation ExplainPolicy(const Settings& settings, absl::Time at);

// Of that, the phase in force at `at` and all later ones, oldest first.
std::vector<PhaseExplanation> ExplainPhases(const Settings& settings, absl::Time at);

// For a terminal: aligned tables, at most one line a fact.
std::string ToText(const PolicyExplanation& explanation);

// One JSON object with the fields above.
std::string ToJson(const PolicyExplanation& explanation);

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_POLICY_EXPLANATION_H_
