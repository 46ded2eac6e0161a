// The quorum and RIR rules of BR 3.2.2.9: when an attempt corroborates the primary, and when that
// can no longer change.
#ifndef MPIC_COORDINATOR_POLICY_QUORUM_H_
#define MPIC_COORDINATOR_POLICY_QUORUM_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "coordinator/policy/phases.h"
#include "mpic/v1/check.pb.h"

namespace mpic::coordinator {

// BR 3.2.2.9, quorum table: 2 to 5 remotes allow one non-corroboration, 6 and more allow two. With
// fewer than 2 remotes there is no quorum: 0, and Assess refuses whatever they say.
unsigned NonCorroborationsAllowed(unsigned remotes);

// What an operator may tighten. Values looser than the phase have no effect.
struct StricterPolicy {
  std::optional<unsigned> non_corroborations_max;  // unset: the table
  unsigned rir_regions_min = 0;                    // 0: the phase's number
};

// The rules for one attempt with `remotes` members; fixed when the attempt starts.
struct QuorumRules {
  absl::string_view phase;  // name of the phase in force
  unsigned remotes = 0;     // n
  unsigned remotes_min = 0;
  unsigned non_corroborations_allowed = 0;
  unsigned rir_regions_min = 0;
};

QuorumRules RulesFor(const Phase& phase, const StricterPolicy& stricter, unsigned remotes);

enum class Standing {
  kPending,       // may still corroborate
  kCorroborates,  // passed, and saw what the primary saw
  kDoesNot,       // anything else: failed, differs, unreachable, late, not authenticated
};

struct RemoteStanding {
  v1::Rir rir = v1::RIR_UNSPECIFIED;  // as configured; RIR_UNSPECIFIED covers no region
  Standing standing = Standing::kPending;
};

enum class Decision {
  kOpen,  // what is pending can still change the verdict
  kCorroborated,
  kRefused,
};

// Where an attempt stands.
struct Assessment {
  Decision decision = Decision::kOpen;
  // Set when refused: QUORUM_TOO_FEW_REMOTES, QUORUM_COUNT or QUORUM_RIR, with a sentence for a
  // person.
  v1::Problem::Kind problem = v1::Problem::KIND_UNSPECIFIED;
  std::string sentence;

  unsigned corroborating = 0;  // so far
  unsigned attempted = 0;      // n
  unsigned non_corroborations_allowed = 0;
  std::vector<v1::Rir> corroborating_rirs;  // distinct, in the order of the enum
  std::string text;                         // "corroborating/attempted", BR 5.4.1
};

// Decides as soon as the verdict is certain, in both directions: a pending remote may only help.
// The primary is not among `remotes`: it counts neither for the quorum nor for the RIR rule.
// Standings whose number is not rules.remotes are refused as INTERNAL_ERROR, because n must not
// move while an attempt runs.
Assessment Assess(const QuorumRules& rules, absl::Span<const RemoteStanding> remotes);

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_POLICY_QUORUM_H_
