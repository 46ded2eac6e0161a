// The draw of a cohort from 50 perspectives that are spread over the Earth.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <iterator>
#include <vector>

#include "absl/strings/str_cat.h"
#include "coordinator/cohort.h"

namespace mpic::coordinator {
namespace {

constexpr std::size_t kPerspectives = 50;
constexpr unsigned kRemotes = 6;
constexpr v1::Rir kRirs[] = {v1::ARIN, v1::RIPE_NCC, v1::APNIC, v1::LACNIC, v1::AFRINIC};

// On a grid of 20 by 30 degrees: all are distinct.
std::vector<ConfiguredPerspective> Places() {
  std::vector<ConfiguredPerspective> places(kPerspectives);
  for (std::size_t i = 0; i < kPerspectives; ++i) {
    places[i].perspective_id = absl::StrCat("place-", i);
    places[i].rir = places[i].resolver_rir = kRirs[i % std::size(kRirs)];
    places[i].location =
        places[i].resolver_location = {.latitude = -40.0 + 20.0 * static_cast<double>(i % 5),
                                       .longitude = -170.0 + 30.0 * static_cast<double>(i / 5)};
  }
  return places;
}

void SelectCohortFrom50(benchmark::State& state) {
  const std::vector<ConfiguredPerspective> places = Places();
  std::vector<Candidate> candidates;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const bool healthy = state.range(0) == 0 || i % static_cast<std::size_t>(state.range(0)) != 0;
    candidates.push_back({.perspective = &places[i], .healthy = healthy});
  }
  const CohortRules rules{.size = kRemotes, .phase = AllPhases().back()};
  const PrimaryPlace primary{.perspective = {.latitude = 75, .longitude = 8},
                             .resolver = {.latitude = 75, .longitude = 8}};
  std::uint64_t seed = 0;
  for (auto _ : state) {
    const CohortChoice choice = SelectCohort(candidates, rules, primary, ++seed);
    if (!choice.ok()) state.SkipWithError(choice.sentence.c_str());
    benchmark::DoNotOptimize(choice);
  }
}
BENCHMARK(SelectCohortFrom50)->ArgName("one_unhealthy_of")->Arg(0)->Arg(5);

}  // namespace
}  // namespace mpic::coordinator
