// Whether a configuration can form cohorts that a phase of BR 3.2.2.9 accepts, and how much may
// fail before it cannot.
#ifndef MPIC_COORDINATOR_PHASE_COMPLIANCE_H_
#define MPIC_COORDINATOR_PHASE_COMPLIANCE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "coordinator/cohort.h"
#include "coordinator/configured_perspective.h"
#include "coordinator/policy/phases.h"
#include "coordinator/policy/quorum.h"

namespace mpic::coordinator {

// What compliance is judged on. References outlive the call.
struct ComplianceQuestion {
  absl::Span<const ConfiguredPerspective> remotes;
  std::optional<PrimaryPlace> primary;
  unsigned remotes_per_attempt = 0;
  StricterPolicy stricter;
};

// A requirement that the configuration does not meet.
struct Shortcoming {
  std::string field;  // of the configuration: "policy.remotes_per_attempt"
  std::string rule;
};

// What `phase` requires and the configuration does not give. Empty: it complies while all remotes
// answer.
std::vector<Shortcoming> Shortcomings(const ComplianceQuestion& question, const Phase& phase);

// What the RIR rule does when members of a cohort fail.
struct RirMargin {
  unsigned failures_allowed = 0;  // by the quorum table, for a cohort of the wanted size
  // The RIR regions stay covered whichever of the allowed number fail.
  bool kept = false;
  // When not kept: an example of members whose failure the quorum allows and the RIR rule does not.
  std::vector<std::string> critical;
};

// For the best cohort that all remotes together can form. Nothing is kept where there is none.
RirMargin MarginOf(const ComplianceQuestion& question, const Phase& phase);

// Remotes whose absence leaves no compliant cohort.
std::vector<std::string> IndispensableRemotes(const ComplianceQuestion& question,
                                              const Phase& phase);

// The place of a configured primary; nullopt when RAs supply the determination.
std::optional<PrimaryPlace> PlaceOf(const std::optional<ConfiguredPerspective>& primary);

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_PHASE_COMPLIANCE_H_
