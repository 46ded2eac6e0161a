// The search under the draw of a cohort: sets of perspectives that are pairwise distinct and cover
// enough RIR regions.
#ifndef MPIC_COORDINATOR_COHORT_SEARCH_H_
#define MPIC_COORDINATOR_COHORT_SEARCH_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "mpic/v1/check.pb.h"

namespace mpic::coordinator {

// One perspective that may become a member.
struct SearchNode {
  v1::Rir rir = v1::RIR_UNSPECIFIED;
  bool healthy = false;
  std::uint64_t distinct_from = 0;  // bit k: may stand in one cohort with node k
};

// What a set must satisfy.
struct SearchGoal {
  unsigned size = 0;
  unsigned unhealthy_max = 0;
  unsigned regions_min = 0;
  unsigned failures = 0;  // members, whichever, without which regions_min must still hold
};

// A bounded depth-first search. Not thread-safe; one object serves one draw.
class CohortSearch {
 public:
  // Nodes are added in the order of preference; at most 64.
  void Add(const SearchNode& node) { nodes_.push_back(node); }

  // The set that is first in lexicographic order of preference, as positions of nodes. Empty: there
  // is none, or the bound was reached.
  std::vector<std::size_t> Find(const SearchGoal& goal);

 private:
  static constexpr unsigned kStepsOfFindMax = 5'000;
  // Once kStepsMax steps have been taken in all, a find gets only a few: enough for a set that is
  // easy to see.
  static constexpr unsigned kStepsMax = 50'000;
  static constexpr unsigned kStepsOfLateFindMax = 500;

  using RegionCounts = std::array<unsigned, v1::Rir_ARRAYSIZE>;

  bool Extend(const SearchGoal& goal, std::size_t next, std::uint64_t allowed);
  void Take(std::size_t node);
  void PutBack(std::size_t node);
  bool Admits(const SearchGoal& goal, std::size_t node) const;
  // False when no choice from `rest` can complete the set. Exact while `rest` is pairwise distinct
  // and health does not bind.
  bool WithinReach(const SearchGoal& goal, std::uint64_t rest) const;
  static bool RegionsSurvive(const SearchGoal& goal, RegionCounts counts);
  bool TakeStep();

  std::vector<SearchNode> nodes_;
  std::vector<std::size_t> members_;
  RegionCounts counts_{};
  unsigned unhealthy_ = 0;
  unsigned steps_ = 0;
  unsigned steps_of_find_ = 0;
};

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_COHORT_SEARCH_H_
