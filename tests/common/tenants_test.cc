#include "common/tenants.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/tenants_check.h"

namespace mpic {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Two tenants that are as they must be, and a program that takes enough for both.
struct World {
  World() {
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
        R"pb(
          tenant_id: "ca-one"
          peer_names: "spiffe://one.example/ra"
          peer_names: "ra.one.example"
          methods: "http-01"
          methods: "BR 3.2.2.4.20"
          caa_issuer_domain_names: "ca.one.example"
          checks_per_second: 2.5
          checks_burst: 10
          checks_in_flight: 100
          labels { key: "contract" value: "c-17" }
        )pb",
        config.Add()));
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
        R"pb(tenant_id: "ca-two" peer_names: "spiffe://two.example/ra")pb", config.Add()));
  }

  Tenants Check() { return CheckTenants(config, rules, tls, violations); }
  std::vector<std::string> Violations() {
    Check();
    return violations.empty()
               ? std::vector<std::string>()
               : std::vector<std::string>(absl::StrSplit(violations.ToStatus().message(), '\n'));
  }
  config::v1::Tenant& first() { return config[0]; }
  config::v1::Tenant& second() { return config[1]; }

  google::protobuf::RepeatedPtrField<config::v1::Tenant> config;
  TenantRules rules{.checks_in_flight = 1'000, .issuers_permitted = true};
  config::v1::Tls tls;
  ConfigViolations violations;
};

TEST(TenantsTest, WhatIsSetIsTaken) {
  World world;
  const Tenants tenants = world.Check();
  EXPECT_TRUE(world.violations.empty()) << world.violations.ToStatus();
  ASSERT_THAT(tenants.all(), SizeIs(2));
  const Tenant& one = *tenants.all()[0];
  EXPECT_EQ(one.tenant_id, "ca-one");
  EXPECT_TRUE(one.Permits(v1::HTTP_01) && one.Permits(v1::TLS_ALPN_01));
  EXPECT_FALSE(one.Permits(v1::CAA));
  EXPECT_EQ(one.caa_issuer_domain_names.at(0).text(), "ca.one.example");
  EXPECT_EQ(one.limits.per_second, 2.5);
  EXPECT_EQ(one.limits.burst, 10U);
  EXPECT_EQ(one.limits.in_flight_max, 100U);
  EXPECT_EQ(one.labels.at("contract"), "c-17");
  EXPECT_EQ(tenants.Find("ra.one.example"), tenants.all()[0]);
  EXPECT_EQ(tenants.Find("spiffe://two.example/ra"), tenants.all()[1]);
  EXPECT_EQ(tenants.Find("spiffe://three.example/ra"), nullptr);
  // TLS lets in all of them, and nobody else.
  EXPECT_THAT(world.tls.allowed_peers(),
              ElementsAre("spiffe://one.example/ra", "ra.one.example", "spiffe://two.example/ra"));
}

TEST(TenantsTest, WhatIsNotSetHasNoLimitOfItsOwn) {
  World world;
  const Tenants tenants = world.Check();
  const Tenant& two = *tenants.all()[1];
  EXPECT_TRUE(two.Permits(v1::CAA));
  EXPECT_EQ(two.limits.per_second, 0);
  EXPECT_EQ(two.limits.in_flight_max, 0U);
}

TEST(TenantsTest, ABurstIsWhatASecondAllowsAndOneAtLeast) {
  for (const auto& [per_second, burst] : {std::pair(0.01, 1U), {1.9, 1U}, {40.0, 40U}}) {
    World world;
    world.second().set_checks_per_second(per_second);
    EXPECT_EQ(world.Check().all()[1]->limits.burst, burst) << per_second;
  }
}

TEST(TenantsTest, WithoutTenantsEverybodyIsTheDefault) {
  World world;
  world.config.Clear();
  world.tls.add_allowed_peers("ra.example");
  const Tenants tenants = world.Check();
  EXPECT_TRUE(world.violations.empty());
  ASSERT_THAT(tenants.all(), SizeIs(1));
  EXPECT_EQ(tenants.all()[0]->tenant_id, "default");
  EXPECT_EQ(tenants.Find("ra.example"), tenants.all()[0]);
  EXPECT_THAT(world.tls.allowed_peers(), ElementsAre("ra.example"));
}

TEST(TenantsTest, WithoutTlsThereIsOneTenantWithoutNames) {
  World world;
  world.tls.set_insecure_loopback(true);
  world.config.DeleteSubrange(0, 1);
  world.config[0].clear_peer_names();
  EXPECT_THAT(world.Violations(), IsEmpty());
  EXPECT_THAT(world.tls.allowed_peers(), IsEmpty());
}

TEST(TenantsTest, SomebodyMustBeLetIn) {
  const google::protobuf::RepeatedPtrField<config::v1::Tenant> none;
  config::v1::Tls tls;
  ConfigViolations nobody;
  CheckTenants(none, {}, tls, nobody);
  EXPECT_THAT(std::string(nobody.ToStatus().message()),
              HasSubstr("tls.allowed_peers: must name at least one peer"));
  tls.set_insecure_loopback(true);
  ConfigViolations loopback;
  CheckTenants(none, {}, tls, loopback);
  EXPECT_TRUE(loopback.empty());
}

TEST(TenantsTest, EachViolationNamesItsField) {
  const struct {
    const char* name;
    void (*spoil)(World&);
    const char* violation;
  } cases[] = {
      {"both lists of peers", [](World& w) { w.tls.add_allowed_peers("ra.example"); },
       "tenants: tls.allowed_peers is set as well"},
      {"no id", [](World& w) { w.first().clear_tenant_id(); },
       "tenants[0].tenant_id: must be 1..64"},
      {"an id in capitals", [](World& w) { w.first().set_tenant_id("CA"); },
       "tenants[0].tenant_id: must be 1..64"},
      {"an id twice", [](World& w) { w.second().set_tenant_id("ca-one"); },
       "tenants[1].tenant_id: \"ca-one\" is tenants[0].tenant_id too"},
      {"a peer of two", [](World& w) { w.second().set_peer_names(0, "ra.one.example"); },
       "tenants[1].peer_names[0]: \"ra.one.example\" is tenants[0].peer_names[1] too"},
      {"a peer twice", [](World& w) { w.first().add_peer_names("ra.one.example"); },
       "tenants[0].peer_names[2]: \"ra.one.example\" is tenants[0].peer_names[1] too"},
      {"no peer", [](World& w) { w.second().clear_peer_names(); },
       "tenants[1].peer_names: must name at least one peer"},
      {"a peer without a name", [](World& w) { w.second().set_peer_names(0, ""); },
       "tenants[1].peer_names[0]: must not be empty"},
      {"an unknown method", [](World& w) { w.first().add_methods("gopher-01"); },
       "tenants[0].methods[2]: \"gopher-01\" is not known; there are dns-change, dns-01"},
      {"an issuer that is no name",
       [](World& w) { w.first().set_caa_issuer_domain_names(0, "a b"); },
       "tenants[0].caa_issuer_domain_names[0]: "},
      {"issuers of a perspective", [](World& w) { w.rules.issuers_permitted = false; },
       "tenants[0].caa_issuer_domain_names: is for coordinators"},
      {"a negative rate", [](World& w) { w.second().set_checks_per_second(-1); },
       "tenants[1].checks_per_second: must be 0..1e6"},
      {"a rate that is no number",
       [](World& w) { w.second().set_checks_per_second(std::numeric_limits<double>::quiet_NaN()); },
       "tenants[1].checks_per_second: must be 0..1e6"},
      {"a burst without a rate", [](World& w) { w.second().set_checks_burst(5); },
       "tenants[1].checks_burst: means nothing without checks_per_second"},
      {"too much in flight", [](World& w) { w.first().set_checks_in_flight(200'001); },
       "tenants[0].checks_in_flight: must be 1..200000"},
      {"a label with a dash", [](World& w) { (*w.first().mutable_labels())["a-b"] = "c"; },
       "tenants[0].labels.a-b: the key must be"},
      {"a label that begins with a digit",
       [](World& w) { (*w.first().mutable_labels())["1a"] = "c"; },
       "tenants[0].labels.1a: the key must be"},
      {"a label that is ours", [](World& w) { (*w.first().mutable_labels())["tenant"] = "c"; },
       "tenants[0].labels.tenant: is reserved"},
      {"a label of Prometheus", [](World& w) { (*w.first().mutable_labels())["__a"] = "c"; },
       "tenants[0].labels.__a: is reserved"},
      {"a label of octets", [](World& w) { (*w.first().mutable_labels())["a"] = "\xff"; },
       "tenants[0].labels.a: must be UTF-8"},
      {"nothing to share out", [](World& w) { w.rules.checks_in_flight = 3; },
       "limits.checks_in_flight: must be at least 4 for 2 tenants"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    World world;
    c.spoil(world);
    EXPECT_THAT(world.Violations(), ElementsAre(HasSubstr(c.violation)));
  }
}

TEST(TenantsTest, WithoutTlsNobodyCanBeToldApart) {
  World world;
  world.tls.set_insecure_loopback(true);
  EXPECT_THAT(world.Violations(), ElementsAre(HasSubstr("tenants: without TLS"),
                                              HasSubstr("tenants[0].peer_names: without TLS"),
                                              HasSubstr("tenants[1].peer_names: without TLS")));
}

}  // namespace
}  // namespace mpic
