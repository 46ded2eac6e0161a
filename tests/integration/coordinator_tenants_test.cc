// What tenants of a coordinator are promised, and what is refused to them: over real gRPC, most of
// it with certificates.
#include <gmock/gmock.h>
#include <google/protobuf/empty.pb.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/credentials.h"
#include "common/proto_time.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "tests/support/coordinator_under_test.h"

namespace mpic::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr char kCoordinator[] = "spiffe://mpic.example/coordinator";
constexpr char kRa[] = "spiffe://mpic.example/ra";  // whom CoordinatorUnderTest asks as
constexpr char kOtherRa[] = "spiffe://other.example/ra";
constexpr char kStranger[] = "spiffe://mpic.example/stranger";

config::v1::Tenant& AddTenant(CoordinatorUnderTest& world, const std::string& id,
                              const std::string& peer_name) {
  world.config.mutable_tls()->clear_allowed_peers();
  config::v1::Tenant& tenant = *world.config.add_tenants();
  tenant.set_tenant_id(id);
  if (!peer_name.empty()) tenant.add_peer_names(peer_name);
  return tenant;
}

std::unique_ptr<v1::MpicService::Stub> StubAs(CoordinatorUnderTest& world,
                                              const std::string& caller) {
  return v1::MpicService::NewStub(world.ChannelAs(caller));
}

template <typename Detail>
Detail DetailOf(const grpc::Status& status) {
  google::rpc::Status rich;
  EXPECT_TRUE(rich.ParseFromString(status.error_details()));
  Detail detail;
  EXPECT_TRUE(rich.details_size() == 1 && rich.details(0).UnpackTo(&detail));
  return detail;
}

absl::Duration RetryDelay(const grpc::Status& status) {
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED) << status.error_message();
  return FromProtoDuration(DetailOf<google::rpc::RetryInfo>(status).retry_delay());
}

// A unary call of a method that may or may not exist.
grpc::Status CallByName(const std::shared_ptr<grpc::Channel>& channel, const std::string& method) {
  grpc::TemplatedGenericStub<google::protobuf::Empty, google::protobuf::Empty> stub(channel);
  grpc::ClientContext context;
  google::protobuf::Empty request;
  google::protobuf::Empty response;
  std::promise<grpc::Status> ended;
  stub.UnaryCall(&context, method, {}, &request, &response,
                 [&](const grpc::Status& status) { ended.set_value(status); });
  return ended.get_future().get();
}

TEST(CoordinatorTenantsTest, OneTenantsLoadDoesNotStarveAnother) {
  test::TestCa ca;
  CoordinatorUnderTest world(&ca);
  AddTenant(world, "loud", kRa);
  AddTenant(world, "quiet", kOtherRa);
  world.config.mutable_limits()->set_checks_in_flight(8);  // a share is two
  world.at("frankfurt").Hold();
  world.Start();
  std::vector<std::unique_ptr<PendingCall>> calls;
  for (std::size_t i = 1; i <= 6; ++i) {
    calls.push_back(std::make_unique<PendingCall>(world.stub(), Dns01Request()));
    EXPECT_TRUE(WaitUntil([&] { return world.at("frankfurt").held() == i; }));
  }
  EXPECT_GT(RetryDelay(PendingCall(world.stub(), Dns01Request()).Wait()), absl::ZeroDuration());
  EXPECT_EQ(world.Metric("mpic_coordinator_tenant_checks_in_flight{tenant=\"loud\"}"), 6);
  const auto quiet = StubAs(world, kOtherRa);
  for (std::size_t i = 7; i <= 8; ++i) {
    calls.push_back(std::make_unique<PendingCall>(*quiet, Dns01Request()));
    EXPECT_TRUE(WaitUntil([&] { return world.at("frankfurt").held() == i; }));
  }
  while (world.at("frankfurt").ReleaseHeld()) {
  }
  for (const auto& call : calls) EXPECT_TRUE(call->Wait().ok());
  EXPECT_TRUE(WaitUntil([&] {
    return world.Metric("mpic_coordinator_tenant_checks_in_flight{tenant=\"loud\"}") == 0;
  }));
  EXPECT_EQ(world.Metric("mpic_coordinator_tenant_refused_total{reason=\"process_in_flight\","
                         "tenant=\"loud\"}"),
            1);
}

TEST(CoordinatorTenantsTest, TheTenantIsInAnswerRecordAndMetrics) {
  test::TestCa ca;
  CoordinatorUnderTest world(&ca);
  (*AddTenant(world, "one", kRa).mutable_labels())["contract"] = "c-17";
  AddTenant(world, "two", kOtherRa);
  world.Start();
  EXPECT_EQ(world.CorroborateOne(Dns01Request()).tenant_id(), "one");
  const auto other = StubAs(world, kOtherRa);
  PendingCall call(*other, Dns01Request());
  ASSERT_TRUE(call.Wait().ok());
  EXPECT_EQ(call.response().corroborations(0).tenant_id(), "two");
  ASSERT_THAT(world.Records(), SizeIs(2));
  EXPECT_THAT(world.Records()[0],
              AllOf(HasSubstr(R"("tenant_id":"one")"), HasSubstr(R"("contract":"c-17")")));
  EXPECT_THAT(world.Records()[1],
              AllOf(HasSubstr(R"("tenant_id":"two")"), ::testing::Not(HasSubstr("c-17"))));
  EXPECT_EQ(world.Metric("mpic_tenant_info{contract=\"c-17\",tenant=\"one\"}"), 1);
  EXPECT_EQ(world.Metric("mpic_coordinator_tenant_checks_total{method=\"dns-01\",tenant=\"two\","
                         "verdict=\"corroborated\"}"),
            1);
  EXPECT_EQ(world.Metric("mpic_coordinator_tenant_requests_total{code=\"OK\",tenant=\"one\"}"), 1);
}

TEST(CoordinatorTenantsTest, OverTheRateABucketSaysWhenToComeBack) {
  CoordinatorUnderTest world;
  config::v1::Tenant& tenant = AddTenant(world, "one", "");
  tenant.set_checks_per_second(0.001);
  tenant.set_checks_burst(2);
  world.Start();
  v1::CorroborateRequest three = Dns01Request();
  AddHttp01(three, "http");
  AddCaa(three, "caa");
  // More than the bucket holds is possible, and leaves a debt.
  ASSERT_THAT(world.Corroborate(three).corroborations(), SizeIs(3));
  const absl::Duration delay = RetryDelay(PendingCall(world.stub(), Dns01Request()).Wait());
  EXPECT_GT(delay, absl::Seconds(1'900));
  EXPECT_LE(delay, absl::Seconds(2'000));
  EXPECT_EQ(world.Metric("mpic_coordinator_tenant_refused_total{reason=\"rate\""), 1);
  EXPECT_EQ(world.Metric("mpic_coordinator_refused_requests_total{code=\"RESOURCE_EXHAUSTED\""), 1);
}

TEST(CoordinatorTenantsTest, WhatCouldNeverBeAdmittedIsAFaultOfTheRequest) {
  CoordinatorUnderTest world;
  AddTenant(world, "one", "").set_checks_in_flight(2);
  world.Start();
  v1::CorroborateRequest three = Dns01Request();
  AddHttp01(three, "http");
  AddCaa(three, "caa");
  const grpc::Status status = PendingCall(world.stub(), three).Wait();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), HasSubstr("3 checks, 1 to 2 are allowed"));
}

TEST(CoordinatorTenantsTest, WhatIsPromisedToOthersIsNeverAdmitted) {
  test::TestCa ca;
  CoordinatorUnderTest world(&ca);
  AddTenant(world, "one", kRa);
  AddTenant(world, "two", kOtherRa);
  world.config.mutable_limits()->set_checks_in_flight(4);  // one each, and two for whoever comes
  world.Start();
  v1::CorroborateRequest four = Dns01Request();
  AddHttp01(four, "http");
  AddHttp01(four, "http-again");
  AddCaa(four, "caa");
  const grpc::Status status = PendingCall(world.stub(), four).Wait();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), HasSubstr("4 checks, 1 to 3 are allowed"));
  four.mutable_inputs()->RemoveLast();
  EXPECT_TRUE(PendingCall(world.stub(), four).Wait().ok());
}

TEST(CoordinatorTenantsTest, MethodsAndIssuersAreTheTenants) {
  CoordinatorUnderTest world;
  config::v1::Tenant& tenant = AddTenant(world, "one", "");
  tenant.add_methods("dns-01");
  tenant.add_methods("caa");
  tenant.add_caa_issuer_domain_names("one.example");
  world.Start();
  v1::CorroborateRequest request = Dns01Request();
  AddCaa(request, "caa");
  request.mutable_inputs(1)->mutable_check()->mutable_caa()->clear_issuer_domain_names();
  AddHttp01(request, "http");
  const grpc::Status status = PendingCall(world.stub(), request).Wait();
  ASSERT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  const auto violations = DetailOf<google::rpc::BadRequest>(status);
  ASSERT_THAT(violations.field_violations(), SizeIs(1));
  EXPECT_EQ(violations.field_violations(0).field(), "inputs[2].check");
  EXPECT_THAT(violations.field_violations(0).description(),
              HasSubstr("method http-01 is not permitted for tenant one"));
  request.mutable_inputs()->RemoveLast();
  EXPECT_THAT(world.Corroborate(request).corroborations(), SizeIs(2));
  for (const v1::CheckRequest& asked : world.at("dublin").checks()) {
    if (!asked.check().has_caa()) continue;
    EXPECT_THAT(asked.check().caa().issuer_domain_names(), ::testing::ElementsAre("one.example"));
  }
}

TEST(CoordinatorTenantsTest, OneTargetHasItsLimitHoweverACallEnds) {
  CoordinatorUnderTest world;
  world.config.mutable_limits()->set_checks_in_flight_per_target(1);
  world.at("frankfurt").Hold();
  world.Start();
  const auto held = [&](std::size_t checks) {
    return WaitUntil([&] { return world.at("frankfurt").held() == checks; });
  };
  {
    PendingCall first(world.stub(), Dns01Request());
    EXPECT_TRUE(held(1));
    v1::CorroborateRequest wildcard = Dns01Request();
    wildcard.mutable_inputs(0)->mutable_check()->mutable_identifier()->set_dns_name(
        "*.SHOP.example.com");
    EXPECT_GT(RetryDelay(PendingCall(world.stub(), wildcard).Wait()), absl::ZeroDuration());
    v1::CorroborateRequest another = Dns01Request();
    another.mutable_inputs(0)->mutable_check()->mutable_identifier()->set_dns_name(
        "other.example.com");
    PendingCall second(world.stub(), another);
    EXPECT_TRUE(held(2));
    first.Cancel();
    EXPECT_EQ(first.Wait().error_code(), grpc::StatusCode::CANCELLED);
  }
  world.at("frankfurt").Pass();
  EXPECT_TRUE(WaitUntil([&] { return PendingCall(world.stub(), Dns01Request()).Wait().ok(); }));
  // More at once than is ever under way.
  v1::CorroborateRequest two = Dns01Request();
  AddHttp01(two, "http");
  const grpc::Status status = PendingCall(world.stub(), two).Wait();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), HasSubstr("inputs[1].check.identifier"));
}

TEST(CoordinatorTenantsTest, StrangersAreRefusedAndUnknownMethodsAreUnimplemented) {
  test::TestCa ca;
  CoordinatorUnderTest world(&ca);
  AddTenant(world, "one", kRa);
  AddTenant(world, "two", kOtherRa);
  world.Start();
  for (const char* caller : {kStranger, kRa}) {
    SCOPED_TRACE(caller);
    const auto channel = world.ChannelAs(caller);
    for (const char* method : {"/mpic.v1.MpicService/Issue", "/mpic.v2.MpicService/Corroborate",
                               "/mpic.v1.PerspectiveService/Nothing"}) {
      EXPECT_EQ(CallByName(channel, method).error_code(), grpc::StatusCode::UNIMPLEMENTED)
          << method;
    }
    // Health tells nobody more than that we are there.
    EXPECT_TRUE(CallByName(channel, "/grpc.health.v1.Health/Check").ok());
  }
  EXPECT_EQ(PendingCall(*StubAs(world, kStranger), Dns01Request()).Wait().error_code(),
            grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(world.Metric("mpic_coordinator_refused_requests_total{code=\"PERMISSION_DENIED\""), 1);
  EXPECT_THAT(world.Records(), SizeIs(0));
}

TEST(CoordinatorTenantsTest, ACertificateWithNamesOfTwoTenantsIsNobodys) {
  test::TestCa ca;
  CoordinatorUnderTest world(&ca);
  AddTenant(world, "one", kRa);
  AddTenant(world, "two", kOtherRa);
  world.Start();
  const test::TestCertificateFiles both = ca.Issue("both", {.uri_sans = {kRa, kOtherRa}});
  config::v1::Tls tls = ca.TlsFor(kRa);
  tls.set_certificate_file(both.certificate);
  tls.set_private_key_file(both.private_key);
  const std::string target = absl::StrCat("127.0.0.1:", world.server().port());
  const auto stub = v1::MpicService::NewStub(
      grpc::CreateChannel(target, ChannelCredentials(tls, kCoordinator, target).value()));
  const grpc::Status status = PendingCall(*stub, Dns01Request()).Wait();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_THAT(status.error_message(), HasSubstr("names of two tenants"));
}

}  // namespace
}  // namespace mpic::testing
