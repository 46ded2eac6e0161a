// Perspectives that die, are silent, or do not keep the protocol: the verdict of a whole
// coordinator, over real gRPC.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/proto_time.h"
#include "tests/support/coordinator_under_test.h"
#include "tests/support/remote_of.h"

namespace mpic::testing {
namespace {

using ::testing::SizeIs;

void SetGrace(CoordinatorUnderTest& world, absl::Duration grace) {
  *world.config.mutable_policy()->mutable_straggler_grace() = ToProtoDuration(grace);
}

// Everybody else passes: five of six are enough, and `id` did not corroborate because of `kind`.
void ExpectFiveOfSix(const v1::Corroboration& answer, const std::string& id,
                     v1::Problem::Kind kind) {
  EXPECT_EQ(answer.verdict(), v1::CORROBORATED) << answer.problem().detail();
  EXPECT_EQ(answer.quorum().text(), "5/6");
  EXPECT_FALSE(RemoteOf(answer, id).corroborates());
  EXPECT_EQ(RemoteOf(answer, id).problem().kind(), kind) << RemoteOf(answer, id).problem().detail();
}

double Mismatches(CoordinatorUnderTest& world, const std::string& id) {
  return world.Metric(
      absl::StrCat("mpic_coordinator_identity_mismatches_total{perspective=\"", id, "\""));
}

TEST(PerspectiveFaultsTest, KilledInMidFlight) {
  CoordinatorUnderTest world;
  SetGrace(world, absl::Seconds(30));
  world.at("singapore").Hold();
  world.Start();
  PendingCall call(world.stub(), Dns01Request());
  EXPECT_TRUE(WaitUntil([&] { return world.at("singapore").held() == 1; }));
  world.at("singapore").Kill();
  ASSERT_TRUE(call.Wait().ok());
  ExpectFiveOfSix(call.response().corroborations(0), "singapore",
                  v1::Problem::PERSPECTIVE_UNREACHABLE);
  EXPECT_TRUE(WaitUntil([&] { return !world.Connected("singapore"); }));
}

TEST(PerspectiveFaultsTest, PrimaryKilledInMidFlightDecidesNothing) {
  CoordinatorUnderTest world;
  world.config.mutable_policy()->set_attempts_max(1);
  world.at("frankfurt").Hold();
  world.Start();
  PendingCall call(world.stub(), Dns01Request());
  EXPECT_TRUE(WaitUntil([&] { return world.at("frankfurt").held() == 1; }));
  world.at("frankfurt").Kill();
  ASSERT_TRUE(call.Wait().ok());
  const v1::Corroboration& answer = call.response().corroborations(0);
  EXPECT_EQ(answer.verdict(), v1::NOT_COMPLETED);
  EXPECT_EQ(answer.problem().kind(), v1::Problem::PERSPECTIVE_UNREACHABLE);
}

TEST(PerspectiveFaultsTest, BackAfterARestart) {
  CoordinatorUnderTest world;
  world.Start();
  world.at("singapore").Kill();
  EXPECT_TRUE(WaitUntil([&] { return !world.Connected("singapore"); }));
  ExpectFiveOfSix(world.CorroborateOne(Dns01Request()), "singapore",
                  v1::Problem::PERSPECTIVE_UNREACHABLE);
  world.at("singapore").Start();
  EXPECT_TRUE(WaitUntil([&] { return world.Connected("singapore"); }));
  EXPECT_EQ(world.CorroborateOne(Dns01Request()).quorum().text(), "6/6");
}

TEST(PerspectiveFaultsTest, OneThatNeverAnswersIsCancelledAfterTheGrace) {
  CoordinatorUnderTest world;
  SetGrace(world, absl::Milliseconds(50));
  world.at("singapore").Hold();
  world.Start();
  ExpectFiveOfSix(world.CorroborateOne(Dns01Request()), "singapore", v1::Problem::TIMED_OUT);
  EXPECT_TRUE(WaitUntil([&] { return world.at("singapore").cancels() == 1; }));
}

TEST(PerspectiveFaultsTest, WhenAllAreSilentTheDeadlineIsKept) {
  CoordinatorUnderTest world;
  const google::protobuf::Duration second = ToProtoDuration(absl::Seconds(1));
  *world.config.mutable_limits()->mutable_request_timeout() = second;
  *world.config.mutable_policy()->mutable_check_budget() = second;
  world.ForAll([&](ScriptedPerspective& one) {
    if (one.identity().perspective_id() != "frankfurt") one.Hold();
  });
  world.Start();
  const v1::Corroboration answer = world.CorroborateOne(Dns01Request());
  EXPECT_EQ(answer.verdict(), v1::NOT_COMPLETED);
  EXPECT_EQ(answer.quorum().text(), "0/6");
  world.ForAll([](const ScriptedPerspective& one) {
    ASSERT_THAT(one.checks(), SizeIs(1));
    EXPECT_LE(FromProtoDuration(one.checks()[0].check().time_budget()), absl::Seconds(1));
  });
  EXPECT_THAT(world.Records(), SizeIs(1));
}

TEST(PerspectiveFaultsTest, OneThatHangsBehindALiveConnectionIsGivenUp) {
  CoordinatorUnderTest world;
  world.config.set_threads(1);
  SetGrace(world, absl::Seconds(30));
  *world.config.mutable_policy()->mutable_check_budget() = ToProtoDuration(absl::Milliseconds(100));
  world.at("dublin").Hang();
  world.Start();
  v1::CorroborateRequest request = Dns01Request();
  for (int i = 1; i < 10; ++i) AddHttp01(request, absl::StrCat("http-", i));
  EXPECT_EQ(world.at("dublin").streams_opened(), 1U);
  const v1::CorroborateResponse response = world.Corroborate(request);
  for (const v1::Corroboration& answer : response.corroborations()) {
    EXPECT_EQ(answer.quorum().text(), "5/6") << answer.check_id();
  }
  EXPECT_TRUE(WaitUntil([&] { return world.at("dublin").streams_opened() == 2; }));
  world.at("dublin").Pass();
  EXPECT_TRUE(WaitUntil([&] { return world.Connected("dublin"); }));
  EXPECT_EQ(world.CorroborateOne(Dns01Request()).quorum().text(), "6/6");
}

TEST(PerspectiveFaultsTest, OneThatTalksButDoesNotAnswerIsNotAskedForAWhile) {
  CoordinatorUnderTest world;
  world.config.set_threads(1);
  SetGrace(world, absl::Seconds(30));
  *world.config.mutable_policy()->mutable_check_budget() = ToProtoDuration(absl::Milliseconds(100));
  const v1::PerspectiveIdentity identity = world.at("dublin").identity();
  world.at("dublin").ReplyWith([identity](const v1::Check& check) {
    v1::CheckResult unknown = PassingResult(check, identity);
    unknown.set_check_id("4711");
    return ScriptedReply{.results = {unknown}};
  });
  world.Start();
  v1::CorroborateRequest request = Dns01Request();
  for (int i = 1; i < 4; ++i) AddHttp01(request, absl::StrCat("http-", i));
  // Fewer at a time than those for which its stream would be given up.
  for (int i = 0; i < 2; ++i) world.Corroborate(request);
  const std::string open = "mpic_coordinator_open_circuits{perspective=\"dublin\"";
  v1::Corroboration answer;
  // While it is tried once more it is unanswered again, and then left alone for longer.
  EXPECT_TRUE(WaitUntil([&] {
    answer = world.CorroborateOne(Dns01Request());
    return RemoteOf(answer, "dublin").problem().kind() == v1::Problem::PERSPECTIVE_UNREACHABLE;
  }));
  ExpectFiveOfSix(answer, "dublin", v1::Problem::PERSPECTIVE_UNREACHABLE);
  EXPECT_THAT(RemoteOf(answer, "dublin").problem().detail(),
              ::testing::HasSubstr("circuit open since 2"));
  EXPECT_EQ(world.Metric(open), 1);
  EXPECT_EQ(world.at("dublin").streams_opened(), 1U);
  world.at("dublin").Pass();
  EXPECT_TRUE(
      WaitUntil([&] { return world.CorroborateOne(Dns01Request()).quorum().text() == "6/6"; }));
  EXPECT_EQ(world.Metric(open), 0);
  EXPECT_TRUE(world.Connected("dublin"));
}

TEST(PerspectiveFaultsTest, OneThatGoesAwayAtOnceIsFollowedOnce) {
  CoordinatorUnderTest world;
  world.config.set_threads(1);
  world.Start();
  // As when both have just taken over another configuration.
  world.at("dublin").GoAway();
  EXPECT_TRUE(WaitUntil([&] { return world.at("dublin").streams_opened() == 2; }));
  EXPECT_EQ(world.CorroborateOne(Dns01Request()).quorum().text(), "6/6");
  EXPECT_EQ(world.at("dublin").checks().size(), 1U);
}

TEST(PerspectiveFaultsTest, TimeThatIsNoneIsNotRecordedAndStopsNobody) {
  CoordinatorUnderTest world;
  world.at("dublin").ReplyWith([identity = world.at("dublin").identity()](const v1::Check& check) {
    v1::CheckResult result = PassingResult(check, identity);
    result.mutable_finished_at()->set_seconds(std::int64_t{1} << 60);
    return ScriptedReply{.results = {result}};
  });
  world.Start();
  ExpectFiveOfSix(world.CorroborateOne(Dns01Request()), "dublin",
                  v1::Problem::PERSPECTIVE_RESPONSE_INVALID);
  EXPECT_THAT(world.Records(), SizeIs(1));
}

TEST(PerspectiveFaultsTest, ResultOfAnotherRegion) {
  CoordinatorUnderTest world;
  v1::PerspectiveIdentity foreign = world.at("dublin").identity();
  foreign.set_region("london");
  world.at("dublin").ReplyWith([foreign](const v1::Check& check) {
    return ScriptedReply{.results = {PassingResult(check, foreign)}};
  });
  world.Start();
  EXPECT_EQ(Mismatches(world, "dublin"), 0);
  ExpectFiveOfSix(world.CorroborateOne(Dns01Request()), "dublin",
                  v1::Problem::PERSPECTIVE_IDENTITY);
  EXPECT_EQ(Mismatches(world, "dublin"), 1);
  EXPECT_EQ(Mismatches(world, "ashburn"), 0);
}

// What a perspective must not say of itself.
struct HelloCase {
  const char* name;
  void (*spoil)(v1::Hello&);
  v1::Problem::Kind problem;
};

const HelloCase kHelloCases[] = {
    {"another region", [](v1::Hello& h) { h.mutable_perspective()->set_region("london"); },
     v1::Problem::PERSPECTIVE_IDENTITY},
    {"another name", [](v1::Hello& h) { h.mutable_perspective()->set_perspective_id("singapore"); },
     v1::Problem::PERSPECTIVE_IDENTITY},
    {"another RIR", [](v1::Hello& h) { h.mutable_perspective()->set_rir(v1::APNIC); },
     v1::Problem::PERSPECTIVE_IDENTITY},
    {"a laboratory", [](v1::Hello& h) { h.mutable_perspective()->set_lab(true); },
     v1::Problem::PERSPECTIVE_IDENTITY},
    {"no room for a check", [](v1::Hello& h) { h.set_checks_in_flight_max(0); },
     v1::Problem::PERSPECTIVE_RESPONSE_INVALID},
};

TEST(PerspectiveFaultsTest, HelloThatDoesNotFitIsNoConnection) {
  for (const HelloCase& c : kHelloCases) {
    SCOPED_TRACE(c.name);
    CoordinatorUnderTest world;
    world.at("dublin").Kill();
    c.spoil(world.at("dublin").hello);
    world.at("dublin").Start();
    world.Start({"frankfurt", "ashburn", "oregon", "singapore", "saopaulo", "stockholm"});
    EXPECT_TRUE(WaitUntil([&] { return world.at("dublin").streams_opened() >= 2; }));
    v1::Corroboration answer;
    // Until the streams that were opened have been refused, the reason is that no Hello came.
    EXPECT_TRUE(WaitUntil([&] {
      answer = world.CorroborateOne(Dns01Request());
      return RemoteOf(answer, "dublin").problem().kind() == c.problem;
    }));
    ExpectFiveOfSix(answer, "dublin", c.problem);
    EXPECT_FALSE(world.Connected("dublin"));
    EXPECT_THAT(world.at("dublin").checks(), SizeIs(0));
  }
}

TEST(PerspectiveFaultsTest, PrimaryWhoseResolverDoesNotValidateIsNotAsked) {
  CoordinatorUnderTest world;
  world.config.mutable_policy()->set_attempts_max(1);
  world.at("frankfurt").Kill();
  world.at("frankfurt")
      .hello.mutable_perspective()
      ->mutable_resolver()
      ->set_validates_dnssec(false);
  world.at("frankfurt").Start();
  world.Start({"dublin"});
  EXPECT_TRUE(WaitUntil([&] { return Mismatches(world, "frankfurt") >= 2; }));
  const v1::Corroboration answer = world.CorroborateOne(Dns01Request());
  EXPECT_EQ(answer.verdict(), v1::NOT_COMPLETED);
  EXPECT_EQ(answer.problem().kind(), v1::Problem::PERSPECTIVE_IDENTITY);
}

TEST(PerspectiveFaultsTest, ResultsThatNobodyAskedForChangeNothing) {
  CoordinatorUnderTest world;
  const v1::PerspectiveIdentity identity = world.at("dublin").identity();
  world.at("dublin").ReplyWith([identity](const v1::Check& check) {
    v1::CheckResult unknown = PassingResult(check, identity);
    unknown.set_check_id("4711");
    v1::CheckResult not_a_number = unknown;
    not_a_number.set_check_id("dcv");
    // The first word counts; what contradicts it comes too late.
    return ScriptedReply{
        .results = {unknown, not_a_number,
                    FailingResult(check, identity, v1::Problem::RECORD_NOT_MATCHING),
                    PassingResult(check, identity)}};
  });
  world.Start();
  ExpectFiveOfSix(world.CorroborateOne(Dns01Request()), "dublin", v1::Problem::RECORD_NOT_MATCHING);
  EXPECT_TRUE(WaitUntil([&] {
    return world.Metric("mpic_coordinator_unexpected_results_total{perspective=\"dublin\"") == 3;
  }));
}

TEST(PerspectiveFaultsTest, ResultBeforeHelloIsNoConnection) {
  CoordinatorUnderTest world;
  world.at("dublin").Kill();
  v1::CheckResponse early;
  *early.mutable_result()->mutable_perspective() = world.at("dublin").identity();
  early.mutable_result()->set_check_id("1");
  world.at("dublin").before_hello = {early};
  world.at("dublin").Start();
  world.Start({"frankfurt", "ashburn", "oregon", "singapore", "saopaulo", "stockholm"});
  EXPECT_TRUE(WaitUntil([&] {
    const v1::Corroboration answer = world.CorroborateOne(Dns01Request());
    return RemoteOf(answer, "dublin").problem().kind() == v1::Problem::PERSPECTIVE_RESPONSE_INVALID;
  }));
  EXPECT_FALSE(world.Connected("dublin"));
}

TEST(PerspectiveFaultsTest, GoingAwayLosesNothing) {
  CoordinatorUnderTest world;
  SetGrace(world, absl::Seconds(30));
  world.at("dublin").Hold();
  world.Start();
  PendingCall call(world.stub(), Dns01Request());
  EXPECT_TRUE(WaitUntil([&] { return world.at("dublin").held() == 1; }));
  const std::size_t opened = world.at("dublin").streams_opened();
  world.at("dublin").GoAway();
  // New streams beside those that finish their work.
  EXPECT_TRUE(WaitUntil([&] { return world.at("dublin").streams_opened() == 2 * opened; }));
  EXPECT_TRUE(world.at("dublin").ReleaseHeld());
  ASSERT_TRUE(call.Wait().ok());
  EXPECT_EQ(call.response().corroborations(0).quorum().text(), "6/6");
  EXPECT_EQ(call.response().corroborations(0).quorum().text(), "6/6");
  world.at("dublin").Pass();
  EXPECT_EQ(world.CorroborateOne(Dns01Request()).quorum().text(), "6/6");
}

TEST(PerspectiveFaultsTest, WhatOneThatIsGoingAwayStillDoesCanBeCancelled) {
  CoordinatorUnderTest world;
  SetGrace(world, absl::Seconds(30));
  world.config.set_threads(1);
  world.at("dublin").Hold();
  world.Start();
  PendingCall call(world.stub(), Dns01Request());
  EXPECT_TRUE(WaitUntil([&] { return world.at("dublin").held() == 1; }));
  world.at("dublin").GoAway();
  EXPECT_TRUE(WaitUntil([&] { return world.at("dublin").streams() == 2; }));
  const std::size_t cancels = world.at("dublin").cancels();
  call.Cancel();
  EXPECT_EQ(call.Wait().error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_TRUE(WaitUntil([&] { return world.at("dublin").cancels() == cancels + 1; }));
  // Answered, cancelled or not, is the end of it.
  EXPECT_TRUE(WaitUntil([&] { return world.at("dublin").streams() == 1; }));
}

TEST(PerspectiveFaultsTest, LimitOfChecksInFlightIsKept) {
  CoordinatorUnderTest world;
  SetGrace(world, absl::Seconds(30));
  world.config.set_threads(1);
  world.at("dublin").Kill();
  world.at("dublin").hello.set_checks_in_flight_max(1);
  world.at("dublin").Start();
  world.at("dublin").Hold();
  world.Start();
  v1::CorroborateRequest request = Dns01Request();
  AddHttp01(request, "http");
  AddCaa(request, "caa");
  PendingCall call(world.stub(), request);
  for (std::size_t asked = 1; asked <= 3; ++asked) {
    EXPECT_TRUE(WaitUntil([&] { return world.at("dublin").held() == 1; }));
    EXPECT_THAT(world.at("dublin").checks(), SizeIs(asked));
    EXPECT_TRUE(world.at("dublin").ReleaseHeld());
  }
  ASSERT_TRUE(call.Wait().ok());
  for (const v1::Corroboration& answer : call.response().corroborations()) {
    EXPECT_EQ(answer.quorum().text(), "6/6") << answer.check_id();
  }
}

}  // namespace
}  // namespace mpic::testing
