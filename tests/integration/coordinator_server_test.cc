// What an RA may rely on: a whole coordinator with scripted perspectives, asked over real gRPC.
#include "coordinator/coordinator_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/proto_time.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "tests/support/coordinator_under_test.h"
#include "tests/support/full_disk.h"
#include "tests/support/remote_of.h"
#include "tests/support/tcp_exchange.h"

namespace mpic::testing {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::SizeIs;

// The only detail of a refusal.
template <typename Detail>
Detail DetailOf(const grpc::Status& status) {
  google::rpc::Status rich;
  EXPECT_TRUE(rich.ParseFromString(status.error_details()));
  EXPECT_EQ(rich.code(), static_cast<int>(status.error_code()));
  Detail detail;
  EXPECT_TRUE(rich.details_size() == 1 && rich.details(0).UnpackTo(&detail));
  return detail;
}

TEST(CoordinatorServerTest, ChecksOfOneCallAreAnsweredInItsOrder) {
  CoordinatorUnderTest world;
  world.at("dublin").ReplyWith([&](const v1::Check& check) {
    const v1::PerspectiveIdentity identity = world.at("dublin").identity();
    return ScriptedReply{.results = {check.has_caa()
                                         ? FailingResult(check, identity, v1::Problem::CAA_FORBIDS)
                                         : PassingResult(check, identity)}};
  });
  world.Start();
  v1::CorroborateRequest request = Dns01Request();
  AddCaa(request, "caa");
  AddHttp01(request, "http");
  const v1::CorroborateResponse response = world.Corroborate(request);
  EXPECT_EQ(response.request_id(), "ra-1");
  std::vector<std::string> seen;
  for (const v1::Corroboration& answer : response.corroborations()) {
    EXPECT_EQ(answer.verdict(), v1::CORROBORATED) << answer.problem().detail();
    seen.push_back(absl::StrCat(answer.check_id(), " ", answer.quorum().text()));
  }
  EXPECT_THAT(seen, ElementsAre("dcv 6/6", "caa 5/6", "http 6/6"));
  EXPECT_TRUE(response.corroborations(1).has_caa_valid_until());
  EXPECT_FALSE(response.corroborations(0).has_caa_valid_until());
}

TEST(CoordinatorServerTest, TheRecordIsThereBeforeTheAnswer) {
  CoordinatorUnderTest world;
  world.Start();
  for (unsigned number = 1; number <= 3; ++number) {
    const std::string request_id = absl::StrCat("ra-", number);
    const v1::Corroboration answer = world.CorroborateOne(Dns01Request(request_id));
    const std::vector<std::string> records = world.Records();
    ASSERT_THAT(records, SizeIs(number));
    EXPECT_EQ(answer.audit().sequence(), number);
    EXPECT_THAT(records.back(), AllOf(HasSubstr(absl::StrCat("\"", request_id, "\"")),
                                      HasSubstr("\"CORROBORATED\""), HasSubstr("\"6/6\"")));
  }
}

TEST(CoordinatorServerTest, ARefusedRequestNamesEveryFieldAndAsksNobody) {
  CoordinatorUnderTest world;
  world.Start();
  v1::CorroborateRequest request = Dns01Request();
  request.mutable_inputs(0)->mutable_check()->mutable_identifier()->set_dns_name("a..example");
  AddCaa(request, "dcv");
  request.mutable_inputs(1)->mutable_check()->mutable_identifier()->set_dns_name("*.co.uk");
  const grpc::Status status = PendingCall(world.stub(), request).Wait();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  std::vector<std::string> fields;
  const auto violations = DetailOf<google::rpc::BadRequest>(status);
  for (const auto& violation : violations.field_violations()) {
    fields.push_back(violation.field());
    EXPECT_FALSE(violation.description().empty());
  }
  EXPECT_THAT(fields, ::testing::UnorderedElementsAre("inputs[0].check.identifier.dns_name",
                                                      "inputs[1].check.identifier.dns_name",
                                                      "inputs[1].check.check_id"));
  world.ForAll([](const ScriptedPerspective& one) { EXPECT_THAT(one.checks(), SizeIs(0)); });
  EXPECT_THAT(world.Records(), SizeIs(0));
}

TEST(CoordinatorServerTest, AuthorizationDomainNamesAreListedWithoutAskingAnybody) {
  CoordinatorUnderTest world;
  world.Start();
  v1::ListAuthorizationDomainNamesRequest request;
  request.mutable_identifier()->set_dns_name("www.Shop.example.com");
  request.set_method(v1::DNS_01);
  v1::ListAuthorizationDomainNamesResponse response;
  const auto list = [&] {
    grpc::ClientContext context;
    return world.stub().ListAuthorizationDomainNames(&context, request, &response);
  };
  ASSERT_TRUE(list().ok());
  EXPECT_THAT(response.candidates(),
              ElementsAre("www.shop.example.com", "shop.example.com", "example.com"));
  EXPECT_TRUE(response.cname_steps_permitted());

  request.mutable_identifier()->set_dns_name("com");
  const grpc::Status refused = list();
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  const auto violations = DetailOf<google::rpc::BadRequest>(refused);
  ASSERT_THAT(violations.field_violations(), SizeIs(1));
  EXPECT_EQ(violations.field_violations(0).field(), "identifier.dns_name");
  EXPECT_EQ(world.Metric("mpic_coordinator_refused_requests_total{code=\"INVALID_ARGUMENT\""), 1);
  EXPECT_EQ(world.Metric("grpc_server_handled_total{grpc_code=\"OK\",grpc_method="
                         "\"ListAuthorizationDomainNames\""),
            1);
  world.ForAll([](const ScriptedPerspective& one) { EXPECT_THAT(one.checks(), SizeIs(0)); });
  EXPECT_THAT(world.Records(), SizeIs(0));
}

TEST(CoordinatorServerTest, ACallOverTheLimitIsToldWhenToComeBack) {
  CoordinatorUnderTest world;
  world.config.mutable_limits()->set_checks_in_flight(1);
  world.at("frankfurt").Hold();
  world.Start();
  PendingCall first(world.stub(), Dns01Request());
  EXPECT_TRUE(WaitUntil([&] { return world.at("frankfurt").held() == 1; }));
  const grpc::Status status = PendingCall(world.stub(), Dns01Request()).Wait();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_GT(DetailOf<google::rpc::RetryInfo>(status).retry_delay().seconds(), 0);
  EXPECT_TRUE(world.at("frankfurt").ReleaseHeld());
  EXPECT_TRUE(first.Wait().ok());
  // Its place is free again.
  EXPECT_TRUE(WaitUntil([&] { return world.Metric("mpic_coordinator_checks_in_flight") == 0; }));
  world.at("frankfurt").Pass();
  EXPECT_EQ(world.CorroborateOne(Dns01Request()).verdict(), v1::CORROBORATED);
}

TEST(CoordinatorServerTest, ACallerThatGoesAwayLeavesNothingBehind) {
  CoordinatorUnderTest world;
  world.config.mutable_policy()->set_dispatch(config::v1::Policy::PARALLEL);
  world.ForAll([](ScriptedPerspective& one) { one.Hold(); });
  world.Start();
  PendingCall call(world.stub(), Dns01Request());
  world.ForAll([](const ScriptedPerspective& one) {
    EXPECT_TRUE(WaitUntil([&] { return one.held() == 1; }));
  });
  call.Cancel();
  EXPECT_EQ(call.Wait().error_code(), grpc::StatusCode::CANCELLED);
  world.ForAll([](const ScriptedPerspective& one) {
    EXPECT_TRUE(WaitUntil([&] { return one.cancels() == 1; }));
    EXPECT_EQ(one.held(), 0U);
  });
  EXPECT_TRUE(WaitUntil([&] { return world.Metric("mpic_coordinator_checks_in_flight") == 0; }));
  const std::vector<std::string> records = world.Records();
  ASSERT_THAT(records, SizeIs(1));
  EXPECT_THAT(records[0], AllOf(HasSubstr("\"NOT_COMPLETED\""), HasSubstr("\"CANCELLED\"")));
}

TEST(CoordinatorServerTest, ShutdownFinishesWhatIsInFlight) {
  CoordinatorUnderTest world;
  world.at("frankfurt").Hold();
  world.Start();
  PendingCall call(world.stub(), Dns01Request());
  EXPECT_TRUE(WaitUntil([&] { return world.at("frankfurt").held() == 1; }));
  const auto shutdown = std::async(std::launch::async, [&] { world.server().Shutdown(); });
  EXPECT_TRUE(WaitUntil([&] { return !world.Serving(""); }));
  EXPECT_TRUE(WaitUntil([&] {
    const grpc::Status late = PendingCall(world.stub(), Dns01Request()).Wait();
    return late.error_code() == grpc::StatusCode::UNAVAILABLE;
  }));
  EXPECT_TRUE(world.at("frankfurt").ReleaseHeld());
  const grpc::Status status = call.Wait();
  EXPECT_TRUE(status.ok()) << status.error_message();
  ASSERT_THAT(call.response().corroborations(), SizeIs(1));
  EXPECT_EQ(call.response().corroborations(0).verdict(), v1::CORROBORATED);
  shutdown.wait();
  EXPECT_THAT(world.Records(), SizeIs(1));
}

TEST(CoordinatorServerTest, ShutdownCancelsWhatOutlastsTheDrainTimeout) {
  CoordinatorUnderTest world;
  *world.config.mutable_drain_timeout() = ToProtoDuration(absl::Milliseconds(50));
  world.at("frankfurt").Hold();
  world.Start();
  PendingCall call(world.stub(), Dns01Request());
  EXPECT_TRUE(WaitUntil([&] { return world.at("frankfurt").held() == 1; }));
  world.server().Shutdown();
  EXPECT_FALSE(call.Wait().ok());
  ASSERT_THAT(world.Records(), SizeIs(1));
  EXPECT_THAT(world.Records()[0], HasSubstr("\"CANCELLED\""));
}

TEST(CoordinatorServerTest, HealthSaysWhetherACohortCanBeFormed) {
  CoordinatorUnderTest world;
  world.Start();
  EXPECT_TRUE(world.Serving("mpic.v1.MpicService"));
  // Four remotes would be enough for the phase, but two of six may fail, not three.
  for (const char* id : {"dublin", "stockholm", "saopaulo"}) world.at(id).Kill();
  EXPECT_TRUE(WaitUntil([&] { return !world.Serving("mpic.v1.MpicService"); }));
  // Callers still get the reason, not a refused connection.
  EXPECT_TRUE(world.Serving(""));
  const v1::Corroboration answer = world.CorroborateOne(Dns01Request());
  EXPECT_EQ(answer.verdict(), v1::NOT_COMPLETED);
  EXPECT_EQ(answer.quorum().text(), "3/6");
  for (const char* id : {"dublin", "stockholm", "saopaulo"}) world.at(id).Start();
  EXPECT_TRUE(WaitUntil([&] { return world.Serving("mpic.v1.MpicService"); }));
}

TEST(CoordinatorServerTest, WithoutRoomForRecordsThereAreNoVerdictsUntilItHeals) {
  CoordinatorUnderTest world;
  world.Start();
  EXPECT_EQ(world.CorroborateOne(Dns01Request()).audit().sequence(), 1U);
  const auto ready = [&] {
    return Exchange(world.server().admin_port(), "GET /readyz HTTP/1.0\r\nHost: localhost\r\n\r\n");
  };
  EXPECT_THAT(ready(), HasSubstr(" 200 "));
  {
    const FullDisk full(world.Records()[0].size() + 10);
    const grpc::Status status = PendingCall(world.stub(), Dns01Request()).Wait();
    EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
    EXPECT_THAT(status.error_message(), HasSubstr("no verdict is given"));
    EXPECT_TRUE(WaitUntil([&] { return !world.Serving("mpic.v1.MpicService"); }));
    EXPECT_THAT(ready(), AllOf(HasSubstr(" 503 "), HasSubstr("audit-0000")));
    EXPECT_EQ(world.Metric("mpic_coordinator_audit_healthy"), 0);
    EXPECT_EQ(world.Metric("mpic_coordinator_audit_records_total{result=\"failed\"}"), 1);
    // From now on nobody is asked in vain.
    const std::size_t asked = world.at("frankfurt").checks().size();
    EXPECT_EQ(PendingCall(world.stub(), Dns01Request()).Wait().error_code(),
              grpc::StatusCode::UNAVAILABLE);
    EXPECT_EQ(world.at("frankfurt").checks().size(), asked);
  }
  EXPECT_TRUE(WaitUntil([&] { return world.Serving("mpic.v1.MpicService"); }));
  EXPECT_THAT(ready(), HasSubstr(" 200 "));
  EXPECT_EQ(world.CorroborateOne(Dns01Request()).audit().sequence(), 2U);
}

TEST(CoordinatorServerTest, RequestIdAndTraceReachEveryPerspective) {
  CoordinatorUnderTest world;
  world.Start();
  grpc::ClientContext context;
  context.AddMetadata("x-request-id", "from-metadata");
  context.AddMetadata("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  v1::CorroborateResponse response;
  ASSERT_TRUE(world.stub().Corroborate(&context, Dns01Request(""), &response).ok());
  EXPECT_EQ(response.request_id(), "from-metadata");
  // The caller's trace, in a span of our own, everywhere the same.
  EXPECT_THAT(response.traceparent(), MatchesRegex("00-0af7651916cd43dd8448eb211c80319c-.*-01"));
  EXPECT_THAT(response.traceparent(), Not(HasSubstr("b7ad6b7169203331")));
  EXPECT_THAT(world.Records(), ElementsAre(HasSubstr(response.traceparent())));
  world.ForAll([&response](const ScriptedPerspective& one) {
    const std::vector<v1::CheckRequest> checks = one.checks();
    ASSERT_THAT(checks, SizeIs(1));
    EXPECT_EQ(checks[0].request_id(), "from-metadata");
    EXPECT_EQ(checks[0].traceparent(), response.traceparent());
  });
}

TEST(CoordinatorServerTest, OnlyThoseWhoAreNamedMayAskAndAnswer) {
  test::TestCa ca;
  CoordinatorUnderTest world(&ca);
  // Its certificate is of the same CA, but names Dublin.
  for (auto& place : *world.config.mutable_perspectives()) {
    if (place.perspective_id() == "dublin") place.set_peer_name("spiffe://mpic.example/cork");
  }
  world.Start({"frankfurt", "ashburn", "oregon", "singapore", "saopaulo", "stockholm"});
  const v1::Corroboration answer = world.CorroborateOne(Dns01Request());
  EXPECT_EQ(answer.verdict(), v1::CORROBORATED);
  EXPECT_EQ(answer.quorum().text(), "5/6");
  EXPECT_EQ(RemoteOf(answer, "dublin").problem().kind(), v1::Problem::PERSPECTIVE_UNREACHABLE);
  EXPECT_EQ(world.at("dublin").streams_opened(), 0U);

  const auto stranger =
      v1::MpicService::NewStub(world.ChannelAs("spiffe://mpic.example/another-ra"));
  const grpc::Status status = PendingCall(*stranger, Dns01Request()).Wait();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_THAT(world.Records(), SizeIs(1));
  grpc::ClientContext context;
  v1::ListAuthorizationDomainNamesResponse listed;
  EXPECT_EQ(stranger->ListAuthorizationDomainNames(&context, {}, &listed).error_code(),
            grpc::StatusCode::PERMISSION_DENIED);
}

}  // namespace
}  // namespace mpic::testing
