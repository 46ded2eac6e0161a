#include "coordinator/tally.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "tests/coordinator/coordinator_config.h"

namespace mpic::coordinator {
namespace {

ConfiguredPerspective Place(const std::string& id, v1::Rir rir) {
  ConfiguredPerspective place;
  place.perspective_id = id;
  place.region = id + "-region";
  place.rir = rir;
  return place;
}

v1::CheckResult Result(v1::Outcome outcome, const std::string& observed) {
  v1::CheckResult result;
  result.set_outcome(outcome);
  result.set_observed_value(observed);
  if (outcome != v1::PASSED) result.mutable_problem()->set_kind(v1::Problem::DNS_NXDOMAIN);
  return result;
}

PerspectiveAnswer Without(v1::Problem::Kind kind) {
  PerspectiveAnswer answer;
  answer.problem.set_kind(kind);
  return answer;
}

struct JudgementCase {
  const char* name;
  v1::Method method;
  v1::CheckResult primary;
  std::optional<PerspectiveAnswer> answer;
  v1::Problem::Kind problem;  // KIND_UNSPECIFIED: it corroborates
};

const JudgementCase kJudgements[] = {
    {"the same value corroborates", v1::DNS_01, Result(v1::PASSED, "v"),
     PerspectiveAnswer{Result(v1::PASSED, "v"), {}}, v1::Problem::KIND_UNSPECIFIED},
    {"another value does not", v1::DNS_01, Result(v1::PASSED, "v"),
     PerspectiveAnswer{Result(v1::PASSED, "w"), {}}, v1::Problem::OBSERVATION_DIFFERS},
    {"letters differ in case: another value", v1::DNS_01, Result(v1::PASSED, "v"),
     PerspectiveAnswer{Result(v1::PASSED, "V"), {}}, v1::Problem::OBSERVATION_DIFFERS},
    {"no value at all is not the same", v1::HTTP_01, Result(v1::PASSED, ""),
     PerspectiveAnswer{Result(v1::PASSED, ""), {}}, v1::Problem::OBSERVATION_DIFFERS},
    {"CAA needs no value", v1::CAA, Result(v1::PASSED, ""),
     PerspectiveAnswer{Result(v1::PASSED, ""), {}}, v1::Problem::KIND_UNSPECIFIED},
    {"a remote that failed tells why", v1::CAA, Result(v1::PASSED, ""),
     PerspectiveAnswer{Result(v1::FAILED, ""), {}}, v1::Problem::DNS_NXDOMAIN},
    {"an error never corroborates", v1::DNS_01, Result(v1::PASSED, "v"),
     PerspectiveAnswer{Result(v1::ERROR, "v"), {}}, v1::Problem::DNS_NXDOMAIN},
    {"vector 161: another identity", v1::DNS_01, Result(v1::PASSED, "v"),
     Without(v1::Problem::PERSPECTIVE_IDENTITY), v1::Problem::PERSPECTIVE_IDENTITY},
    {"no answer yet", v1::DNS_01, Result(v1::PASSED, "v"), std::nullopt, v1::Problem::TIMED_OUT},
    {"a primary that failed is not corroborated, even for CAA", v1::CAA, Result(v1::FAILED, ""),
     PerspectiveAnswer{Result(v1::PASSED, ""), {}}, v1::Problem::PRIMARY_NOT_PASSED},
    {"a method that this version does not know", v1::METHOD_UNSPECIFIED, Result(v1::PASSED, "v"),
     PerspectiveAnswer{Result(v1::PASSED, "v"), {}}, v1::Problem::OBSERVATION_DIFFERS},
};

TEST(TallyTest, JudgesEachRemote) {
  const ConfiguredPerspective place = Place("dublin", v1::RIPE_NCC);
  for (const JudgementCase& c : kJudgements) {
    SCOPED_TRACE(c.name);
    const RemoteSeat seat{.perspective = &place, .answer = c.answer};
    const v1::RemoteResult judged = JudgeRemote(seat, {.method = c.method, .primary = c.primary});
    EXPECT_EQ(judged.corroborates(), c.problem == v1::Problem::KIND_UNSPECIFIED);
    EXPECT_EQ(judged.has_problem(), !judged.corroborates());
    EXPECT_EQ(judged.problem().kind(), c.problem);
    EXPECT_EQ(judged.perspective_id(), "dublin");
    EXPECT_EQ(judged.region(), "dublin-region");
    EXPECT_EQ(judged.rir(), v1::RIPE_NCC);
    EXPECT_EQ(judged.has_result(), c.answer && c.answer->result);
  }
}

TEST(TallyTest, WhatTheCoordinatorHoldsAgainstAPassCounts) {
  const ConfiguredPerspective place = Place("dublin", v1::RIPE_NCC);
  PerspectiveAnswer answer{Result(v1::PASSED, "v"), {}};
  answer.problem.set_kind(v1::Problem::RECORD_NOT_MATCHING);
  const RemoteSeat seat{.perspective = &place, .answer = answer};
  const v1::RemoteResult judged =
      JudgeRemote(seat, {.method = v1::DNS_01, .primary = Result(v1::PASSED, "v")});
  EXPECT_FALSE(judged.corroborates());
  EXPECT_EQ(judged.problem().kind(), v1::Problem::RECORD_NOT_MATCHING);
  EXPECT_EQ(judged.result().outcome(), v1::PASSED) << "the perspective's own word stands";
}

TEST(TallyTest, UnknownOutcomeIsNotPassed) {
  const ConfiguredPerspective place = Place("dublin", v1::RIPE_NCC);
  v1::CheckResult odd = Result(v1::PASSED, "v");
  odd.set_outcome(static_cast<v1::Outcome>(77));
  const RemoteSeat seat{.perspective = &place, .answer = PerspectiveAnswer{odd, {}}};
  EXPECT_FALSE(
      JudgeRemote(seat, {.method = v1::DNS_01, .primary = Result(v1::PASSED, "v")}).corroborates());
  EXPECT_NE(Conclude({}, {}, {.method = v1::DNS_01, .primary = odd}).verdict, v1::CORROBORATED);
}

// All vectors of passing and failing remotes, against the table of BR 3.2.2.9 said again.
TEST(TallyTest, ConcludesAsTheTableSaysForAllVectorsUpToEight) {
  const v1::Rir rirs[] = {v1::ARIN,  v1::ARIN, v1::RIPE_NCC, v1::ARIN,
                          v1::APNIC, v1::ARIN, v1::ARIN,     v1::RIPE_NCC};
  const Phase& phase = PhaseAt(Utc(2026, 11, 24));
  const v1::CheckResult primary = Result(v1::PASSED, "v");
  for (unsigned n = 2; n <= 8; ++n) {
    std::vector<ConfiguredPerspective> places;
    for (unsigned i = 0; i < n; ++i) places.push_back(Place("p" + std::to_string(i), rirs[i]));
    for (unsigned vector = 0; vector < (1U << n); ++vector) {
      std::vector<RemoteSeat> seats;
      std::set<v1::Rir> covered;
      unsigned passed = 0;
      for (unsigned i = 0; i < n; ++i) {
        const bool passes = ((vector >> i) & 1U) != 0;
        const v1::CheckResult result = Result(passes ? v1::PASSED : v1::FAILED, "v");
        seats.push_back({.perspective = &places[i], .answer = PerspectiveAnswer{result, {}}});
        if (!passes) continue;
        ++passed;
        covered.insert(rirs[i]);
      }
      const bool holds = n >= 4 && n - passed <= (n <= 5 ? 1U : 2U) && covered.size() >= 2;
      const AttemptVerdict verdict =
          Conclude(RulesFor(phase, {}, n), seats, {.method = v1::DNS_01, .primary = primary});
      ASSERT_EQ(verdict.verdict, holds ? v1::CORROBORATED : v1::NOT_CORROBORATED)
          << n << " remotes, vector " << vector;
      ASSERT_EQ(ToQuorum(verdict.assessment).text(),
                std::to_string(passed) + "/" + std::to_string(n));
    }
  }
}

TEST(TallyTest, Vector154AFailureCannotBeDroppedToReachAKinderRow) {
  const Phase& phase = PhaseAt(Utc(2026, 11, 24));
  const ConfiguredPerspective place = Place("dublin", v1::RIPE_NCC);
  std::vector<RemoteSeat> seats(
      6, {.perspective = &place, .answer = PerspectiveAnswer{Result(v1::PASSED, "v"), {}}});
  const AttemptVerdict verdict = Conclude(
      RulesFor(phase, {}, 7), seats, {.method = v1::DNS_01, .primary = Result(v1::PASSED, "v")});
  EXPECT_NE(verdict.verdict, v1::CORROBORATED);
}

TEST(TallyTest, EmptySeatsArePendingUntilTheyAreNot) {
  const Phase& phase = PhaseAt(Utc(2026, 11, 24));
  const ConfiguredPerspective dublin = Place("dublin", v1::RIPE_NCC);
  const ConfiguredPerspective ashburn = Place("ashburn", v1::ARIN);
  const v1::CheckResult primary = Result(v1::PASSED, "v");
  std::vector<RemoteSeat> seats(4, {.perspective = &dublin, .answer = std::nullopt});
  seats[0].perspective = &ashburn;
  const QuorumRules rules = RulesFor(phase, {}, 4);
  EXPECT_EQ(AssessSeats(rules, seats, {.method = v1::DNS_01, .primary = primary}).decision,
            Decision::kOpen);
  const AttemptVerdict closed = Conclude(rules, seats, {.method = v1::DNS_01, .primary = primary});
  EXPECT_EQ(closed.verdict, v1::NOT_COMPLETED);
  EXPECT_EQ(closed.problem.kind(), v1::Problem::QUORUM_COUNT);
  EXPECT_EQ(closed.assessment.text, "0/4");
}

TEST(TallyTest, FailuresOfOursDoNotSpeakAgainstTheDomain) {
  EXPECT_TRUE(IsOurFailure(v1::Problem::PERSPECTIVE_UNREACHABLE));
  EXPECT_TRUE(IsOurFailure(v1::Problem::TIMED_OUT));
  EXPECT_TRUE(IsOurFailure(v1::Problem::OVERLOADED));
  EXPECT_FALSE(IsOurFailure(v1::Problem::DNS_TIMEOUT));
  EXPECT_FALSE(IsOurFailure(v1::Problem::CAA_FORBIDS));
  EXPECT_FALSE(IsOurFailure(v1::Problem::OBSERVATION_DIFFERS));
  EXPECT_FALSE(IsOurFailure(v1::Problem::KIND_UNSPECIFIED));
}

TEST(TallyTest, PrimaryWithoutAReasonStillGetsOne) {
  v1::CheckResult primary;
  primary.set_outcome(v1::FAILED);
  const AttemptVerdict refused = RefuseByPrimary(6, primary);
  EXPECT_EQ(refused.verdict, v1::NOT_CORROBORATED);
  EXPECT_EQ(refused.problem.kind(), v1::Problem::PRIMARY_NOT_PASSED);
  EXPECT_EQ(refused.assessment.text, "0/6");
}

}  // namespace
}  // namespace mpic::coordinator
