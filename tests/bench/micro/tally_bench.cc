// The tally of an attempt (BR 3.2.2.9), as it is taken anew with every answer that comes in.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "coordinator/tally.h"

namespace mpic::coordinator {
namespace {

constexpr v1::Rir kRirs[] = {v1::ARIN, v1::RIPE_NCC, v1::APNIC, v1::LACNIC, v1::AFRINIC};

v1::CheckResult Passed() {
  v1::CheckResult result;
  result.set_outcome(v1::PASSED);
  result.set_observed_value("LPsIwTo7o8BoG0-vjCyGQGBWSVIPxI-i_X336eUOQZo");
  return result;
}

std::vector<ConfiguredPerspective> Places(std::size_t count) {
  std::vector<ConfiguredPerspective> places(count);
  for (std::size_t i = 0; i < count; ++i) {
    places[i].perspective_id = places[i].region = absl::StrCat("place-", i);
    places[i].rir = kRirs[i % std::size(kRirs)];
  }
  return places;
}

// Whether the verdict can still change, when all but one of the remotes have answered.
void AssessSeatsOfAnAttempt(benchmark::State& state) {
  const auto remotes = static_cast<std::size_t>(state.range(0));
  const std::vector<ConfiguredPerspective> places = Places(remotes);
  const v1::CheckResult primary = Passed();
  std::vector<RemoteSeat> seats;
  for (const ConfiguredPerspective& place : places) {
    seats.push_back({.perspective = &place, .answer = PerspectiveAnswer{Passed(), {}}});
  }
  seats.back().answer.reset();
  const QuorumRules rules =
      RulesFor(AllPhases().back(), StricterPolicy{}, static_cast<unsigned>(remotes));
  for (auto _ : state) {
    benchmark::DoNotOptimize(AssessSeats(rules, seats, {.method = v1::DNS_01, .primary = primary}));
  }
}
BENCHMARK(AssessSeatsOfAnAttempt)->Arg(5)->Arg(20);

void AssessStandings(benchmark::State& state) {
  const auto remotes = static_cast<std::size_t>(state.range(0));
  std::vector<RemoteStanding> standings;
  for (std::size_t i = 0; i < remotes; ++i) {
    standings.push_back({.rir = kRirs[i % std::size(kRirs)], .standing = Standing::kCorroborates});
  }
  const QuorumRules rules =
      RulesFor(AllPhases().back(), StricterPolicy{}, static_cast<unsigned>(remotes));
  for (auto _ : state) benchmark::DoNotOptimize(Assess(rules, standings));
}
BENCHMARK(AssessStandings)->Arg(5)->Arg(20);

}  // namespace
}  // namespace mpic::coordinator
