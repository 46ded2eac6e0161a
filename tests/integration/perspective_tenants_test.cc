// What tenants of a perspective are promised, and what is refused to them: over real gRPC, some of
// it with certificates; the resolver is under the test's hand.
#include <gmock/gmock.h>
#include <google/protobuf/empty.pb.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>

#include <future>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/support/perspective_of_tenants.h"

namespace mpic::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kLoud[] = "spiffe://loud.example/coordinator";
constexpr char kQuiet[] = "spiffe://quiet.example/coordinator";
constexpr char kStranger[] = "spiffe://strange.example/coordinator";

class PerspectiveTenantsTest : public PerspectiveOfTenants {
 protected:
  std::string Metrics() { return Page("/metrics"); }
};

TEST_F(PerspectiveTenantsTest, OneTenantsLoadDoesNotStarveAnother) {
  DemandCertificates();
  AddTenant("loud", kLoud);
  AddTenant("quiet", kQuiet);
  config_.mutable_limits()->set_checks_in_flight(8);  // a share is two
  const auto loud_stub = StubAs(kLoud);
  const auto quiet_stub = StubAs(kQuiet);
  CheckConversation loud(*loud_stub);
  CheckConversation quiet(*quiet_stub);
  ASSERT_TRUE(loud.Hear() && quiet.Hear());
  for (int i = 0; i < 6; ++i) loud.Ask(Silent(i));
  loud.Ask(Shop("one-more"));
  const v1::CheckResult refused = loud.HearResult();
  EXPECT_EQ(refused.check_id(), "one-more");
  EXPECT_EQ(VerdictOf(refused), "ERROR OVERLOADED");
  for (int i = 0; i < 2; ++i) quiet.Ask(Silent(6 + i));
  quiet.CancelCheck("silent-6");
  EXPECT_EQ(VerdictOf(quiet.HearResult()), "ERROR CANCELLED");
  quiet.Ask(Shop("within-its-share"));
  EXPECT_EQ(VerdictOf(quiet.HearResult()), "PASSED");
  const std::string metrics = Metrics();
  EXPECT_THAT(metrics, HasSubstr("mpic_perspective_tenant_checks_in_flight{tenant=\"loud\"} 6"));
  EXPECT_THAT(metrics, HasSubstr("mpic_perspective_tenant_refused_total{reason=\"process_in_flight"
                                 "\",tenant=\"loud\"} 1"));
  EXPECT_THAT(metrics, HasSubstr("mpic_perspective_tenant_checks_total{method=\"dns-change\","
                                 "outcome=\"passed\",tenant=\"quiet\"} 1"));
}

TEST_F(PerspectiveTenantsTest, StrangersAreRefusedAndUnknownMethodsAreUnimplemented) {
  DemandCertificates();
  AddTenant("loud", kLoud);
  const auto channel = ChannelAs(kStranger);
  const auto stub = v1::PerspectiveService::NewStub(channel);
  CheckConversation refused(*stub);
  EXPECT_FALSE(refused.Hear().has_value());
  EXPECT_EQ(refused.End().error_code(), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_THAT(Metrics(), HasSubstr("mpic_perspective_refused_peers_total 1"));

  grpc::TemplatedGenericStub<google::protobuf::Empty, google::protobuf::Empty> generic(channel);
  grpc::ClientContext context;
  google::protobuf::Empty request;
  google::protobuf::Empty response;
  std::promise<grpc::Status> ended;
  generic.UnaryCall(&context, "/mpic.v1.PerspectiveService/Ask", {}, &request, &response,
                    [&](const grpc::Status& status) { ended.set_value(status); });
  EXPECT_EQ(ended.get_future().get().error_code(), grpc::StatusCode::UNIMPLEMENTED);
}

TEST_F(PerspectiveTenantsTest, WhatIsNotPermittedIsNotOffered) {
  config::v1::Tenant& tenant = AddTenant("one");
  tenant.add_methods("caa");
  tenant.set_checks_in_flight(3);
  CheckConversation conversation(perspective().stub());
  const auto first = conversation.Hear();
  ASSERT_TRUE(first.has_value());
  EXPECT_THAT(first->hello().supported_methods(), ElementsAre(v1::CAA));
  EXPECT_EQ(first->hello().checks_in_flight_max(), 3U);
  conversation.Ask(Shop("not-permitted"));
  const v1::CheckResult refused = conversation.HearResult();
  EXPECT_EQ(VerdictOf(refused), "ERROR UNSUPPORTED_METHOD");
  EXPECT_THAT(refused.problem().detail(), HasSubstr("dns-change is not permitted for tenant one"));
}

// The answer to the one waits for its turn on the wire when the other ends the stream.
TEST_F(PerspectiveTenantsTest, WhatIsRefusedAndWhatEndsTheStreamMayComeTogether) {
  AddTenant("one").add_methods("caa");
  for (int i = 0; i < 300; ++i) {
    const auto conversation = perspective().Open();
    conversation->Ask(Shop("not-permitted"));
    conversation->Say(v1::CheckRequest());
    while (conversation->Hear()) {
    }
    EXPECT_EQ(conversation->End().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  }
}

TEST_F(PerspectiveTenantsTest, OverTheRateIsOverloaded) {
  config::v1::Tenant& tenant = AddTenant("one");
  tenant.set_checks_per_second(0.001);
  tenant.set_checks_burst(2);
  const auto conversation = perspective().Open();
  for (int i = 0; i < 2; ++i) {
    conversation->Ask(Shop("passes"));
    EXPECT_EQ(VerdictOf(conversation->HearResult()), "PASSED");
  }
  conversation->Ask(Shop("refused"));
  const v1::CheckResult refused = conversation->HearResult();
  EXPECT_EQ(VerdictOf(refused), "ERROR OVERLOADED");
  EXPECT_THAT(refused.problem().detail(), HasSubstr("rate of 0.001 a second"));
}

TEST_F(PerspectiveTenantsTest, OneNameHasItsLimitOverAllStreamsHoweverAStreamEnds) {
  config_.mutable_limits()->set_checks_in_flight_per_name(1);
  const auto first = perspective().Open();
  first->Ask(Silent(0));
  first->Ask(Shop("another-name"));
  EXPECT_EQ(VerdictOf(first->HearResult()), "PASSED");  // the silent one has been taken, too
  const auto second = perspective().Open();
  v1::Check same = DnsChange("same", "SILENT0.example.com.");
  second->Ask(same);
  const v1::CheckResult refused = second->HearResult();
  EXPECT_EQ(VerdictOf(refused), "ERROR OVERLOADED");
  EXPECT_THAT(refused.problem().detail(), HasSubstr("for one name"));
  // Nor by way of another name of the same Authorization Domain Name.
  v1::Check pruned = DnsChange("pruned", "www.silent0.example.com");
  pruned.set_authorization_domain_name("silent0.example.com");
  second->Ask(pruned);
  EXPECT_EQ(VerdictOf(second->HearResult()), "ERROR OVERLOADED");
  // Whoever has an answer may ask again at once.
  for (int i = 0; i < 20; ++i) {
    second->Ask(Shop("again"));
    EXPECT_EQ(VerdictOf(second->HearResult()), "PASSED");
  }
  first->CancelCall();
  EXPECT_FALSE(first->Hear().has_value());
  while (true) {  // until the perspective has noticed; ctest bounds it
    same.set_check_id("once-more");
    second->Ask(same);
    second->CancelCheck("once-more");
    if (VerdictOf(second->HearResult()) == "ERROR CANCELLED") break;
    absl::SleepFor(absl::Milliseconds(5));
  }
}

TEST_F(PerspectiveTenantsTest, ResultsThatNobodyReadsAreStillInFlight) {
  config_.mutable_limits()->set_checks_in_flight(50);
  const auto deaf = perspective().Open();
  // Until gRPC has no more room for results; it ends with the stream.
  std::thread writer([&] {
    for (int i = 0; i < 200'000; ++i) deaf->Ask(Shop(absl::StrCat(i)));
  });
  const std::string in_flight = "mpic_perspective_tenant_checks_in_flight{tenant=\"default\"} ";
  // That many and no more, although each was answered by the resolver at once.
  int seen = 0;
  while (seen < 20) {  // ctest bounds it
    seen = absl::StrContains(Metrics(), in_flight + "50\n") ? seen + 1 : 0;
    absl::SleepFor(absl::Milliseconds(5));
  }
  deaf->CancelCall();
  writer.join();
  while (!absl::StrContains(Metrics(), in_flight + "0\n")) absl::SleepFor(absl::Milliseconds(5));
}

}  // namespace
}  // namespace mpic::testing
