// Corroborations in time: early verdicts, stragglers, deadlines, callers that go away.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "common/proto_time.h"
#include "coordinator/corroboration.h"
#include "tests/coordinator/corroboration_world.h"
#include "tests/support/remote_of.h"

namespace mpic::coordinator {
namespace {

using testing::RemoteOf;
using ::testing::SizeIs;

config::v1::CoordinatorConfig WithGrace(absl::Duration grace) {
  config::v1::CoordinatorConfig config = SoundConfig();
  *config.mutable_policy()->mutable_straggler_grace() = ToProtoDuration(grace);
  return config;
}

TEST(CorroborationTimeTest, VerdictComesWhenItCannotChangeAndStragglersAreCancelled) {
  CorroborationWorld world(WithGrace(absl::ZeroDuration()));
  world.remote("dublin").HoldReply();
  world.remote("oregon").HoldReply();
  const v1::Corroboration answer = world.Run(Dns01Input());
  EXPECT_EQ(answer.verdict(), v1::CORROBORATED);
  EXPECT_EQ(answer.quorum().text(), "4/6");
  EXPECT_EQ(RemoteOf(answer, "dublin").problem().kind(), v1::Problem::TIMED_OUT);
  world.Poll();
  EXPECT_EQ(world.remote("dublin").cancelled(), 1U);
  EXPECT_EQ(world.remote("oregon").cancelled(), 1U);
  EXPECT_EQ(world.remote("ashburn").cancelled(), 0U);
}

TEST(CorroborationTimeTest, RefusalComesWhenItCannotChange) {
  CorroborationWorld world(WithGrace(absl::ZeroDuration()));
  world.HoldAll();
  world.Passes("frankfurt");
  for (const char* id : {"ashburn", "oregon", "dublin"}) world.Fails(id);
  const v1::Corroboration answer = world.Run(Dns01Input());
  EXPECT_EQ(answer.verdict(), v1::NOT_CORROBORATED);
  EXPECT_EQ(answer.quorum().text(), "0/6");
}

const absl::Time kFiveRemotes = Utc(2026, 12, 15);

TEST(CorroborationTimeTest, AnAttemptOverMidnightSatisfiesBothDays) {
  config::v1::CoordinatorConfig config = FourRemotes();
  CorroborationWorld world(config);
  world.clock.now = kFiveRemotes - absl::Seconds(5);
  world.remote("dublin").HoldReply();
  world.Start(Dns01Input(), kFiveRemotes + absl::Seconds(30) - kToday);
  world.clock.now = kFiveRemotes;
  world.remote("dublin").Release(Pass(world.place("dublin")));
  world.WaitForEnd();
  ASSERT_TRUE(world.ended() && world.result->ok());
  const v1::Corroboration& answer = **world.result;
  EXPECT_EQ(answer.quorum().text(), "4/4");
  EXPECT_EQ(answer.verdict(), v1::NOT_COMPLETED);
  EXPECT_EQ(answer.problem().kind(), v1::Problem::QUORUM_TOO_FEW_REMOTES);
}

TEST(CorroborationTimeTest, ARetryStandsUnderTheRulesOfItsOwnDay) {
  config::v1::CoordinatorConfig config = SoundConfig();
  config.mutable_policy()->set_remotes_per_attempt(4);
  config.mutable_policy()->set_attempts_max(2);
  *config.mutable_policy()->mutable_retry_delay() = ToProtoDuration(absl::Milliseconds(1));
  CorroborationWorld world(config);
  world.clock.now = kFiveRemotes - absl::Seconds(5);
  world.primary().ReplyWith([&](const PerspectiveQuestion&) {
    const bool first = world.clock.now < kFiveRemotes;
    world.clock.now = kFiveRemotes;
    return first ? Fail(world.place("frankfurt")) : Pass(world.place("frankfurt"));
  });
  const v1::Corroboration answer =
      world.Run(Dns01Input(), kFiveRemotes + absl::Seconds(30) - kToday);
  EXPECT_EQ(answer.verdict(), v1::CORROBORATED) << answer.problem().detail();
  EXPECT_EQ(answer.attempts(), 2U);
  EXPECT_EQ(answer.policy_phase(), "2026-12-15");
  EXPECT_EQ(answer.quorum().text(), "5/5");
}

TEST(CorroborationTimeTest, OpenVerdictWaits) {
  CorroborationWorld world(WithGrace(absl::ZeroDuration()));
  for (const char* id : {"ashburn", "oregon", "dublin"}) world.remote(id).HoldReply();
  world.Start(Dns01Input());
  EXPECT_FALSE(world.ended());
  world.remote("dublin").Release(Pass(world.place("dublin")));
  world.WaitForEnd();
  ASSERT_TRUE(world.ended() && world.result->ok());
  EXPECT_EQ((*world.result)->quorum().text(), "4/6");
}

TEST(CorroborationTimeTest, StragglerThatComesWithinTheGraceIsCounted) {
  CorroborationWorld world(WithGrace(absl::Seconds(30)));
  world.remote("dublin").HoldReply();
  world.remote("oregon").HoldReply();
  world.Start(Dns01Input());
  EXPECT_FALSE(world.ended());
  world.remote("oregon").Release(Pass(world.place("oregon")));
  world.Poll();
  EXPECT_FALSE(world.ended());
  world.remote("dublin").Release(Fail(world.place("dublin")));
  world.Poll();
  ASSERT_TRUE(world.ended() && world.result->ok());
  EXPECT_EQ((*world.result)->quorum().text(), "5/6");
  EXPECT_EQ(RemoteOf(**world.result, "dublin").problem().kind(), v1::Problem::RECORD_NOT_MATCHING);
}

TEST(CorroborationTimeTest, ParallelDispatchAsksEverybodyAtOnceAndWaitsForThePrimary) {
  config::v1::CoordinatorConfig config = SoundConfig();
  config.mutable_policy()->set_dispatch(config::v1::Policy::PARALLEL);
  CorroborationWorld world(config);
  world.HoldAll();
  world.Start(Dns01Input());
  for (FakePerspectiveSession* remote : world.remotes()) {
    EXPECT_THAT(remote->questions(), SizeIs(1));
    remote->Release(Pass(remote->perspective()));
  }
  world.Poll();
  EXPECT_FALSE(world.ended());
  world.primary().Release(Pass(world.primary().perspective()));
  world.Poll();
  ASSERT_TRUE(world.ended() && world.result->ok());
  EXPECT_EQ((*world.result)->quorum().text(), "6/6");
}

TEST(CorroborationTimeTest, DeadlineIsKeptWhenThePrimaryIsSilent) {
  for (const auto dispatch : {config::v1::Policy::PRIMARY_FIRST, config::v1::Policy::PARALLEL}) {
    config::v1::CoordinatorConfig config = SoundConfig();
    config.mutable_policy()->set_dispatch(dispatch);
    config.mutable_policy()->set_attempts_max(5);
    CorroborationWorld world(config);
    world.HoldAll();
    const v1::Corroboration answer = world.Run(Dns01Input(), absl::Milliseconds(1));
    EXPECT_EQ(answer.verdict(), v1::NOT_COMPLETED);
    EXPECT_EQ(answer.problem().kind(), v1::Problem::TIMED_OUT);
    EXPECT_EQ(answer.attempts(), 1U);
    EXPECT_EQ(answer.primary().check_id(), "dcv");
    EXPECT_EQ(answer.primary().perspective().perspective_id(), "frankfurt");
    world.Poll();
    EXPECT_EQ(world.primary().cancelled(), 1U);
    EXPECT_THAT(world.audit.records, SizeIs(1));
  }
}

TEST(CorroborationTimeTest, DeadlineIsKeptWhenRemotesAreSilent) {
  CorroborationWorld world;
  world.HoldAll();
  world.Passes("frankfurt");
  // 100 ms are kept back for the answer.
  const v1::Corroboration answer = world.Run(Dns01Input(), absl::Milliseconds(110));
  EXPECT_EQ(answer.verdict(), v1::NOT_COMPLETED);
  EXPECT_EQ(answer.quorum().text(), "0/6");
  for (const v1::RemoteResult& remote : answer.remotes()) {
    EXPECT_EQ(remote.problem().kind(), v1::Problem::TIMED_OUT);
  }
}

TEST(CorroborationTimeTest, NobodyGetsMoreTimeThanTheCallerHas) {
  CorroborationWorld world;
  world.Run(Dns01Input(), absl::Seconds(3));
  const absl::Duration budget =
      FromProtoDuration(world.remote("dublin").questions().at(0).check.time_budget());
  EXPECT_LE(budget, absl::Seconds(3));
  EXPECT_GE(budget, absl::Milliseconds(100));
}

TEST(CorroborationTimeTest, CallerThatGoesAwayReachesEverybodyAndIsRecorded) {
  config::v1::CoordinatorConfig config = SoundConfig();
  config.mutable_policy()->set_dispatch(config::v1::Policy::PARALLEL);
  CorroborationWorld world(config);
  world.HoldAll();
  world.Start(Dns01Input());
  world.Cancel();
  world.Poll();
  ASSERT_TRUE(world.ended());
  EXPECT_EQ(world.result->status().code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(world.primary().cancelled(), 1U);
  for (FakePerspectiveSession* remote : world.remotes()) EXPECT_EQ(remote->cancelled(), 1U);
  ASSERT_THAT(world.audit.records, SizeIs(1));
  const v1::AuditRecord& record = world.audit.records[0];
  EXPECT_EQ(record.corroboration().verdict(), v1::NOT_COMPLETED);
  EXPECT_EQ(record.corroboration().problem().kind(), v1::Problem::CANCELLED);
  ASSERT_THAT(record.attempts(), SizeIs(1));
  EXPECT_EQ(record.attempts(0).cohort_seed(), 1U) << "the cohort that was asked can be drawn again";
}

TEST(CorroborationTimeTest, CallerThatGoesAwayBetweenAttemptsIsRecordedWithTheRefusal) {
  config::v1::CoordinatorConfig config = SoundConfig();
  config.mutable_policy()->set_attempts_max(2);
  *config.mutable_policy()->mutable_retry_delay() = ToProtoDuration(absl::Seconds(20));
  CorroborationWorld world(config);
  world.Fails("frankfurt");
  world.Start(Dns01Input());
  EXPECT_FALSE(world.ended());
  world.Cancel();
  world.Poll();
  ASSERT_TRUE(world.ended());
  EXPECT_EQ(world.result->status().code(), absl::StatusCode::kCancelled);
  ASSERT_THAT(world.audit.records, SizeIs(1));
  EXPECT_THAT(world.audit.records[0].attempts(), SizeIs(1));
  EXPECT_EQ(world.audit.records[0].corroboration().verdict(), v1::NOT_CORROBORATED);
}

// Before or after whichever answer and whichever step of the loop the caller goes away.
TEST(CorroborationTimeTest, ThereIsExactlyOneRecordWheneverTheCallerGoesAway) {
  constexpr int kSteps = 40;
  int cancelled = 0;
  for (int steps = 0; steps < kSteps; ++steps) {
    SCOPED_TRACE(steps);
    CorroborationWorld world;
    const std::vector<FakePerspectiveSession*> remotes = world.remotes();
    for (FakePerspectiveSession* remote : remotes) remote->HoldReply();
    world.Start(Dns01Input());
    auto next = remotes.begin();
    for (int step = 0; step < steps; ++step) {
      if (step % 2 == 0 && next != remotes.end()) {
        ASSERT_TRUE((*next)->Release(Pass((*next)->perspective())));
        ++next;
      } else {
        world.Step(1);
      }
    }
    world.Cancel();
    world.Poll();
    ASSERT_TRUE(world.ended());
    ASSERT_THAT(world.audit.records, SizeIs(1));
    cancelled += absl::IsCancelled(world.result->status()) ? 1 : 0;
    if (world.result->ok()) {
      EXPECT_EQ(world.audit.records[0].corroboration().verdict(), v1::CORROBORATED);
    }
  }
  EXPECT_GT(cancelled, 0);
  EXPECT_LT(cancelled, kSteps) << "the last ones go away after the end";
}

// BR 3.2.2.9 said again, as plainly as can be.
bool NaiveQuorum(const std::vector<const ConfiguredPerspective*>& corroborating, std::size_t n) {
  std::set<v1::Rir> rirs;
  for (const ConfiguredPerspective* perspective : corroborating) rirs.insert(perspective->rir);
  const std::size_t allowed = n <= 5 ? 1 : 2;
  return n >= 4 && n - corroborating.size() <= allowed && rirs.size() >= 2;
}

// Random answers in random order; whoever is late ends as the session ends it, TIMED_OUT.
TEST(CorroborationTimeTest, AgreesWithANaiveRestatementOnRandomAnswers) {
  std::mt19937 random(20261124);
  int corroborated = 0;
  for (int round = 0; round < 300; ++round) {
    SCOPED_TRACE(round);
    CorroborationWorld world(WithGrace(absl::Seconds(30)));
    world.HoldAll();
    world.Passes("frankfurt");
    world.Start(Dns01Input());
    std::vector<FakePerspectiveSession*> order = world.remotes();
    std::shuffle(order.begin(), order.end(), random);
    std::vector<const ConfiguredPerspective*> corroborating;
    for (FakePerspectiveSession* remote : order) {
      const ConfiguredPerspective& place = remote->perspective();
      const unsigned dice = random() % 8;
      if (dice < 5) {
        corroborating.push_back(&place);
        remote->Release(Pass(place));
      } else if (dice == 5) {
        remote->Release(Fail(place));
      } else if (dice == 6) {
        remote->Release(Pass(place, "another value"));
      } else {
        remote->Release(NoResult(v1::Problem::TIMED_OUT));
      }
      if (random() % 2 == 0) world.Poll();
    }
    world.Poll();
    ASSERT_TRUE(world.ended() && world.result->ok());
    const bool expected = NaiveQuorum(corroborating, 6);
    EXPECT_EQ((*world.result)->verdict() == v1::CORROBORATED, expected);
    EXPECT_EQ((*world.result)->quorum().corroborating(), corroborating.size());
    corroborated += expected ? 1 : 0;
  }
  EXPECT_GT(corroborated, 30);
  EXPECT_LT(corroborated, 270);
}

}  // namespace
}  // namespace mpic::coordinator
