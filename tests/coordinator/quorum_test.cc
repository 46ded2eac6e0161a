#include "coordinator/policy/quorum.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

TEST(QuorumTableTest, NonCorroborationsAllowed) {
  const unsigned expected[] = {0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 2};
  for (unsigned n = 0; n <= 10; ++n) EXPECT_EQ(NonCorroborationsAllowed(n), expected[n]) << n;
  EXPECT_EQ(NonCorroborationsAllowed(64), 2);
}

TEST(RulesForTest, StricterSettingsTightenAndLooserOnesDoNothing) {
  const Phase& phase = PhaseNamed("2026-06-15");
  const QuorumRules plain = RulesFor(phase, {}, 6);
  EXPECT_EQ(plain.phase, "2026-06-15");
  EXPECT_EQ(plain.remotes, 6);
  EXPECT_EQ(plain.remotes_min, 4);
  EXPECT_EQ(plain.non_corroborations_allowed, 2);
  EXPECT_EQ(plain.rir_regions_min, 2);

  const QuorumRules strict =
      RulesFor(phase, {.non_corroborations_max = 0, .rir_regions_min = 3}, 6);
  EXPECT_EQ(strict.non_corroborations_allowed, 0);
  EXPECT_EQ(strict.rir_regions_min, 3);

  const QuorumRules loose = RulesFor(phase, {.non_corroborations_max = 6, .rir_regions_min = 1}, 5);
  EXPECT_EQ(loose.non_corroborations_allowed, 1);
  EXPECT_EQ(loose.rir_regions_min, 2);
}

// One remote a letter: R(IPE), A(RIN), P (APNIC), L(ACNIC) or "-" for no region, then +
// corroborates, x does not, ? is pending.
std::vector<RemoteStanding> Standings(absl::string_view text) {
  std::vector<RemoteStanding> standings;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    RemoteStanding remote;
    remote.rir = text[i] == 'R'   ? v1::RIPE_NCC
                 : text[i] == 'A' ? v1::ARIN
                 : text[i] == 'P' ? v1::APNIC
                 : text[i] == 'L' ? v1::LACNIC
                                  : v1::RIR_UNSPECIFIED;
    remote.standing = text[i + 1] == '+'   ? Standing::kCorroborates
                      : text[i + 1] == 'x' ? Standing::kDoesNot
                                           : Standing::kPending;
    standings.push_back(remote);
  }
  return standings;
}

struct Case {
  const char* name;
  const char* phase;
  const char* remotes;
  StricterPolicy stricter;
  Decision decision;
  v1::Problem::Kind problem;
  const char* text;
};

constexpr auto kNone = v1::Problem::KIND_UNSPECIFIED;
constexpr auto kCount = v1::Problem::QUORUM_COUNT;
constexpr auto kRir = v1::Problem::QUORUM_RIR;
constexpr auto kTooFew = v1::Problem::QUORUM_TOO_FEW_REMOTES;

const Case kCases[] = {
    {"vector 148: four, three pass all in RIPE",
     "2026-06-15",
     "R+R+R+Ax",
     {},
     Decision::kRefused,
     kRir,
     "3/4"},
    {"vector 149: four, two pass", "2026-06-15", "R+A+RxAx", {}, Decision::kRefused, kCount, "2/4"},
    {"vector 151: four pass, five are required",
     "2026-12-15",
     "R+A+P+L+",
     {},
     Decision::kRefused,
     kTooFew,
     "4/4"},
    {"vector 152: five, four pass in two regions",
     "2026-12-15",
     "R+R+A+A+Rx",
     {},
     Decision::kCorroborated,
     kNone,
     "4/5"},
    {"vector 154: seven, four pass",
     "2026-06-15",
     "R+A+P+L+RxAxPx",
     {},
     Decision::kRefused,
     kCount,
     "4/7"},
    {"vector 155: five of five say nothing about the primary",
     "2026-06-15",
     "R+A+P+L+R+",
     {},
     Decision::kCorroborated,
     kNone,
     "5/5"},
    {"vector 160: the second attempt stands alone",
     "2026-06-15",
     "RxA+P+Lx",
     {},
     Decision::kRefused,
     kCount,
     "2/4"},
    {"six, four pass", "2026-06-15", "R+R+A+A+PxPx", {}, Decision::kCorroborated, kNone, "4/6"},
    {"six, three pass", "2026-06-15", "R+R+A+AxPxPx", {}, Decision::kRefused, kCount, "3/6"},
    {"two remotes, one passes, before RIR rules",
     "2025-09-15",
     "R+Rx",
     {},
     Decision::kCorroborated,
     kNone,
     "1/2"},
    {"two remotes, none passes", "2025-09-15", "RxRx", {}, Decision::kRefused, kCount, "0/2"},
    {"the quorum is enforced in the phase that did not ask for it",
     "2025-03-15",
     "RxRx",
     {},
     Decision::kRefused,
     kCount,
     "0/2"},
    {"one remote never suffices", "2025-03-15", "R+", {}, Decision::kRefused, kTooFew, "1/1"},
    {"no remotes never suffice", "2025-03-15", "", {}, Decision::kRefused, kTooFew, "0/0"},
    {"a remote without a region covers none",
     "2026-06-15",
     "R+R+R+-+",
     {},
     Decision::kRefused,
     kRir,
     "4/4"},
    {"stricter: no non-corroboration allowed",
     "2026-06-15",
     "R+A+P+Lx",
     {.non_corroborations_max = 0},
     Decision::kRefused,
     kCount,
     "3/4"},
    {"stricter: three regions",
     "2026-06-15",
     "R+R+A+A+",
     {.rir_regions_min = 3},
     Decision::kRefused,
     kRir,
     "4/4"},
    {"open: nothing is known", "2026-06-15", "R?R?A?A?", {}, Decision::kOpen, kNone, "0/4"},
    {"open: two more may fail or pass",
     "2026-06-15",
     "R+A+P?L?",
     {},
     Decision::kOpen,
     kNone,
     "2/4"},
    {"certain early: one may still fail",
     "2026-06-15",
     "R+A+P+L?",
     {},
     Decision::kCorroborated,
     kNone,
     "3/4"},
    {"open: the pending one must bring the second region",
     "2026-06-15",
     "R+R+R+A?",
     {},
     Decision::kOpen,
     kNone,
     "3/4"},
    {"certain early: two failures are too many",
     "2026-06-15",
     "RxAxP?L?",
     {},
     Decision::kRefused,
     kCount,
     "0/4"},
    {"certain early: the only other region has failed",
     "2026-06-15",
     "R?R?R?Ax",
     {},
     Decision::kRefused,
     kRir,
     "0/4"},
    {"too few remotes is certain before anyone answers",
     "2026-12-15",
     "R?R?A?A?",
     {},
     Decision::kRefused,
     kTooFew,
     "0/4"},
};

TEST(AssessTest, Cases) {
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.name);
    const std::vector<RemoteStanding> remotes = Standings(c.remotes);
    const QuorumRules rules =
        RulesFor(PhaseNamed(c.phase), c.stricter, static_cast<unsigned>(remotes.size()));
    const Assessment assessment = Assess(rules, remotes);
    EXPECT_EQ(assessment.decision, c.decision);
    EXPECT_EQ(assessment.problem, c.problem);
    EXPECT_EQ(assessment.text, c.text);
    EXPECT_EQ(assessment.sentence.empty(), c.problem == kNone);
    EXPECT_EQ(assessment.attempted, remotes.size());
  }
}

TEST(AssessTest, SentencesNameNumbersRegionsAndPhase) {
  const Phase& phase = PhaseNamed("2026-06-15");
  EXPECT_EQ(Assess(RulesFor(phase, {}, 4), Standings("R+A+RxAx")).sentence,
            "2 of 4 remote perspectives do not corroborate; 1 may (BR 3.2.2.9)");
  EXPECT_EQ(Assess(RulesFor(phase, {}, 4), Standings("R+R+R+Ax")).sentence,
            "corroborating remote perspectives cover 1 RIR region(s) at best (RIPE NCC); 2 are "
            "required (BR 3.2.2.9)");
  EXPECT_EQ(Assess(RulesFor(phase, {}, 3), Standings("R+R+A+")).sentence,
            "the attempt used 3 remote perspectives; at least 4 are required in the phase that "
            "began on 2026-06-15 (BR 3.2.2.9)");
}

TEST(AssessTest, RegionsAreThoseOfCorroboratingRemotes) {
  const Assessment assessment =
      Assess(RulesFor(PhaseNamed("2026-06-15"), {}, 6), Standings("R+A+R+PxL?A+"));
  EXPECT_THAT(assessment.corroborating_rirs, ::testing::ElementsAre(v1::ARIN, v1::RIPE_NCC));
  EXPECT_EQ(assessment.corroborating, 4);
  EXPECT_EQ(assessment.non_corroborations_allowed, 2);
}

TEST(AssessTest, WhatIsNoRegionCoversNone) {
  std::vector<RemoteStanding> remotes = Standings("R+R+R+R+");
  remotes.back().rir = static_cast<v1::Rir>(v1::Rir_ARRAYSIZE);
  const Assessment assessment = Assess(RulesFor(PhaseNamed("2026-06-15"), {}, 4), remotes);
  EXPECT_EQ(assessment.problem, v1::Problem::QUORUM_RIR);
  EXPECT_THAT(assessment.corroborating_rirs, ::testing::ElementsAre(v1::RIPE_NCC));
}

TEST(AssessTest, ANumberThatMovedIsRefused) {
  const QuorumRules rules = RulesFor(PhaseNamed("2026-06-15"), {}, 7);
  const Assessment fewer = Assess(rules, Standings("R+A+P+L+RxAx"));  // vector 154
  EXPECT_EQ(fewer.decision, Decision::kRefused);
  EXPECT_EQ(fewer.problem, v1::Problem::INTERNAL_ERROR);
  EXPECT_THAT(fewer.sentence, HasSubstr("7"));
  EXPECT_EQ(Assess(rules, Standings("R+A+P+L+R+A+P+L+")).decision, Decision::kRefused);
}

// BR 3.2.2.9 said again, as plainly as possible, for standings without pending ones.
bool Permits(const QuorumRules& rules, const std::vector<RemoteStanding>& remotes) {
  unsigned failed = 0;
  std::set<int> regions;
  for (const RemoteStanding& remote : remotes) {
    if (remote.standing == Standing::kCorroborates) {
      regions.insert(remote.rir);
    } else {
      ++failed;
    }
  }
  const std::size_t n = remotes.size();
  if (n < rules.remotes_min) return false;
  return failed <= (n <= 5 ? 1U : 2U) && regions.size() >= rules.rir_regions_min;
}

// The verdicts that can still come: {a refusal, a corroboration}.
std::set<bool> Reachable(const QuorumRules& rules, std::vector<RemoteStanding> remotes) {
  for (RemoteStanding& remote : remotes) {
    if (remote.standing != Standing::kPending) continue;
    remote.standing = Standing::kCorroborates;
    std::set<bool> verdicts = Reachable(rules, remotes);
    remote.standing = Standing::kDoesNot;
    verdicts.merge(Reachable(rules, remotes));
    return verdicts;
  }
  return {Permits(rules, remotes)};
}

// Digits of `number` in base `base` choose the standings; regions alternate in several patterns.
std::vector<RemoteStanding> Nth(unsigned number, unsigned base, unsigned n, unsigned regions) {
  constexpr Standing kStandings[] = {Standing::kCorroborates, Standing::kDoesNot,
                                     Standing::kPending};
  std::vector<RemoteStanding> remotes;
  for (unsigned i = 0; i < n; ++i, number /= base) {
    const unsigned region = regions == 0 ? (i == 0 ? 0 : 1) : i % regions;
    remotes.push_back({.rir = static_cast<v1::Rir>(v1::ARIN + static_cast<int>(region)),
                       .standing = kStandings[number % base]});
  }
  return remotes;
}

unsigned Power(unsigned base, unsigned exponent) {
  unsigned power = 1;
  for (unsigned i = 0; i < exponent; ++i) power *= base;
  return power;
}

TEST(AssessPropertyTest, EveryCompleteVectorUpToEightAgreesWithThePlainRule) {
  for (const Phase& phase : AllPhases()) {
    for (unsigned n = 2; n <= 8; ++n) {
      const QuorumRules rules = RulesFor(phase, {}, n);
      for (unsigned regions = 0; regions <= 3; ++regions) {
        for (unsigned number = 0; number < Power(2, n); ++number) {
          const std::vector<RemoteStanding> remotes = Nth(number, 2, n, regions);
          const Decision expected =
              Permits(rules, remotes) ? Decision::kCorroborated : Decision::kRefused;
          ASSERT_EQ(Assess(rules, remotes).decision, expected)
              << phase.name << " n=" << n << " regions=" << regions << " number=" << number;
        }
      }
    }
  }
}

TEST(AssessPropertyTest, DecidesExactlyWhenTheVerdictIsCertain) {
  for (absl::string_view phase : {"2025-09-15", "2026-06-15"}) {
    for (unsigned n = 2; n <= 7; ++n) {
      const QuorumRules rules = RulesFor(PhaseNamed(phase), {}, n);
      for (unsigned regions = 0; regions <= 3; ++regions) {
        for (unsigned number = 0; number < Power(3, n); ++number) {
          const std::vector<RemoteStanding> remotes = Nth(number, 3, n, regions);
          const std::set<bool> verdicts = Reachable(rules, remotes);
          const Decision expected = verdicts.size() == 2 ? Decision::kOpen
                                    : *verdicts.begin()  ? Decision::kCorroborated
                                                         : Decision::kRefused;
          ASSERT_EQ(Assess(rules, remotes).decision, expected)
              << phase << " n=" << n << " regions=" << regions << " number=" << number;
        }
      }
    }
  }
}

}  // namespace
}  // namespace mpic::coordinator
