#include "coordinator/region_pin.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <string>

namespace mpic::coordinator {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

ConfiguredPerspective Configured() {
  return {.perspective_id = "dublin",
          .address = "dublin.example.net:7443",
          .peer_name = "spiffe://mpic.example/dublin",
          .region = "eu-west-1",
          .rir = v1::RIPE_NCC,
          .location = {.latitude = 53.35, .longitude = -6.26},
          .resolver_id = "dublin-resolver",
          .resolver_rir = v1::RIPE_NCC,
          .resolver_location = {.latitude = 53.35, .longitude = -6.26}};
}

v1::PerspectiveIdentity Claimed() {
  v1::PerspectiveIdentity claimed;
  claimed.set_perspective_id("dublin");
  claimed.set_region("eu-west-1");
  claimed.set_rir(v1::RIPE_NCC);
  claimed.mutable_location()->set_latitude(53.35);
  claimed.mutable_location()->set_longitude(-6.26);
  claimed.mutable_resolver()->set_resolver_id("dublin-resolver");
  claimed.mutable_resolver()->set_rir(v1::RIPE_NCC);
  *claimed.mutable_resolver()->mutable_location() = claimed.location();
  claimed.set_software("other-vendor/2");
  return claimed;
}

struct PinCase {
  const char* name;
  std::function<void(v1::PerspectiveIdentity&)> change;
  const char* detail;  // nullptr: accepted
  PinRules rules = {};
};

const PinCase kPinCases[] = {
    {"the configured perspective", [](auto&) {}, nullptr},
    {"its software is its own matter", [](auto& c) { c.set_software(""); }, nullptr},
    {"vector 161: another id", [](auto& c) { c.set_perspective_id("paris"); },
     R"(perspective_id is "paris", configured is "dublin")"},
    {"no id", [](auto& c) { c.clear_perspective_id(); }, "perspective_id"},
    {"an id in other letters", [](auto& c) { c.set_perspective_id("Dublin"); }, "perspective_id"},
    {"another region", [](auto& c) { c.set_region("us-east-1"); }, "region"},
    {"another RIR", [](auto& c) { c.set_rir(v1::ARIN); }, "rir"},
    {"an RIR that this version does not know", [](auto& c) { c.set_rir(static_cast<v1::Rir>(99)); },
     "rir"},
    {"no RIR", [](auto& c) { c.clear_rir(); }, "rir"},
    {"500 m away, as typed by another hand",
     [](auto& c) { c.mutable_location()->set_latitude(53.3545); }, nullptr},
    {"2 km away", [](auto& c) { c.mutable_location()->set_latitude(53.368); }, "location differs"},
    {"no location", [](auto& c) { c.clear_location(); }, "location differs"},
    {"a location that is no number",
     [](auto& c) { c.mutable_location()->set_latitude(std::nan("")); }, "location differs"},
    {"another resolver", [](auto& c) { c.mutable_resolver()->set_resolver_id("public"); },
     "resolver_id"},
    {"a resolver in another RIR region", [](auto& c) { c.mutable_resolver()->set_rir(v1::ARIN); },
     "resolver.rir"},
    {"a resolver elsewhere",
     [](auto& c) { c.mutable_resolver()->mutable_location()->set_longitude(8.68); },
     "resolver.location differs"},
    {"a laboratory perspective in production", [](auto& c) { c.set_lab(true); }, "laboratory"},
    {"a laboratory perspective in the laboratory",
     [](auto& c) { c.set_lab(true); },
     nullptr,
     {.lab_accepted = true}},
    {"a primary whose resolver does not validate",
     [](auto&) {},
     "must validate DNSSEC",
     {.must_validate = true}},
    {"a primary whose resolver validates",
     [](auto& c) { c.mutable_resolver()->set_validates_dnssec(true); },
     nullptr,
     {.must_validate = true}},
};

TEST(RegionPinTest, OnlyTheConfiguredPerspectiveCounts) {
  for (const PinCase& c : kPinCases) {
    SCOPED_TRACE(c.name);
    v1::PerspectiveIdentity claimed = Claimed();
    c.change(claimed);
    const std::optional<v1::Problem> problem = CheckIdentity(Configured(), claimed, c.rules);
    ASSERT_EQ(problem.has_value(), c.detail != nullptr);
    if (!problem) continue;
    EXPECT_EQ(problem->kind(), v1::Problem::PERSPECTIVE_IDENTITY);
    EXPECT_THAT(problem->detail(), HasSubstr(c.detail));
    EXPECT_THAT(problem->detail(), HasSubstr("perspective dublin: "));
  }
}

// A claim is cut; half a UTF-8 sequence would make the whole answer unreadable for RAs.
TEST(RegionPinTest, HostileClaimsAreToldInPlainAscii) {
  v1::PerspectiveIdentity claimed = Claimed();
  claimed.set_region(std::string(63, 'a') + "\xC3\xA9\n" + std::string(10'000, 'b'));
  const std::optional<v1::Problem> problem = CheckIdentity(Configured(), claimed, {});
  ASSERT_TRUE(problem.has_value());
  EXPECT_LT(problem->detail().size(), 512U);
  for (const char c : problem->detail()) EXPECT_TRUE(c >= 0x20 && c < 0x7f);
  EXPECT_THAT(problem->detail(), Not(HasSubstr("bbb")));
}

}  // namespace
}  // namespace mpic::coordinator
