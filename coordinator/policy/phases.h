// The phases of BR 3.2.2.9 as data: from which day how many remotes, which quorum, how many RIR
// regions.
#ifndef MPIC_COORDINATOR_POLICY_PHASES_H_
#define MPIC_COORDINATOR_POLICY_PHASES_H_

#include <optional>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"

namespace mpic::coordinator {

// In force from `begins` until the next phase begins. Days of the BR begin at 00:00:00 UTC
// (BR 1.6.4).
struct Phase {
  absl::string_view name;  // its first day, for example "2026-06-15"
  absl::Time begins;
  unsigned remotes_min = 0;  // Remote Network Perspectives used in an attempt
  // False: the BR let the quorum table be exceeded in this phase. We enforce it all the same, which
  // is stricter and therefore allowed; the field is for explanations.
  bool quorum_must_hold = true;
  unsigned rir_regions_min = 0;  // that corroborating remotes cover; 0: no rule
};

// All phases, oldest first.
absl::Span<const Phase> AllPhases();

// The phase in force. A time before the first phase gets the first one: a clock that stands in the
// past must not switch corroboration off.
const Phase& PhaseAt(absl::Time time);

// The phase that follows the one in force; nullopt in the last.
std::optional<Phase> NextPhase(absl::Time time);

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_POLICY_PHASES_H_
