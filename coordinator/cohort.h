// Who is asked: the draw of the Remote Network Perspectives of one attempt (BR 3.2.2.9).
#ifndef MPIC_COORDINATOR_COHORT_H_
#define MPIC_COORDINATOR_COHORT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "coordinator/configured_perspective.h"
#include "coordinator/policy/distance.h"
#include "coordinator/policy/phases.h"
#include "coordinator/policy/quorum.h"
#include "mpic/v1/check.pb.h"

namespace mpic::coordinator {

// More are refused at start: the draw keeps sets of perspectives in 64 bits.
inline constexpr std::size_t kPerspectivesMax = 64;

// A remote that may be asked.
struct Candidate {
  const ConfiguredPerspective* perspective = nullptr;  // never null
  bool healthy = false;
  unsigned in_flight = 0;  // checks that it works on for us
};

// Where the primary and its resolver stand: every remote and every resolver must be distinct from
// them.
struct PrimaryPlace {
  GeoPoint perspective;
  GeoPoint resolver;
};

struct CohortRules {
  unsigned size = 0;  // remotes wanted
  Phase phase;
  StricterPolicy stricter;
};

struct CohortChoice {
  // Indices into the candidates, in the order of preference. Empty: no valid cohort exists, and
  // `problem` and `sentence` say why.
  std::vector<std::size_t> members;
  // The RIR regions are covered even if the allowed number of members, whichever, do not
  // corroborate.
  bool rir_margin_kept = false;
  unsigned unhealthy = 0;  // members that are not healthy

  // QUORUM_TOO_FEW_REMOTES, QUORUM_DISTANCE or QUORUM_RIR.
  v1::Problem::Kind problem = v1::Problem::KIND_UNSPECIFIED;
  std::string sentence;

  bool ok() const { return !members.empty(); }
};

// Draws a cohort that satisfies the phase by construction: members, their resolvers and the primary
// with its resolver pairwise distinct, each resolver in the RIR region of its perspective, enough
// RIR regions. Among the valid cohorts it takes, in this order:
//   1. one of the wanted size, else the largest of at least the phase's minimum;
//   2. one with the fewest unhealthy members. Unhealthy ones fill up where others are missing: n is
//      never reduced to land on a kinder row of the quorum table;
//   3. one that keeps the RIR margin;
//   4. less loaded members, by buckets of checks in flight (below 64, below 128, below 256, ...);
//   5. the seeded order.
//
// The seeded order, for auditors: sort the candidates by perspective_id in octet order; then for
// i = count-1 down to 1 exchange elements i and (next() mod (i+1)), where next() is SplitMix64
// started with `seed` (state += 0x9e3779b97f4a7c15; z = state; z = (z ^ z>>30) *
// 0xbf58476d1ce4e5b9; z = (z ^ z>>27) * 0x94d049bb133111eb; z ^ z>>31). Members are then taken
// greedily in the order healthy, load bucket, seeded order, going back where a choice leads
// nowhere.
//
// Bounded: 5,000 steps for one combination of size and preferences, 500 once 50,000 have been taken
// in all; a combination that is not decided by then is passed over for the next. The bound is out
// of reach while all candidates are distinct, which the configuration check demands.
CohortChoice SelectCohort(absl::Span<const Candidate> candidates, const CohortRules& rules,
                          const std::optional<PrimaryPlace>& primary, std::uint64_t seed);

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_COHORT_H_
