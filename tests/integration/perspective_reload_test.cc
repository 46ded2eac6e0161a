// Other tenants and peers for a perspective that runs, over real gRPC with certificates; the
// resolver is under the test's hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "tests/support/perspective_of_tenants.h"

namespace mpic::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kOne[] = "spiffe://one.example/coordinator";
constexpr char kTwo[] = "spiffe://two.example/coordinator";

class PerspectiveReloadTest : public PerspectiveOfTenants {
 protected:
  PerspectiveReloadTest() {
    DemandCertificates();
    AddTenant("one", kOne);
    AddTenant("two", kTwo);
  }

  absl::Status Reload() {
    return perspective().server().Reload(perspective::CheckSettings(config_));
  }
};

bool IsGoingAway(const std::optional<v1::CheckResponse>& heard) {
  return heard.has_value() && heard->has_going_away();
}

TEST_F(PerspectiveReloadTest, WhoIsGoneMayFinishAndNothingElse) {
  const auto one_stub = StubAs(kOne);
  const auto two_stub = StubAs(kTwo);
  CheckConversation one(*one_stub);
  CheckConversation two(*two_stub);
  ASSERT_TRUE(one.Hear() && two.Hear());
  one.Ask(Silent(0));
  one.Ask(Shop("before"));
  EXPECT_EQ(VerdictOf(one.HearResult()), "PASSED");

  config_.mutable_tenants()->DeleteSubrange(0, 1);
  ASSERT_TRUE(Reload().ok());
  EXPECT_TRUE(IsGoingAway(one.Hear()));
  one.Ask(Shop("after"));
  const v1::CheckResult refused = one.HearResult();
  EXPECT_EQ(refused.check_id(), "after");
  EXPECT_EQ(VerdictOf(refused), "ERROR UNSUPPORTED_METHOD");
  EXPECT_THAT(refused.problem().detail(), HasSubstr("may not ask any more"));
  // What is under way is still its own; it would take long.
  one.CancelCheck("silent-0");
  EXPECT_EQ(VerdictOf(one.HearResult()), "ERROR CANCELLED");
  one.HalfClose();
  EXPECT_FALSE(one.Hear().has_value());
  EXPECT_TRUE(one.End().ok());
  CheckConversation again(*one_stub);
  EXPECT_FALSE(again.Hear().has_value());
  EXPECT_EQ(again.End().error_code(), grpc::StatusCode::PERMISSION_DENIED);
  // The other tenant notices nothing.
  two.Ask(Shop("of-two"));
  EXPECT_EQ(VerdictOf(two.HearResult()), "PASSED");
  EXPECT_THAT(Page("/metrics"), Not(HasSubstr("mpic_tenant_info{tenant=\"one\"}")));
  EXPECT_THAT(Page("/metrics"), HasSubstr("mpic_config_reloads_total{outcome=\"taken\"} 1"));
  EXPECT_THAT(Page("/configz"), Not(HasSubstr(kOne)));
}

TEST_F(PerspectiveReloadTest, OtherMethodsAreOfferedOnAnotherStream) {
  const auto stub = StubAs(kOne);
  CheckConversation former(*stub);
  ASSERT_TRUE(former.Hear());
  config_.mutable_tenants(0)->add_methods("caa");
  ASSERT_TRUE(Reload().ok());
  EXPECT_TRUE(IsGoingAway(former.Hear()));
  former.Ask(Shop("not-any-more"));
  EXPECT_EQ(VerdictOf(former.HearResult()), "ERROR UNSUPPORTED_METHOD");
  CheckConversation next(*stub);
  const auto hello = next.Hear();
  ASSERT_TRUE(hello.has_value());
  EXPECT_THAT(hello->hello().supported_methods(), ElementsAre(v1::CAA));
}

TEST_F(PerspectiveReloadTest, WhoMovesToAnotherTenantIsThatTenantsAtOnce) {
  const auto stub = StubAs(kOne);
  CheckConversation stream(*stub);
  ASSERT_TRUE(stream.Hear());
  config_.mutable_tenants(0)->set_peer_names(0, "spiffe://one.example/another");
  config_.mutable_tenants(1)->add_peer_names(kOne);
  ASSERT_TRUE(Reload().ok());
  EXPECT_TRUE(IsGoingAway(stream.Hear()));
  stream.Ask(Shop("for-two"));
  EXPECT_EQ(VerdictOf(stream.HearResult()), "PASSED");
  EXPECT_THAT(Page("/metrics"), HasSubstr("mpic_perspective_tenant_checks_total{method=\"dns-change"
                                          "\",outcome=\"passed\",tenant=\"two\"} 1"));
}

TEST_F(PerspectiveReloadTest, AnotherRateNeedsNoOtherStream) {
  const auto stub = StubAs(kOne);
  CheckConversation stream(*stub);
  ASSERT_TRUE(stream.Hear());
  config_.mutable_tenants(0)->set_checks_per_second(0.001);
  config_.mutable_tenants(0)->set_checks_burst(1);
  ASSERT_TRUE(Reload().ok());
  stream.Ask(Shop("within-the-burst"));
  EXPECT_EQ(VerdictOf(stream.HearResult()), "PASSED");
  stream.Ask(Shop("over-the-rate"));
  EXPECT_EQ(VerdictOf(stream.HearResult()), "ERROR OVERLOADED");
  // No debt and no fortune by reloading.
  ASSERT_TRUE(Reload().ok());
  stream.Ask(Shop("still-over-the-rate"));
  EXPECT_EQ(VerdictOf(stream.HearResult()), "ERROR OVERLOADED");
}

TEST_F(PerspectiveReloadTest, WhatIsRefusedChangesNothing) {
  const auto stub = StubAs(kOne);
  CheckConversation stream(*stub);
  ASSERT_TRUE(stream.Hear());
  const config::v1::PerspectiveConfig sound = config_;
  config_.mutable_tenants()->DeleteSubrange(0, 1);
  config_.mutable_resolver()->set_address("127.0.0.1:1");
  config_.set_region("elsewhere");
  const absl::Status refused = Reload();
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(refused.message(),
            "region: takes effect on restart only\nresolver.address: takes effect on restart only");
  config_ = sound;
  config_.mutable_tenants(1)->set_tenant_id("one");
  EXPECT_THAT(std::string(Reload().message()), HasSubstr("tenants[1].tenant_id"));
  stream.Ask(Shop("as-before"));
  EXPECT_EQ(VerdictOf(stream.HearResult()), "PASSED");
  EXPECT_THAT(Page("/metrics"), HasSubstr("mpic_config_reloads_total{outcome=\"refused\"} 2"));
  EXPECT_THAT(Page("/metrics"), HasSubstr("mpic_config_last_reload_successful 0"));
}

}  // namespace
}  // namespace mpic::testing
