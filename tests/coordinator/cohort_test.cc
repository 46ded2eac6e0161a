#include "coordinator/cohort.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <numeric>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"

namespace mpic::coordinator {
namespace {

using ::testing::HasSubstr;

const Phase& PhaseNamed(absl::string_view name) {
  for (const Phase& phase : AllPhases()) {
    if (phase.name == name) return phase;
  }
  ADD_FAILURE() << "no phase " << name;
  return AllPhases()[0];
}

// Remotes in a row along the equator, ten degrees (1112 km) apart.
class World {
 public:
  World& Add(v1::Rir rir, bool healthy = true, unsigned in_flight = 0) {
    const auto count = static_cast<double>(perspectives_.size());
    return AddAt({.latitude = 0, .longitude = -175 + 10 * count}, rir, healthy, in_flight);
  }
  World& AddAt(GeoPoint place, v1::Rir rir, bool healthy = true, unsigned in_flight = 0) {
    ConfiguredPerspective perspective;
    perspective.perspective_id = absl::StrCat("p", perspectives_.size());
    perspective.rir = perspective.resolver_rir = rir;
    perspective.location = perspective.resolver_location = place;
    perspectives_.push_back(perspective);
    candidates_.push_back(
        {.perspective = &perspectives_.back(), .healthy = healthy, .in_flight = in_flight});
    return *this;
  }
  World& Repeat(unsigned times, v1::Rir rir, bool healthy = true) {
    for (unsigned i = 0; i < times; ++i) Add(rir, healthy);
    return *this;
  }
  ConfiguredPerspective& perspective(std::size_t i) { return perspectives_[i]; }
  const std::vector<Candidate>& candidates() const { return candidates_; }

 private:
  std::deque<ConfiguredPerspective> perspectives_;  // stays in place while it grows
  std::vector<Candidate> candidates_;
};

CohortRules Rules(unsigned size, absl::string_view phase = "2026-06-15") {
  return {.size = size, .phase = PhaseNamed(phase)};
}

void ExpectValid(const World& world, const CohortRules& rules, const CohortChoice& choice,
                 const std::optional<PrimaryPlace>& primary) {
  ASSERT_TRUE(choice.ok()) << choice.sentence;
  EXPECT_GE(choice.members.size(), rules.phase.remotes_min);
  std::set<v1::Rir> regions;
  for (std::size_t i = 0; i < choice.members.size(); ++i) {
    const ConfiguredPerspective& a = *world.candidates()[choice.members[i]].perspective;
    regions.insert(a.rir);
    EXPECT_EQ(a.rir, a.resolver_rir);
    if (primary.has_value()) {
      EXPECT_TRUE(Distinct(a.location, primary->perspective));
      EXPECT_TRUE(Distinct(a.resolver_location, primary->resolver));
    }
    for (std::size_t k = i + 1; k < choice.members.size(); ++k) {
      const ConfiguredPerspective& b = *world.candidates()[choice.members[k]].perspective;
      EXPECT_TRUE(Distinct(a.location, b.location));
      EXPECT_TRUE(Distinct(a.resolver_location, b.resolver_location));
    }
  }
  EXPECT_GE(regions.size(), rules.phase.rir_regions_min);
}

// Asks every way in which the allowed number may fail.
bool SurvivesEveryFailure(const World& world, const std::vector<std::size_t>& members,
                          unsigned failures, unsigned regions_min) {
  for (std::uint64_t failed = 0; failed < (std::uint64_t{1} << members.size()); ++failed) {
    if (static_cast<unsigned>(__builtin_popcountll(failed)) != failures) continue;
    std::set<v1::Rir> regions;
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (((failed >> i) & 1U) == 0)
        regions.insert(world.candidates()[members[i]].perspective->rir);
    }
    if (regions.size() < regions_min) return false;
  }
  return true;
}

TEST(CohortTest, IsValidAndKeepsItsMarginOverManySeeds) {
  World world;
  world.Repeat(4, v1::RIPE_NCC).Repeat(3, v1::ARIN).Repeat(3, v1::APNIC).Repeat(2, v1::LACNIC);
  const PrimaryPlace primary{.perspective = {40, 100}, .resolver = {40, 100}};
  for (unsigned size = 4; size <= 10; ++size) {
    for (std::uint64_t seed = 0; seed < 500; ++seed) {
      const CohortChoice choice = SelectCohort(world.candidates(), Rules(size), primary, seed);
      ExpectValid(world, Rules(size), choice, primary);
      EXPECT_EQ(choice.members.size(), size);
      EXPECT_TRUE(choice.rir_margin_kept);
      EXPECT_TRUE(SurvivesEveryFailure(world, choice.members, NonCorroborationsAllowed(size), 2));
      EXPECT_EQ(std::set<std::size_t>(choice.members.begin(), choice.members.end()).size(), size);
      ASSERT_FALSE(HasFailure()) << "size " << size << " seed " << seed;
    }
  }
}

TEST(CohortTest, IsValidWhereManyCandidatesAreTooClose) {
  World world;
  for (int i = 0; i < 24; ++i) {  // 333 km apart, so that neighbours exclude each other
    world.AddAt({.latitude = 3.0 * i - 36, .longitude = 0}, i % 3 == 0 ? v1::ARIN : v1::RIPE_NCC);
  }
  const PrimaryPlace primary{.perspective = {0, 0}, .resolver = {0, 0}};
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const CohortChoice choice = SelectCohort(world.candidates(), Rules(8), primary, seed);
    ExpectValid(world, Rules(8), choice, primary);
    EXPECT_EQ(choice.members.size(), 8);
    ASSERT_FALSE(HasFailure()) << "seed " << seed;
  }
}

TEST(CohortTest, TheSameSeedDrawsTheSameWhateverTheOrderOfConfiguration) {
  World world;
  world.Repeat(4, v1::RIPE_NCC).Repeat(4, v1::ARIN).Repeat(4, v1::APNIC);
  std::vector<Candidate> reversed(world.candidates().rbegin(), world.candidates().rend());
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const CohortChoice once = SelectCohort(world.candidates(), Rules(6), std::nullopt, seed);
    const CohortChoice again = SelectCohort(world.candidates(), Rules(6), std::nullopt, seed);
    const CohortChoice other = SelectCohort(reversed, Rules(6), std::nullopt, seed);
    EXPECT_EQ(once.members, again.members);
    ASSERT_EQ(once.members.size(), other.members.size());
    for (std::size_t i = 0; i < once.members.size(); ++i) {
      EXPECT_EQ(world.candidates()[once.members[i]].perspective,
                reversed[other.members[i]].perspective);
    }
  }
}

// Fixed for auditors: a change here makes recorded seeds unreadable.
TEST(CohortTest, TheDrawOfASeedIsFixed) {
  World world;
  world.Repeat(3, v1::RIPE_NCC).Repeat(3, v1::ARIN).Repeat(3, v1::APNIC);
  const CohortChoice choice =
      SelectCohort(world.candidates(), Rules(6), std::nullopt, 0x0123456789abcdef);
  EXPECT_THAT(choice.members, ::testing::ElementsAre(8, 1, 7, 4, 6, 2));
}

TEST(CohortTest, EveryRemoteTakesItsTurn) {
  World world;
  world.Repeat(4, v1::RIPE_NCC).Repeat(4, v1::ARIN).Repeat(4, v1::APNIC);
  std::map<std::size_t, int> drawn;
  std::set<std::vector<std::size_t>> cohorts;
  for (std::uint64_t seed = 0; seed < 1200; ++seed) {
    CohortChoice choice = SelectCohort(world.candidates(), Rules(6), std::nullopt, seed);
    for (std::size_t member : choice.members) ++drawn[member];
    std::sort(choice.members.begin(), choice.members.end());
    cohorts.insert(choice.members);
  }
  ASSERT_EQ(drawn.size(), 12);
  for (const auto& [member, times] : drawn) EXPECT_NEAR(times, 600, 90) << member;
  EXPECT_GT(cohorts.size(), 300);
}

struct SizeCase {
  const char* name;
  unsigned ripe;
  unsigned arin;
  unsigned size;
  const char* phase;
  unsigned members;  // 0: refused
  bool margin;
  v1::Problem::Kind problem;
};

constexpr auto kNone = v1::Problem::KIND_UNSPECIFIED;

constexpr SizeCase kSizes[] = {
    {"the wanted size", 4, 4, 6, "2026-06-15", 6, true, kNone},
    {"fewer than wanted", 3, 2, 6, "2026-06-15", 5, true, kNone},
    {"the smallest size", 2, 2, 6, "2026-06-15", 4, true, kNone},
    {"size goes before margin", 4, 2, 6, "2026-06-15", 6, false, kNone},
    {"no margin with one remote in the second region", 3, 1, 4, "2026-06-15", 4, false, kNone},
    {"a margin by choosing the balanced cohort", 8, 3, 6, "2026-06-15", 6, true, kNone},
    {"vector 151: four when five are required", 2, 2, 4, "2026-12-15", 0, false,
     v1::Problem::QUORUM_TOO_FEW_REMOTES},
    {"a wanted size below the phase is raised", 3, 3, 4, "2026-12-15", 5, true, kNone},
    {"all in one region", 6, 0, 4, "2026-06-15", 0, false, v1::Problem::QUORUM_RIR},
    {"one region is enough before 2026-03-15", 3, 0, 2, "2025-09-15", 2, true, kNone},
    {"no candidates", 0, 0, 4, "2026-06-15", 0, false, v1::Problem::QUORUM_TOO_FEW_REMOTES},
};

TEST(CohortTest, SizesAndMargins) {
  for (const SizeCase& c : kSizes) {
    SCOPED_TRACE(c.name);
    World world;
    world.Repeat(c.ripe, v1::RIPE_NCC).Repeat(c.arin, v1::ARIN);
    const CohortChoice choice =
        SelectCohort(world.candidates(), Rules(c.size, c.phase), std::nullopt, 7);
    EXPECT_EQ(choice.members.size(), c.members);
    EXPECT_EQ(choice.rir_margin_kept, c.margin);
    EXPECT_EQ(choice.problem, c.problem);
    EXPECT_EQ(choice.sentence.empty(), c.problem == kNone);
  }
}

TEST(CohortTest, StricterRegionsAndFailuresAreKept) {
  World world;
  world.Repeat(6, v1::RIPE_NCC).Repeat(2, v1::ARIN).Repeat(2, v1::APNIC).Repeat(2, v1::LACNIC);
  CohortRules rules = Rules(6);
  rules.stricter = {.non_corroborations_max = 1, .rir_regions_min = 3};
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const CohortChoice choice = SelectCohort(world.candidates(), rules, std::nullopt, seed);
    ASSERT_EQ(choice.members.size(), 6);
    EXPECT_TRUE(choice.rir_margin_kept);
    EXPECT_TRUE(SurvivesEveryFailure(world, choice.members, 1, 3)) << seed;
  }
}

TEST(CohortTest, HealthyOnesGoFirst) {
  World world;
  world.Repeat(3, v1::RIPE_NCC).Repeat(3, v1::ARIN).Repeat(2, v1::RIPE_NCC, /*healthy=*/false);
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const CohortChoice choice = SelectCohort(world.candidates(), Rules(6), std::nullopt, seed);
    ASSERT_EQ(choice.members.size(), 6);
    EXPECT_EQ(choice.unhealthy, 0);
    EXPECT_EQ(*std::max_element(choice.members.begin(), choice.members.end()), 5);
  }
}

TEST(CohortTest, UnhealthyOnesFillUpInsteadOfAKinderRow) {
  World world;
  world.Repeat(3, v1::RIPE_NCC).Repeat(2, v1::ARIN).Repeat(2, v1::ARIN, /*healthy=*/false);
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const CohortChoice choice = SelectCohort(world.candidates(), Rules(6), std::nullopt, seed);
    ASSERT_EQ(choice.members.size(), 6);
    EXPECT_EQ(choice.unhealthy, 1);
  }
}

TEST(CohortTest, UnhealthyOnesAreAskedWhenThereAreNoOthers) {
  World world;
  world.Repeat(2, v1::RIPE_NCC, /*healthy=*/false).Repeat(2, v1::ARIN, /*healthy=*/false);
  const CohortChoice choice = SelectCohort(world.candidates(), Rules(4), std::nullopt, 1);
  EXPECT_EQ(choice.members.size(), 4);
  EXPECT_EQ(choice.unhealthy, 4);
}

TEST(CohortTest, AnUnhealthyOneIsTakenWhereTheRegionRuleNeedsIt) {
  World world;
  world.Repeat(6, v1::RIPE_NCC).Add(v1::ARIN, /*healthy=*/false);
  const CohortChoice choice = SelectCohort(world.candidates(), Rules(4), std::nullopt, 1);
  ASSERT_EQ(choice.members.size(), 4);
  EXPECT_EQ(choice.unhealthy, 1);
  EXPECT_THAT(choice.members, ::testing::Contains(6));
}

TEST(CohortTest, LessLoadedOnesGoFirstByBuckets) {
  World world;
  for (unsigned i = 0; i < 4; ++i) world.Add(i % 2 == 0 ? v1::ARIN : v1::RIPE_NCC, true, 500);
  for (unsigned i = 0; i < 4; ++i) world.Add(i % 2 == 0 ? v1::ARIN : v1::RIPE_NCC, true, 63);
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const CohortChoice choice = SelectCohort(world.candidates(), Rules(4), std::nullopt, seed);
    ASSERT_EQ(choice.members.size(), 4);
    EXPECT_EQ(*std::min_element(choice.members.begin(), choice.members.end()), 4);
  }
}

constexpr GeoPoint kDublin{53.3498, -6.2603};
constexpr GeoPoint kLondon{51.5074, -0.1278};

TEST(CohortTest, Vector157RemotesTooClose) {
  World world;
  world.AddAt(kDublin, v1::RIPE_NCC).AddAt(kLondon, v1::RIPE_NCC);
  world.Add(v1::ARIN).Add(v1::ARIN);
  const CohortChoice choice = SelectCohort(world.candidates(), Rules(4), std::nullopt, 1);
  EXPECT_FALSE(choice.ok());
  EXPECT_EQ(choice.problem, v1::Problem::QUORUM_DISTANCE);
  EXPECT_THAT(choice.sentence, HasSubstr("500 km"));
}

TEST(CohortTest, Vector158ResolversTooClose) {
  World world;
  world.Repeat(2, v1::RIPE_NCC).Repeat(2, v1::ARIN);
  world.perspective(1).resolver_location = {.latitude = 2.7, .longitude = -175};  // 300 km
  const CohortChoice choice = SelectCohort(world.candidates(), Rules(4), std::nullopt, 1);
  EXPECT_FALSE(choice.ok());
  EXPECT_EQ(choice.problem, v1::Problem::QUORUM_DISTANCE);
}

TEST(CohortTest, ThePrimaryAndItsResolverKeepTheirDistance) {
  World world;
  world.Repeat(3, v1::RIPE_NCC).Repeat(3, v1::ARIN);
  // Near remote 1; the resolver near remote 4.
  const PrimaryPlace primary{.perspective = {0, -164}, .resolver = {1, -135}};
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const CohortChoice choice = SelectCohort(world.candidates(), Rules(6), primary, seed);
    ExpectValid(world, Rules(6), choice, primary);
    EXPECT_THAT(choice.members, ::testing::UnorderedElementsAre(0, 2, 3, 5));
  }
  const CohortChoice refused = SelectCohort(world.candidates(), Rules(6, "2026-12-15"), primary, 1);
  EXPECT_EQ(refused.problem, v1::Problem::QUORUM_DISTANCE);
}

TEST(CohortTest, AResolverInAnotherRegionIsNeverUsed) {
  World world;
  world.Repeat(3, v1::RIPE_NCC).Repeat(3, v1::ARIN);
  world.perspective(0).resolver_rir = v1::ARIN;
  const CohortChoice choice = SelectCohort(world.candidates(), Rules(6), std::nullopt, 1);
  EXPECT_EQ(choice.members.size(), 5);
  EXPECT_THAT(choice.members, ::testing::Not(::testing::Contains(0)));
}

// No 33 of these are distinct, and proving it would take for ever: the search gives up and settles
// for a smaller cohort.
TEST(CohortTest, TheSearchIsBounded) {
  World world;
  for (int i = 0; i < 64; ++i) {
    world.AddAt({.latitude = (i / 8) * 4.0, .longitude = (i % 8) * 4.0},
                i % 2 == 0 ? v1::ARIN : v1::RIPE_NCC);
  }
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const CohortChoice choice = SelectCohort(world.candidates(), Rules(33), std::nullopt, seed);
    ExpectValid(world, Rules(33), choice, std::nullopt);
  }
}

}  // namespace
}  // namespace mpic::coordinator
