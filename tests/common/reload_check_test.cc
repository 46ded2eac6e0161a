#include "common/reload_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "mpic/config/v1/coordinator.pb.h"

namespace mpic {
namespace {

using config::v1::CoordinatorConfig;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

CoordinatorConfig Configuration() {
  CoordinatorConfig config;
  config.set_listen("127.0.0.1:8443");
  config.mutable_tls()->set_certificate_file("tls.crt");
  config.mutable_tls()->add_allowed_peers("ra.example");
  config.add_perspectives()->set_perspective_id("eu-1");
  config.add_perspectives()->set_perspective_id("us-1");
  config.mutable_limits()->set_checks_in_flight(100);
  config.mutable_drain_timeout()->set_seconds(5);
  (*config.add_tenants()->mutable_labels())["contract"] = "c-17";
  return config;
}

// "ok", or the violations.
std::string After(const std::function<void(CoordinatorConfig&)>& change) {
  CoordinatorConfig next = Configuration();
  change(next);
  const absl::Status status = CheckReload(
      Configuration(), next, {"perspectives", "policy", "tenants", "tls.allowed_peers"});
  if (!status.ok()) EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  return status.ok() ? "ok" : std::string(status.message());
}

constexpr char kLater[] = ": takes effect on restart only";

TEST(ReloadCheckTest, WhatMayBeReloadedMayDifferHoweverDeep) {
  EXPECT_EQ(After([](auto&) {}), "ok");
  EXPECT_EQ(After([](auto& c) { c.clear_perspectives(); }), "ok");
  EXPECT_EQ(After([](auto& c) { c.mutable_perspectives(1)->set_address("a:1"); }), "ok");
  EXPECT_EQ(After([](auto& c) { c.mutable_perspectives(0)->mutable_location()->set_latitude(1); }),
            "ok");
  EXPECT_EQ(After([](auto& c) { c.mutable_policy()->set_non_corroborations_max(0); }), "ok");
  EXPECT_EQ(After([](auto& c) { c.mutable_tls()->set_allowed_peers(0, "rb.example"); }), "ok");
  EXPECT_EQ(After([](auto& c) { (*c.mutable_tenants(0)->mutable_labels())["x"] = "y"; }), "ok");
}

TEST(ReloadCheckTest, WhatNeedsARestartIsNamed) {
  EXPECT_EQ(After([](auto& c) { c.set_listen("127.0.0.1:8444"); }), std::string("listen") + kLater);
  EXPECT_EQ(After([](auto& c) { c.set_lab(true); }), std::string("lab") + kLater);
  EXPECT_EQ(After([](auto& c) { c.clear_drain_timeout(); }),
            std::string("drain_timeout.seconds") + kLater);
  EXPECT_EQ(After([](auto& c) { c.mutable_limits()->set_checks_in_flight(101); }),
            std::string("limits.checks_in_flight") + kLater);
  EXPECT_EQ(After([](auto& c) { c.mutable_tls()->set_certificate_file("other.crt"); }),
            std::string("tls.certificate_file") + kLater);
  EXPECT_EQ(After([](auto& c) { c.mutable_audit()->set_directory("elsewhere"); }),
            std::string("audit.directory") + kLater);
}

TEST(ReloadCheckTest, AllOfThemAreNamedEachOnce) {
  const std::string violations = After([](auto& c) {
    c.set_listen("127.0.0.1:8444");
    c.set_threads(7);
    c.mutable_policy()->set_attempts_max(2);
    c.mutable_perspective_tls()->set_trusted_ca_file("ca.crt");
    c.mutable_perspective_tls()->add_allowed_peers("one");
    c.mutable_perspective_tls()->add_allowed_peers("two");
  });
  EXPECT_EQ(violations, std::string("listen") + kLater + "\nperspective_tls.allowed_peers" +
                            kLater + "\nperspective_tls.trusted_ca_file" + kLater + "\nthreads" +
                            kLater);
}

TEST(ReloadCheckTest, AFieldIsNotReloadableForTheNameThatItBeginsWith) {
  CoordinatorConfig next = Configuration();
  next.set_primary_perspective_id("eu-1");
  EXPECT_FALSE(CheckReload(Configuration(), next, {"primary_perspective"}).ok());
}

TEST(ReloadCheckTest, WhatIsSetToItsDefaultIsTheSame) {
  EXPECT_EQ(After([](auto& c) { c.set_threads(0); }), "ok");
}

// perspective_tls: {} would no longer be tls, and drain_timeout: 0s is not the default.
TEST(ReloadCheckTest, WhatIsEmptyIsNotWhatIsNotSet) {
  EXPECT_EQ(After([](auto& c) { c.mutable_perspective_tls(); }),
            std::string("perspective_tls") + kLater);
  CoordinatorConfig without = Configuration();
  without.clear_drain_timeout();
  CoordinatorConfig with_none = without;
  with_none.mutable_drain_timeout();
  EXPECT_THAT(ChangedFields(without, with_none), ElementsAre("drain_timeout"));
}

TEST(ReloadCheckTest, ChangesAreNamedEachOnce) {
  CoordinatorConfig next = Configuration();
  EXPECT_THAT(ChangedFields(next, next), IsEmpty());
  next.mutable_policy()->set_report_only(true);
  next.mutable_perspectives(1)->set_address("a:1");
  next.mutable_perspectives(0)->set_address("b:1");
  EXPECT_THAT(ChangedFields(Configuration(), next),
              ElementsAre("perspectives.address", "policy.report_only"));
}

}  // namespace
}  // namespace mpic
