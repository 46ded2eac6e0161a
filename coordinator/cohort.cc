#include "coordinator/cohort.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "coordinator/cohort_search.h"

namespace mpic::coordinator {
namespace {

// Checks in flight below which loads count as equal, so that small differences do not take the
// chance out of the draw.
constexpr unsigned kLoadBucket = 64;

class SplitMix64 {
 public:
  explicit SplitMix64(std::uint64_t seed) : state_(seed) {}

  std::uint64_t Next() {
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
  }

 private:
  std::uint64_t state_;
};

unsigned LoadBucket(unsigned in_flight) {
  unsigned bucket = 0;
  for (unsigned left = in_flight / kLoadBucket; left > 0; left /= 2) ++bucket;
  return bucket;
}

std::vector<std::size_t> SeededOrder(absl::Span<const Candidate> candidates, std::uint64_t seed) {
  std::vector<std::size_t> order(candidates.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return candidates[a].perspective->perspective_id < candidates[b].perspective->perspective_id;
  });
  SplitMix64 random(seed);
  for (std::size_t i = order.size(); i-- > 1;) std::swap(order[i], order[random.Next() % (i + 1)]);
  return order;
}

// Most preferred first.
std::vector<std::size_t> PreferenceOrder(absl::Span<const Candidate> candidates,
                                         std::uint64_t seed) {
  using Rank = std::tuple<bool, unsigned, std::size_t>;  // unhealthy, load bucket, seeded position
  const std::vector<std::size_t> seeded = SeededOrder(candidates, seed);
  std::map<Rank, std::size_t> ranked;
  for (std::size_t position = 0; position < seeded.size(); ++position) {
    const Candidate& candidate = candidates[seeded[position]];
    ranked.emplace(Rank(!candidate.healthy, LoadBucket(candidate.in_flight), position),
                   seeded[position]);
  }
  std::vector<std::size_t> order;
  for (const auto& [rank, candidate] : ranked) order.push_back(candidate);
  return order;
}

// Where a perspective and its resolver stand.
struct Stand {
  EarthPoint perspective;
  EarthPoint resolver;
};

bool AreDistinct(const Stand& a, const Stand& b) {
  return Distinct(a.perspective, b.perspective) && Distinct(a.resolver, b.resolver);
}

Stand StandOf(const ConfiguredPerspective& perspective) {
  return {.perspective = ToEarthPoint(perspective.location),
          .resolver = ToEarthPoint(perspective.resolver_location)};
}

// The candidates that may be asked at all, in the order of preference.
std::vector<std::size_t> Usable(absl::Span<const Candidate> candidates,
                                const std::optional<PrimaryPlace>& primary, std::uint64_t seed) {
  std::vector<std::size_t> usable = PreferenceOrder(candidates, seed);
  std::optional<Stand> of_primary;
  if (primary) of_primary = {ToEarthPoint(primary->perspective), ToEarthPoint(primary->resolver)};
  usable.erase(std::remove_if(usable.begin(), usable.end(),
                              [&](std::size_t i) {
                                const ConfiguredPerspective& remote = *candidates[i].perspective;
                                return !v1::Rir_IsValid(remote.rir) ||
                                       remote.rir == v1::RIR_UNSPECIFIED ||
                                       remote.resolver_rir != remote.rir ||
                                       (of_primary && !AreDistinct(StandOf(remote), *of_primary));
                              }),
               usable.end());
  if (usable.size() > kPerspectivesMax) usable.resize(kPerspectivesMax);
  return usable;
}

CohortSearch BuildSearch(absl::Span<const Candidate> candidates,
                         absl::Span<const std::size_t> usable) {
  std::vector<Stand> stands;
  stands.reserve(usable.size());
  for (const std::size_t i : usable) stands.push_back(StandOf(*candidates[i].perspective));
  CohortSearch search;
  for (std::size_t k = 0; k < usable.size(); ++k) {
    const Candidate& candidate = candidates[usable[k]];
    SearchNode node{.rir = candidate.perspective->rir, .healthy = candidate.healthy};
    for (std::size_t other = 0; other < usable.size(); ++other) {
      if (AreDistinct(stands[k], stands[other])) node.distinct_from |= std::uint64_t{1} << other;
    }
    search.Add(node);
  }
  return search;
}

unsigned UnhealthyAmong(absl::Span<const Candidate> candidates,
                        absl::Span<const std::size_t> members) {
  return static_cast<unsigned>(std::count_if(
      members.begin(), members.end(), [&](std::size_t i) { return !candidates[i].healthy; }));
}

// The first cohort of `size` in the order: fewest unhealthy members, margin kept, preference.
CohortChoice SelectOfSize(CohortSearch& search, unsigned unhealthy_count,
                          const QuorumRules& rules) {
  const unsigned size = rules.remotes;
  for (unsigned unhealthy = 0; unhealthy <= std::min(size, unhealthy_count); ++unhealthy) {
    for (const bool margin : {true, false}) {
      const unsigned failures = margin ? rules.non_corroborations_allowed : 0;
      std::vector<std::size_t> members = search.Find({.size = size,
                                                      .unhealthy_max = unhealthy,
                                                      .regions_min = rules.rir_regions_min,
                                                      .failures = failures});
      if (!members.empty()) return {.members = std::move(members), .rir_margin_kept = margin};
    }
  }
  return {};
}

CohortChoice Refuse(v1::Problem::Kind kind, std::string sentence) {
  CohortChoice refusal;
  refusal.problem = kind;
  refusal.sentence = std::move(sentence);
  return refusal;
}

// What stands in the way: numbers, then distance, then regions.
CohortChoice Explain(CohortSearch& search, std::size_t candidates, std::size_t usable,
                     const QuorumRules& rules) {
  const unsigned needed = rules.remotes;
  if (candidates < needed) {
    return Refuse(
        v1::Problem::QUORUM_TOO_FEW_REMOTES,
        absl::StrCat(candidates, " remote perspectives are configured; ", needed,
                     " are required in the phase that began on ", rules.phase, " (BR 3.2.2.9)"));
  }
  const bool enough_distinct =
      !search.Find({.size = needed, .unhealthy_max = needed, .regions_min = 0}).empty();
  if (!enough_distinct) {
    return Refuse(v1::Problem::QUORUM_DISTANCE,
                  absl::StrCat("of ", candidates, " remote perspectives ", usable,
                               " may be used with this primary, and no ", needed,
                               " of them stand at least 500 km apart, their resolvers likewise "
                               "(BR 3.2.2.9)"));
  }
  return Refuse(v1::Problem::QUORUM_RIR,
                absl::StrCat("no ", needed,
                             " remote perspectives that stand at least 500 km apart "
                             "cover ",
                             rules.rir_regions_min, " RIR regions (BR 3.2.2.9)"));
}

}  // namespace

CohortChoice SelectCohort(absl::Span<const Candidate> candidates, const CohortRules& rules,
                          const std::optional<PrimaryPlace>& primary, std::uint64_t seed) {
  const std::vector<std::size_t> usable = Usable(candidates, primary, seed);
  CohortSearch search = BuildSearch(candidates, usable);
  const unsigned unhealthy = UnhealthyAmong(candidates, usable);
  const unsigned size_min = std::max(rules.phase.remotes_min, 2U);
  const unsigned size_max =
      std::min(std::max(rules.size, size_min), static_cast<unsigned>(usable.size()));
  for (unsigned size = size_max; size >= size_min; --size) {
    CohortChoice choice =
        SelectOfSize(search, unhealthy, RulesFor(rules.phase, rules.stricter, size));
    if (!choice.ok()) continue;
    for (std::size_t& member : choice.members) member = usable[member];
    choice.unhealthy = UnhealthyAmong(candidates, choice.members);
    return choice;
  }
  return Explain(search, candidates.size(), usable.size(),
                 RulesFor(rules.phase, rules.stricter, size_min));
}

}  // namespace mpic::coordinator
