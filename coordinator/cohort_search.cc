#include "coordinator/cohort_search.h"

#include <algorithm>
#include <functional>
#include <numeric>

namespace mpic::coordinator {
namespace {

bool Contains(std::uint64_t set, std::size_t node) { return ((set >> node) & 1U) != 0; }
std::uint64_t Only(std::size_t node) { return std::uint64_t{1} << node; }

}  // namespace

std::vector<std::size_t> CohortSearch::Find(const SearchGoal& goal) {
  members_.clear();
  counts_.fill(0);
  unhealthy_ = 0;
  steps_of_find_ = 0;
  const std::uint64_t all = nodes_.size() >= 64 ? ~std::uint64_t{0} : Only(nodes_.size()) - 1;
  if (!WithinReach(goal, all) || !Extend(goal, 0, all)) return {};
  return members_;
}

bool CohortSearch::Extend(const SearchGoal& goal, std::size_t next, std::uint64_t allowed) {
  if (members_.size() == goal.size) return true;
  for (std::size_t i = next; i < nodes_.size(); ++i) {
    if (!Contains(allowed, i) || !Admits(goal, i)) continue;
    if (!TakeStep()) return false;
    allowed &= ~Only(i);
    Take(i);
    const std::uint64_t rest = allowed & nodes_[i].distinct_from;
    if (WithinReach(goal, rest) && Extend(goal, i + 1, rest)) return true;
    PutBack(i);
    if (!WithinReach(goal, allowed)) return false;
  }
  return false;
}

void CohortSearch::Take(std::size_t node) {
  members_.push_back(node);
  ++counts_[static_cast<std::size_t>(nodes_[node].rir)];
  unhealthy_ += nodes_[node].healthy ? 0 : 1;
}

void CohortSearch::PutBack(std::size_t node) {
  members_.pop_back();
  --counts_[static_cast<std::size_t>(nodes_[node].rir)];
  unhealthy_ -= nodes_[node].healthy ? 0 : 1;
}

bool CohortSearch::Admits(const SearchGoal& goal, std::size_t node) const {
  return nodes_[node].healthy || unhealthy_ < goal.unhealthy_max;
}

// Fills the open places in the way that is kindest to the region rule, as if all of `rest` could
// stand together: always in the region with the fewest members. Spreading so makes the sum of the
// largest regions as small as it can be, and that sum decides: regions_min regions survive any
// `failures` failures exactly when the regions_min - 1 largest do not hold all other members.
bool CohortSearch::WithinReach(const SearchGoal& goal, std::uint64_t rest) const {
  RegionCounts available{};
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    if (Contains(rest, i) && Admits(goal, i)) ++available[static_cast<std::size_t>(nodes_[i].rir)];
  }
  RegionCounts filled = counts_;
  for (std::size_t open = goal.size - members_.size(); open > 0; --open) {
    std::size_t fewest = filled.size();
    for (std::size_t region = 0; region < filled.size(); ++region) {
      if (available[region] == 0) continue;
      if (fewest == filled.size() || filled[region] < filled[fewest]) fewest = region;
    }
    if (fewest == filled.size()) return false;
    --available[fewest];
    ++filled[fewest];
  }
  return RegionsSurvive(goal, filled);
}

bool CohortSearch::RegionsSurvive(const SearchGoal& goal, RegionCounts counts) {
  if (goal.regions_min == 0) return true;
  if (goal.regions_min > counts.size()) return false;
  std::sort(counts.begin(), counts.end(), std::greater<>());
  const unsigned largest =
      std::accumulate(counts.begin(), counts.begin() + goal.regions_min - 1, 0U);
  return largest + goal.failures < goal.size;
}

bool CohortSearch::TakeStep() {
  ++steps_;
  ++steps_of_find_;
  return steps_of_find_ <= (steps_ <= kStepsMax ? kStepsOfFindMax : kStepsOfLateFindMax);
}

}  // namespace mpic::coordinator
