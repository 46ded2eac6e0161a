#include "coordinator/corroboration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/proto_time.h"
#include "tests/coordinator/corroboration_world.h"
#include "tests/support/remote_of.h"

namespace mpic::coordinator {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::RemoteOf;
using ::testing::SizeIs;

constexpr Site kMadrid = {"madrid", "RIPE NCC", 40.42, -3.7};

config::v1::CoordinatorConfig FiveRemotes() {
  return ConfigOf({SiteOf("frankfurt"), SiteOf("ashburn"), SiteOf("oregon"), SiteOf("dublin"),
                   SiteOf("singapore"), SiteOf("saopaulo")});
}

TEST(CorroborationTest, AllRemotesSeeWhatThePrimarySaw) {
  CorroborationWorld world;
  const v1::Corroboration answer = world.Run(Dns01Input());
  EXPECT_EQ(answer.verdict(), v1::CORROBORATED);
  EXPECT_FALSE(answer.has_problem());
  EXPECT_EQ(answer.check_id(), "dcv");
  EXPECT_EQ(answer.quorum().text(), "6/6");
  EXPECT_EQ(answer.quorum().non_corroborations_allowed(), 2U);
  EXPECT_THAT(answer.quorum().corroborating_rirs(), SizeIs(4));
  EXPECT_EQ(answer.policy_phase(), "2026-06-15");
  EXPECT_EQ(answer.attempts(), 1U);
  EXPECT_EQ(answer.cohort_seed(), 1U);
  EXPECT_EQ(answer.method_reference(), "BR 3.2.2.4.7");
  EXPECT_EQ(answer.authorization_domain_name(), "example.com");
  EXPECT_EQ(answer.audit().sequence(), 1U);
  EXPECT_EQ(answer.primary().check_id(), "dcv");
  EXPECT_FALSE(answer.report_only());
  EXPECT_FALSE(answer.lab());
}

TEST(CorroborationTest, EveryPerspectiveGetsTheQuestionAndNothingElse) {
  CorroborationWorld world;
  world.Run(Dns01Input());
  v1::Check expected = Dns01Input().check;
  expected.set_attempt(1);
  for (FakePerspectiveSession* session : world.remotes()) {
    ASSERT_THAT(session->questions(), SizeIs(1));
    EXPECT_EQ(session->questions()[0].check.SerializeAsString(), expected.SerializeAsString());
    EXPECT_EQ(session->questions()[0].request_id, "ra-1");
    EXPECT_THAT(session->questions()[0].traceparent, HasSubstr("0af7651916cd43dd"));
  }
}

// Verdicts by what the remotes say; the primary passes.
struct RemotesCase {
  const char* name;
  config::v1::CoordinatorConfig config;
  std::vector<std::pair<const char*, v1::Problem::Kind>> fail;       // looked
  std::vector<std::pair<const char*, v1::Problem::Kind>> no_result;  // were not heard
  v1::Verdict verdict;
  v1::Problem::Kind problem;
  const char* quorum;
};

const RemotesCase kRemotesCases[] = {
    {"vector 148: three of four pass, all in RIPE",
     ConfigOf(
         {SiteOf("frankfurt"), SiteOf("ashburn"), SiteOf("dublin"), SiteOf("stockholm"), kMadrid}),
     {{"ashburn", v1::Problem::RECORD_NOT_MATCHING}},
     {},
     v1::NOT_CORROBORATED,
     v1::Problem::QUORUM_RIR,
     "3/4"},
    {"vector 149: two of four pass",
     FourRemotes(),
     {{"ashburn", v1::Problem::DNS_NXDOMAIN}, {"dublin", v1::Problem::DNS_NXDOMAIN}},
     {},
     v1::NOT_CORROBORATED,
     v1::Problem::QUORUM_COUNT,
     "2/4"},
    {"one of five does not",
     FiveRemotes(),
     {{"ashburn", v1::Problem::DNS_NXDOMAIN}},
     {},
     v1::CORROBORATED,
     v1::Problem::KIND_UNSPECIFIED,
     "4/5"},
    {"vector 161: two of six answer as somebody else",
     SoundConfig(),
     {},
     {{"ashburn", v1::Problem::PERSPECTIVE_IDENTITY},
      {"dublin", v1::Problem::PERSPECTIVE_IDENTITY}},
     v1::CORROBORATED,
     v1::Problem::KIND_UNSPECIFIED,
     "4/6"},
    {"three of six cannot be reached: we could not look",
     SoundConfig(),
     {},
     {{"ashburn", v1::Problem::PERSPECTIVE_UNREACHABLE},
      {"dublin", v1::Problem::PERSPECTIVE_UNREACHABLE},
      {"oregon", v1::Problem::TIMED_OUT}},
     v1::NOT_COMPLETED,
     v1::Problem::QUORUM_COUNT,
     "3/6"},
    {"one fails and two cannot be reached: those would have decided",
     SoundConfig(),
     {{"ashburn", v1::Problem::HTTP_STATUS}},
     {{"dublin", v1::Problem::PERSPECTIVE_AUTH}, {"oregon", v1::Problem::PERSPECTIVE_UNREACHABLE}},
     v1::NOT_COMPLETED,
     v1::Problem::QUORUM_COUNT,
     "3/6"},
    {"three fail and two cannot be reached: refused in any case",
     SoundConfig(),
     {{"ashburn", v1::Problem::HTTP_STATUS},
      {"singapore", v1::Problem::HTTP_STATUS},
      {"saopaulo", v1::Problem::HTTP_STATUS}},
     {{"dublin", v1::Problem::PERSPECTIVE_AUTH}, {"oregon", v1::Problem::PERSPECTIVE_UNREACHABLE}},
     v1::NOT_CORROBORATED,
     v1::Problem::QUORUM_COUNT,
     "1/6"},
};

TEST(CorroborationTest, RemotesDecideByTheQuorumTable) {
  for (const RemotesCase& c : kRemotesCases) {
    SCOPED_TRACE(c.name);
    for (const auto dispatch : {config::v1::Policy::PRIMARY_FIRST, config::v1::Policy::PARALLEL}) {
      config::v1::CoordinatorConfig config = c.config;
      config.mutable_policy()->set_dispatch(dispatch);
      CorroborationWorld world(config);
      for (const auto& [id, kind] : c.fail) world.Fails(id, kind);
      for (const auto& [id, kind] : c.no_result) world.GivesNoResult(id, kind);
      const v1::Corroboration answer = world.Run(Dns01Input());
      EXPECT_EQ(answer.verdict(), c.verdict);
      EXPECT_EQ(answer.problem().kind(), c.problem) << answer.problem().detail();
      EXPECT_EQ(answer.quorum().text(), c.quorum);
      for (const auto& [id, kind] : c.no_result) {
        EXPECT_FALSE(RemoteOf(answer, id).corroborates());
        EXPECT_EQ(RemoteOf(answer, id).problem().kind(), kind);
        EXPECT_FALSE(RemoteOf(answer, id).has_result());
      }
    }
  }
}

TEST(CorroborationTest, RemoteThatPassesWithAnotherValueDoesNotCorroborate) {
  CorroborationWorld world(FourRemotes());
  world.Passes("dublin", "another value");
  world.Passes("ashburn", "");
  const v1::Corroboration answer = world.Run(Dns01Input());
  EXPECT_EQ(answer.verdict(), v1::NOT_CORROBORATED);
  EXPECT_EQ(answer.quorum().text(), "2/4");
  EXPECT_EQ(RemoteOf(answer, "dublin").problem().kind(), v1::Problem::OBSERVATION_DIFFERS);
  EXPECT_EQ(RemoteOf(answer, "ashburn").problem().kind(), v1::Problem::OBSERVATION_DIFFERS);
}

TEST(CorroborationTest, NothingSeenIsNoMatchForNothingSeen) {
  CorroborationWorld world;
  for (const Site& site : kSites) world.Passes(site.id, "");
  EXPECT_EQ(world.Run(Dns01Input()).quorum().text(), "0/6");
}

TEST(CorroborationTest, RemotesAreAskedOnlyAfterThePrimaryPassed) {
  CorroborationWorld world;
  world.primary().HoldReply();
  world.Start(Dns01Input());
  for (FakePerspectiveSession* remote : world.remotes())
    EXPECT_THAT(remote->questions(), SizeIs(0));
  world.primary().Release(Pass(world.primary().perspective()));
  world.Poll();
  for (FakePerspectiveSession* remote : world.remotes())
    EXPECT_THAT(remote->questions(), SizeIs(1));
  EXPECT_TRUE(world.ended());
}

TEST(CorroborationTest, PrimaryThatDoesNotPassAsksNobody) {
  const std::pair<PerspectiveAnswer, v1::Verdict> cases[] = {
      {Fail(ConfiguredPerspective(), v1::Problem::DNSSEC_BOGUS), v1::NOT_CORROBORATED},
      {NoResult(v1::Problem::PERSPECTIVE_UNREACHABLE), v1::NOT_COMPLETED},
      {NoResult(v1::Problem::PERSPECTIVE_IDENTITY), v1::NOT_COMPLETED}};
  for (const auto& [primary, verdict] : cases) {
    CorroborationWorld world;
    world.primary().ReplyWith([&](const PerspectiveQuestion&) { return primary; });
    const v1::Corroboration answer = world.Run(Dns01Input());
    EXPECT_EQ(answer.verdict(), verdict);
    EXPECT_EQ(answer.problem().kind(),
              primary.result ? primary.result->problem().kind() : primary.problem.kind());
    EXPECT_THAT(answer.problem().detail(), HasSubstr("primary perspective did not pass"));
    EXPECT_EQ(answer.quorum().text(), "0/0");
    EXPECT_EQ(answer.quorum().attempted(), 0U);
    EXPECT_EQ(answer.primary().check_id(), "dcv");
    EXPECT_THAT(answer.remotes(), SizeIs(0));
    for (FakePerspectiveSession* remote : world.remotes()) {
      EXPECT_THAT(remote->questions(), SizeIs(0));
    }
  }
}

TEST(CorroborationTest, Vector155NoNumberOfRemotesOutvotesThePrimary) {
  for (const CheckedInput& input : {Dns01Input(), CaaInput()}) {
    config::v1::CoordinatorConfig config = FiveRemotes();
    config.mutable_policy()->set_dispatch(config::v1::Policy::PARALLEL);
    CorroborationWorld world(config);
    world.primary().HoldReply();
    world.Start(input);
    for (FakePerspectiveSession* remote : world.remotes()) EXPECT_EQ(remote->in_flight(), 0U);
    EXPECT_FALSE(world.ended());
    world.primary().Release(Fail(world.primary().perspective()));
    world.Poll();
    ASSERT_TRUE(world.ended() && world.result->ok());
    const v1::Corroboration& answer = **world.result;
    EXPECT_EQ(answer.verdict(), v1::NOT_CORROBORATED);
    EXPECT_EQ(answer.quorum().text(), "0/5");
    for (const v1::RemoteResult& remote : answer.remotes()) {
      EXPECT_FALSE(remote.corroborates());
      EXPECT_EQ(remote.problem().kind(), v1::Problem::PRIMARY_NOT_PASSED);
    }
  }
}

TEST(CorroborationTest, Vector160RetryMixesNothing) {
  config::v1::CoordinatorConfig config = FourRemotes();
  config.mutable_policy()->set_attempts_max(2);
  config.mutable_policy()->set_non_corroborations_max(0);
  *config.mutable_policy()->mutable_retry_delay() = ToProtoDuration(absl::Milliseconds(1));
  CorroborationWorld world(config);
  // First 3 of 4, then 2 of 4 with other failures: together all four would have passed once.
  const auto fails_in = [&](const char* id, unsigned attempt) {
    FakePerspectiveSession& session = world.remote(id);
    session.ReplyWith([&session, attempt](const PerspectiveQuestion& question) {
      return question.check.attempt() == attempt ? Fail(session.perspective())
                                                 : Pass(session.perspective());
    });
  };
  fails_in("ashburn", 1);
  fails_in("dublin", 2);
  fails_in("singapore", 2);
  const v1::Corroboration answer = world.Run(Dns01Input());
  EXPECT_EQ(answer.verdict(), v1::NOT_CORROBORATED);
  EXPECT_EQ(answer.problem().kind(), v1::Problem::QUORUM_COUNT);
  EXPECT_EQ(answer.quorum().text(), "2/4");
  EXPECT_EQ(answer.attempts(), 2U);
  EXPECT_EQ(answer.cohort_seed(), 2U);
  EXPECT_THAT(world.primary().questions(), SizeIs(2));
  ASSERT_THAT(world.audit.records, SizeIs(1));
  const v1::AuditRecord& record = world.audit.records[0];
  ASSERT_THAT(record.attempts(), SizeIs(2));
  EXPECT_EQ(record.attempts(0).quorum().text(), "3/4");
  EXPECT_EQ(record.attempts(0).cohort_seed(), 1U);
  EXPECT_EQ(record.attempts(1).quorum().text(), "2/4");
  EXPECT_EQ(record.attempts(1).attempt(), 2U);
}

TEST(CorroborationTest, RetryMayCorroborate) {
  config::v1::CoordinatorConfig config = SoundConfig();
  config.mutable_policy()->set_attempts_max(3);
  *config.mutable_policy()->mutable_retry_delay() = ToProtoDuration(absl::Milliseconds(1));
  CorroborationWorld world(config);
  world.primary().ReplyWith([&](const PerspectiveQuestion& question) {
    return question.check.attempt() == 1 ? Fail(world.primary().perspective())
                                         : Pass(world.primary().perspective());
  });
  const v1::Corroboration answer = world.Run(Dns01Input());
  EXPECT_EQ(answer.verdict(), v1::CORROBORATED);
  EXPECT_FALSE(answer.has_problem());
  EXPECT_EQ(answer.attempts(), 2U);
}

TEST(CorroborationTest, Vector163DcvAndCaaAreTalliedApart) {
  CorroborationWorld world(FiveRemotes());
  for (const char* id : {"ashburn", "dublin"}) {
    FakePerspectiveSession& session = world.remote(id);
    session.ReplyWith([&session](const PerspectiveQuestion& question) {
      return question.check.has_caa() ? Fail(session.perspective(), v1::Problem::CAA_FORBIDS)
                                      : Pass(session.perspective());
    });
  }
  const v1::Corroboration dcv = world.Run(Dns01Input());
  EXPECT_EQ(dcv.verdict(), v1::CORROBORATED);
  EXPECT_EQ(dcv.quorum().text(), "5/5");
  const v1::Corroboration caa = world.Run(CaaInput());
  EXPECT_EQ(caa.verdict(), v1::NOT_CORROBORATED);
  EXPECT_EQ(caa.quorum().text(), "3/5");
}

TEST(CorroborationTest, CaaIsComparedByItsMeaningAndHoldsUntilTheEarliestEnd) {
  CorroborationWorld world;
  const auto until = [&](FakePerspectiveSession& session, absl::Duration left) {
    session.ReplyWith([&session, left](const PerspectiveQuestion&) {
      return PermitByCaa(session.perspective(), kToday + left);
    });
  };
  until(world.primary(), absl::Hours(20));
  for (FakePerspectiveSession* remote : world.remotes()) until(*remote, absl::Hours(12));
  until(world.remote("dublin"), absl::Hours(9));
  // Does not corroborate, so its evidence does not count.
  world.remote("oregon").ReplyWith([&](const PerspectiveQuestion&) {
    PerspectiveAnswer forbids = Fail(world.place("oregon"), v1::Problem::CAA_FORBIDS);
    *forbids.result->mutable_caa()->mutable_valid_until() = ToTimestamp(kToday + absl::Hours(8));
    return forbids;
  });
  const v1::Corroboration answer = world.Run(CaaInput());
  EXPECT_EQ(answer.verdict(), v1::CORROBORATED);
  EXPECT_EQ(answer.quorum().text(), "5/6");
  EXPECT_EQ(FromTimestamp(answer.caa_valid_until()), kToday + absl::Hours(9));

  world.Fails("ashburn", v1::Problem::CAA_FORBIDS);
  world.Fails("singapore", v1::Problem::CAA_FORBIDS);
  const v1::Corroboration refused = world.Run(CaaInput());
  EXPECT_EQ(refused.verdict(), v1::NOT_CORROBORATED);
  EXPECT_FALSE(refused.has_caa_valid_until());
}

TEST(CorroborationTest, AValidationMayBeReusedAsLongAsItsEarliestClockSays) {
  CorroborationWorld world;
  v1::Corroboration answer = world.Run(Dns01Input());
  EXPECT_EQ(answer.verdict(), v1::CORROBORATED);
  EXPECT_EQ(FromTimestamp(answer.reusable_until()), Utc(2027, 3, 15));
  CheckedInput persist = Dns01Input();
  persist.method = v1::DNS_PERSIST;
  answer = world.Run(persist);
  EXPECT_EQ(FromTimestamp(answer.reusable_until()), kToday + absl::Hours(240)) << "vector 97";
  // The primary's clock is an hour slow; had it been fast, ours would count.
  world.primary().ReplyWith([&](const PerspectiveQuestion&) {
    PerspectiveAnswer passes = Pass(world.place("frankfurt"));
    *passes.result->mutable_finished_at() = ToTimestamp(kToday - absl::Hours(1));
    return passes;
  });
  answer = world.Run(persist);
  EXPECT_EQ(FromTimestamp(answer.reusable_until()), kToday + absl::Hours(239));
  // The applicant may end it sooner, never later.
  for (const auto& [lasts, counts] : {std::pair(absl::Hours(2), absl::Hours(2)),
                                      std::pair(absl::Hours(1000), absl::Hours(240))}) {
    world.primary().ReplyWith([&, until = kToday + lasts](const PerspectiveQuestion&) {
      PerspectiveAnswer passes = Pass(world.place("frankfurt"));
      *passes.result->mutable_persist()->mutable_persist_until() = ToTimestamp(until);
      return passes;
    });
    EXPECT_EQ(FromTimestamp(world.Run(persist).reusable_until()), kToday + counts);
  }
  // So may the record that a remote took, where it corroborates.
  const auto ends = [&](const char* id, absl::Duration lasts, PerspectiveAnswer answers) {
    *answers.result->mutable_persist()->mutable_persist_until() = ToTimestamp(kToday + lasts);
    world.remote(id).ReplyWith([answers](const PerspectiveQuestion&) { return answers; });
  };
  ends("oregon", absl::Hours(3), Pass(world.place("oregon")));
  ends("saopaulo", absl::Hours(1), Fail(world.place("saopaulo"), v1::Problem::PERSIST_EXPIRED));
  EXPECT_EQ(FromTimestamp(world.Run(persist).reusable_until()), kToday + absl::Hours(3));
  for (const char* id : {"dublin", "ashburn", "singapore"}) world.Fails(id);
  EXPECT_FALSE(world.Run(persist).has_reusable_until());
  EXPECT_FALSE(world.Run(CaaInput()).has_reusable_until());
}

TEST(CorroborationTest, ReportOnlyTellsWhatEnforcementWouldHaveRefused) {
  config::v1::CoordinatorConfig config = FourRemotes();
  config.mutable_policy()->set_report_only(true);
  CorroborationWorld world(config);
  world.Fails("dublin");
  world.Fails("ashburn");
  const v1::Corroboration answer = world.Run(Dns01Input());
  EXPECT_EQ(answer.verdict(), v1::CORROBORATED);
  EXPECT_TRUE(answer.report_only());
  EXPECT_EQ(answer.problem().kind(), v1::Problem::QUORUM_COUNT);
  EXPECT_EQ(answer.quorum().text(), "2/4");
  ASSERT_THAT(answer.warnings(), SizeIs(1));
  EXPECT_THAT(answer.warnings(0), AllOf(HasSubstr("report-only"), HasSubstr("QUORUM_COUNT")));
}

TEST(CorroborationTest, ReportOnlyNeverOverrulesThePrimary) {
  // Not even when the primary speaks in the words of the quorum.
  for (const auto kind : {v1::Problem::DNS_NXDOMAIN, v1::Problem::QUORUM_COUNT}) {
    config::v1::CoordinatorConfig config = FourRemotes();
    config.mutable_policy()->set_report_only(true);
    CorroborationWorld world(config);
    world.Fails("frankfurt", kind);
    const v1::Corroboration answer = world.Run(Dns01Input());
    EXPECT_EQ(answer.verdict(), v1::NOT_CORROBORATED);
    EXPECT_TRUE(answer.report_only());
  }
}

TEST(CorroborationTest, NoVerdictLeavesWithoutItsRecord) {
  CorroborationWorld world;
  world.audit.failure = absl::UnavailableError("no space left on device");
  world.Start(Dns01Input());
  ASSERT_TRUE(world.ended());
  EXPECT_EQ(world.result->status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(world.result->status().message()), HasSubstr("no space left"));
}

}  // namespace
}  // namespace mpic::coordinator
