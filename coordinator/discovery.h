// Checks that expect no value: which contacts are published, which names does an address have? The
// answer is the values that the primary saw and a quorum of remotes saw too (BR 3.2.2.9). Pure.
#ifndef MPIC_COORDINATOR_DISCOVERY_H_
#define MPIC_COORDINATOR_DISCOVERY_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "common/public_suffix_list.h"
#include "coordinator/tally.h"

namespace mpic::coordinator {

// Of the primary's values no more are weighed; each costs a tally, and nobody publishes as many.
inline constexpr std::size_t kDiscoveredValuesMax = 100;

struct Discovery {
  AttemptVerdict verdict;
  // What the primary saw and may be used: of a reverse lookup only names that a certificate may
  // hold, because the RA is to validate one of them by another method (BR 3.2.2.5.3).
  std::vector<std::string> seen_by_primary;
  std::vector<std::string> corroborated;  // those of them that the rules hold for
  // What remotes are judged by: `corroborated`; where that is empty, the value that came closest.
  std::vector<std::string> judged_by;
};

// The verdict of a discovery when all seats are closed. Each of the primary's values is tallied by
// itself, count and RIR rule; one that passes makes the verdict CORROBORATED, and then the quorum
// tells how many remotes saw any of those that passed. When none does, the verdict, its problem and
// the quorum are those of the value that came closest. NAME_NOT_ALLOWED when nothing that the
// primary saw may be used.
Discovery ConcludeDiscovery(const QuorumRules& rules, absl::Span<const RemoteSeat> seats,
                            const Claim& claim, const PublicSuffixList& suffixes);

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_DISCOVERY_H_
