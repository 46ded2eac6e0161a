// Other tenants and peers for a perspective that runs, over real gRPC with certificates; the
// resolver is under the test's hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/credentials.h"
#include "common/proto_time.h"
#include "tests/support/fake_dns_client.h"
#include "tests/support/hostile_dns_server.h"
#include "tests/support/perspective_under_test.h"
#include "tests/support/tcp_exchange.h"
#include "tests/support/test_certificates.h"

namespace mpic::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr unsigned kTxt = 16;
constexpr char kRandomValue[] = "4f9c2a7be1d04c6f8a35b1e97d20c4aa";
constexpr char kPerspective[] = "spiffe://mpic.example/perspective";
constexpr char kOne[] = "spiffe://one.example/coordinator";
constexpr char kTwo[] = "spiffe://two.example/coordinator";

v1::Check DnsChange(const std::string& check_id, const std::string& name) {
  v1::Check check;
  check.set_check_id(check_id);
  check.mutable_identifier()->set_dns_name(name);
  *check.mutable_time_budget() = ToProtoDuration(absl::Seconds(100));
  check.mutable_dns_change()->set_record_type(v1::DnsChange::TXT);
  check.mutable_dns_change()->set_prefix_label("_dcv");
  check.mutable_dns_change()->set_expected_value(kRandomValue);
  return check;
}
v1::Check Shop(const std::string& check_id) { return DnsChange(check_id, "shop.example.com"); }

// shop.example.com proves control at once; about silent.example.com the resolver says nothing.
class PerspectiveReloadTest : public ::testing::Test {
 protected:
  PerspectiveReloadTest() : config_(LoopbackPerspective(dns_.endpoint())) {
    dns_.Add("_dcv.shop.example.com", kTxt, CharacterString(kRandomValue));
    dns_.Ignore("_dcv.silent.example.com");
    *config_.mutable_limits()->mutable_dns_timeout() = ToProtoDuration(absl::Seconds(10));
    config_.mutable_limits()->set_dns_tries(5);
    *config_.mutable_drain_timeout() = ToProtoDuration(absl::Milliseconds(100));
    config_.set_admin_listen("127.0.0.1:0");
    *config_.mutable_tls() = ca_.TlsFor(kPerspective);
    SetTenant("one", kOne);
    SetTenant("two", kTwo);
  }

  config::v1::Tenant& SetTenant(const std::string& id, const std::string& peer_name) {
    config::v1::Tenant& tenant = *config_.add_tenants();
    tenant.set_tenant_id(id);
    tenant.add_peer_names(peer_name);
    return tenant;
  }
  PerspectiveUnderTest& perspective() {
    if (!perspective_) perspective_ = std::make_unique<PerspectiveUnderTest>(config_);
    return *perspective_;
  }
  absl::Status Reload() {
    return perspective().server().Reload(perspective::CheckSettings(config_));
  }
  std::unique_ptr<v1::PerspectiveService::Stub> StubAs(const std::string& caller) {
    const std::string target = absl::StrCat("127.0.0.1:", perspective().server().port());
    return v1::PerspectiveService::NewStub(grpc::CreateChannel(
        target, ChannelCredentials(ca_.TlsFor(caller), kPerspective, target).value()));
  }
  std::string Page(const std::string& path) {
    return Exchange(perspective().server().admin_port(),
                    absl::StrCat("GET ", path, " HTTP/1.0\r\nHost: localhost\r\n\r\n"));
  }

  test::TestCa ca_;
  HostileDnsServer dns_;
  config::v1::PerspectiveConfig config_;
  std::unique_ptr<PerspectiveUnderTest> perspective_;
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
  one.Ask(DnsChange("under-way", "silent.example.com"));
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
  one.CancelCheck("under-way");
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
