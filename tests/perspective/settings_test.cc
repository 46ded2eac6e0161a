#include "perspective/settings.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"

namespace mpic::perspective {
namespace {

using config::v1::PerspectiveConfig;
using ::testing::ElementsAre;
using ::testing::SizeIs;

PerspectiveConfig Good() {
  PerspectiveConfig config;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
      R"pb(
        perspective_id: "fra-1"
        region: "eu-central-1"
        rir: "RIPE NCC"
        location { latitude: 50.1 longitude: 8.7 }
        resolver { address: "127.0.0.1:53" validates_dnssec: true }
        listen: "0.0.0.0:7443"
        tls {
          certificate_file: "c.pem"
          private_key_file: "k.pem"
          trusted_ca_file: "ca.pem"
          allowed_peers: "spiffe://ca.example/coordinator"
        }
      )pb",
      &config));
  return config;
}

std::vector<std::string> Violations(const PerspectiveConfig& config) {
  const auto settings = CheckSettings(config);
  if (settings.ok()) return {};
  EXPECT_EQ(settings.status().code(), absl::StatusCode::kFailedPrecondition);
  return absl::StrSplit(settings.status().message(), '\n');
}

TEST(PerspectiveSettingsTest, DefaultsAreResolved) {
  const auto settings = CheckSettings(Good());
  ASSERT_TRUE(settings.ok()) << settings.status();
  EXPECT_EQ(settings->identity.perspective_id(), "fra-1");
  EXPECT_EQ(settings->identity.rir(), v1::RIPE_NCC);
  EXPECT_EQ(settings->identity.resolver().resolver_id(), "fra-1");
  EXPECT_EQ(settings->identity.resolver().rir(), v1::RIPE_NCC);
  EXPECT_EQ(settings->identity.resolver().location().latitude(), 50.1);
  EXPECT_TRUE(settings->identity.resolver().validates_dnssec());
  EXPECT_FALSE(settings->identity.lab());
  EXPECT_EQ(settings->resolver.text(), "127.0.0.1:53");
  EXPECT_EQ(settings->listen, "0.0.0.0:7443");
  EXPECT_EQ(settings->admin_listen, "");
  EXPECT_EQ(settings->user_agent, settings->identity.software());
  EXPECT_EQ(settings->log_level, config::v1::info);
  EXPECT_EQ(settings->drain_timeout, absl::Seconds(30));
  EXPECT_GE(settings->threads, 1U);
  EXPECT_EQ(settings->limits.dns_timeout, absl::Seconds(2));
  EXPECT_EQ(settings->limits.dns_tries_max, 3U);
  EXPECT_EQ(settings->limits.checks_in_flight_per_stream_max, 10'000U);
  EXPECT_EQ(settings->lab_ports.http, 0);
  EXPECT_THAT(settings->allowed_reserved_prefixes, SizeIs(0));
}

TEST(PerspectiveSettingsTest, WhatIsSetIsTaken) {
  PerspectiveConfig config = Good();
  ASSERT_TRUE(google::protobuf::TextFormat::MergeFromString(
      R"pb(
        resolver {
          resolver_id: "unbound-2"
          rir: "RIPE NCC"
          location { latitude: 52 longitude: 13 }
        }
        admin_listen: "[::1]:9100"
        limits {
          checks_in_flight_per_stream: 2
          checks_in_flight: 3
          checks_in_flight_per_name: 4
          connections_per_address: 5
          dns_timeout { nanos: 100000000 }
          dns_tries: 5
          connect_timeout { seconds: 1 }
          http_timeout { seconds: 3 }
          tls_handshake_timeout { seconds: 4 }
        }
        user_agent: "ca/1"
        log_level: warning
        drain_timeout {}
        threads: 4
        refused_prefixes: "198.51.100.0/24"
        lab { allowed_reserved_prefixes: "127.0.0.0/8" http_port: 8080 https_port: 8443 }
      )pb",
      &config));
  const auto settings = CheckSettings(config);
  ASSERT_TRUE(settings.ok()) << settings.status();
  EXPECT_EQ(settings->identity.resolver().resolver_id(), "unbound-2");
  EXPECT_EQ(settings->identity.resolver().location().longitude(), 13);
  EXPECT_TRUE(settings->identity.lab());
  EXPECT_EQ(settings->admin_listen, "[::1]:9100");
  EXPECT_THAT(settings->refused_prefixes, SizeIs(1));
  EXPECT_EQ(settings->limits.checks_in_flight_per_stream_max, 2U);
  EXPECT_EQ(settings->limits.checks_in_flight_max, 3U);
  EXPECT_EQ(settings->limits.checks_in_flight_per_name_max, 4U);
  EXPECT_EQ(settings->limits.connections_per_address_max, 5U);
  EXPECT_EQ(settings->limits.dns_timeout, absl::Milliseconds(100));
  EXPECT_EQ(settings->limits.dns_tries_max, 5U);
  EXPECT_EQ(settings->limits.connect_timeout, absl::Seconds(1));
  EXPECT_EQ(settings->limits.http_timeout, absl::Seconds(3));
  EXPECT_EQ(settings->limits.tls_handshake_timeout, absl::Seconds(4));
  EXPECT_EQ(settings->user_agent, "ca/1");
  EXPECT_EQ(settings->log_level, config::v1::warning);
  EXPECT_EQ(settings->drain_timeout, absl::ZeroDuration());
  EXPECT_EQ(settings->threads, 4U);
  ASSERT_THAT(settings->allowed_reserved_prefixes, SizeIs(1));
  EXPECT_EQ(settings->lab_ports.http, 8080);
  EXPECT_EQ(settings->lab_ports.https, 8443);
}

TEST(PerspectiveSettingsTest, TheUncachedNameLeavesRoomForALabel) {
  PerspectiveConfig config = Good();
  EXPECT_FALSE(CheckSettings(config)->uncached_name.has_value());
  const std::string label(62, 'a');
  const std::string longest =  // 236 octets
      absl::StrCat(label, ".", label, ".", label, ".", std::string(47, 'b'));
  config.mutable_resolver()->set_uncached_name(longest);
  ASSERT_TRUE(CheckSettings(config).ok()) << CheckSettings(config).status();
  EXPECT_EQ(CheckSettings(config)->uncached_name->text(), longest);
  for (const std::string& bad :
       {absl::StrCat(longest, "b"), std::string("a..b"), std::string("*")}) {
    config.mutable_resolver()->set_uncached_name(bad);
    EXPECT_THAT(Violations(config), ElementsAre(::testing::StartsWith("resolver.uncached_name: ")))
        << bad;
  }
}

TEST(PerspectiveSettingsTest, TenantsTakeThePlaceOfAllowedPeers) {
  PerspectiveConfig config = Good();
  config.mutable_tls()->clear_allowed_peers();
  config::v1::Tenant& tenant = *config.add_tenants();
  tenant.set_tenant_id("one");
  tenant.add_peer_names("spiffe://one.example/coordinator");
  const auto settings = CheckSettings(config);
  ASSERT_TRUE(settings.ok()) << settings.status();
  EXPECT_EQ(settings->tenants.Find("spiffe://one.example/coordinator")->tenant_id, "one");
}

TEST(PerspectiveSettingsTest, AnEmptyLabIsALab) {
  PerspectiveConfig config = Good();
  config.mutable_lab();
  EXPECT_TRUE(CheckSettings(config)->identity.lab());
}

TEST(PerspectiveSettingsTest, EachViolationNamesItsField) {
  const struct {
    const char* name;
    std::function<void(PerspectiveConfig&)> change;
    const char* field;
  } cases[] = {
      {"no id", [](auto& c) { c.clear_perspective_id(); }, "perspective_id"},
      {"id in capitals", [](auto& c) { c.set_perspective_id("FRA"); }, "perspective_id"},
      {"id of 65 octets", [](auto& c) { c.set_region(std::string(65, 'a')); }, "region"},
      {"too many checks of a name",
       [](auto& c) { c.mutable_limits()->set_checks_in_flight_per_name(10'001); },
       "limits.checks_in_flight_per_name"},
      {"too many connections to an address",
       [](auto& c) { c.mutable_limits()->set_connections_per_address(10'001); },
       "limits.connections_per_address"},
      {"a tenant without an id",
       [](auto& c) {
         c.mutable_tls()->clear_allowed_peers();
         c.add_tenants()->add_peer_names("a");
       },
       "tenants[0].tenant_id"},
      {"issuers of a tenant",
       [](auto& c) {
         c.mutable_tls()->clear_allowed_peers();
         c.add_tenants()->set_tenant_id("one");
         c.mutable_tenants(0)->add_peer_names("a");
         c.mutable_tenants(0)->add_caa_issuer_domain_names("ca.example");
       },
       "tenants[0].caa_issuer_domain_names"},
      {"nobody who may ask", [](auto& c) { c.mutable_tls()->clear_allowed_peers(); },
       "tls.allowed_peers"},
      {"no region", [](auto& c) { c.clear_region(); }, "region"},
      {"region with a blank", [](auto& c) { c.set_region("eu 1"); }, "region"},
      {"no RIR", [](auto& c) { c.clear_rir(); }, "rir"},
      {"unknown RIR", [](auto& c) { c.set_rir("MARS"); }, "rir"},
      {"no location", [](auto& c) { c.clear_location(); }, "location"},
      {"latitude 91", [](auto& c) { c.mutable_location()->set_latitude(91); }, "location"},
      {"longitude -181", [](auto& c) { c.mutable_location()->set_longitude(-181); }, "location"},
      {"latitude NaN", [](auto& c) { c.mutable_location()->set_latitude(__builtin_nan("")); },
       "location"},
      {"resolver id", [](auto& c) { c.mutable_resolver()->set_resolver_id("a_b"); },
       "resolver.resolver_id"},
      {"no resolver", [](auto& c) { c.clear_resolver(); }, "resolver.address"},
      {"resolver by name", [](auto& c) { c.mutable_resolver()->set_address("localhost:53"); },
       "resolver.address"},
      {"resolver without port", [](auto& c) { c.mutable_resolver()->set_address("127.0.0.1"); },
       "resolver.address"},
      {"resolver at port 0", [](auto& c) { c.mutable_resolver()->set_address("127.0.0.1:0"); },
       "resolver.address"},
      {"bare IPv6 resolver", [](auto& c) { c.mutable_resolver()->set_address("::1:53"); },
       "resolver.address"},
      {"resolver of another RIR", [](auto& c) { c.mutable_resolver()->set_rir("ARIN"); },
       "resolver.rir"},
      {"resolver's location",
       [](auto& c) { c.mutable_resolver()->mutable_location()->set_latitude(-91); },
       "resolver.location"},
      {"no listen", [](auto& c) { c.clear_listen(); }, "listen"},
      {"listen by name", [](auto& c) { c.set_listen("localhost:1"); }, "listen"},
      {"port 65536", [](auto& c) { c.set_listen("127.0.0.1:65536"); }, "listen"},
      {"admin_listen", [](auto& c) { c.set_admin_listen("9100"); }, "admin_listen"},
      {"user agent with a line break", [](auto& c) { c.set_user_agent("a\r\nb"); }, "user_agent"},
      {"user agent of 257 octets", [](auto& c) { c.set_user_agent(std::string(257, 'a')); },
       "user_agent"},
      {"drain of 11 minutes", [](auto& c) { c.mutable_drain_timeout()->set_seconds(660); },
       "drain_timeout"},
      {"drain below zero", [](auto& c) { c.mutable_drain_timeout()->set_seconds(-1); },
       "drain_timeout"},
      {"257 threads", [](auto& c) { c.set_threads(257); }, "threads"},
      {"100001 checks a stream",
       [](auto& c) { c.mutable_limits()->set_checks_in_flight_per_stream(100'001); },
       "limits.checks_in_flight_per_stream"},
      {"200001 checks", [](auto& c) { c.mutable_limits()->set_checks_in_flight(200'001); },
       "limits.checks_in_flight"},
      {"DNS timeout of 49 ms",
       [](auto& c) { c.mutable_limits()->mutable_dns_timeout()->set_nanos(49'000'000); },
       "limits.dns_timeout"},
      {"DNS timeout of 11 s",
       [](auto& c) { c.mutable_limits()->mutable_dns_timeout()->set_seconds(11); },
       "limits.dns_timeout"},
      {"6 DNS tries", [](auto& c) { c.mutable_limits()->set_dns_tries(6); }, "limits.dns_tries"},
      {"connect timeout of 0", [](auto& c) { c.mutable_limits()->mutable_connect_timeout(); },
       "limits.connect_timeout"},
      {"HTTP timeout of 61 s",
       [](auto& c) { c.mutable_limits()->mutable_http_timeout()->set_seconds(61); },
       "limits.http_timeout"},
      {"TLS handshake timeout of 99 ms",
       [](auto& c) { c.mutable_limits()->mutable_tls_handshake_timeout()->set_nanos(99'000'000); },
       "limits.tls_handshake_timeout"},
      {"lab prefix",
       [](auto& c) {
         c.mutable_lab()->add_allowed_reserved_prefixes("127.0.0.0/8");
         c.mutable_lab()->add_allowed_reserved_prefixes("127.0.0.0/33");
       },
       "lab.allowed_reserved_prefixes[1]"},
      {"attestation without key id",
       [](auto& c) { c.mutable_attestation()->set_private_key_file("k.pem"); },
       "attestation.key_id"},
      {"attestation without key file", [](auto& c) { c.mutable_attestation()->set_key_id("k1"); },
       "attestation.private_key_file"},
      {"lab port", [](auto& c) { c.mutable_lab()->set_http_port(65'536); }, "lab.http_port"},
      {"lab TLS port", [](auto& c) { c.mutable_lab()->set_https_port(70'000); }, "lab.https_port"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    PerspectiveConfig config = Good();
    c.change(config);
    const std::vector<std::string> violations = Violations(config);
    ASSERT_FALSE(violations.empty());
    EXPECT_TRUE(absl::StartsWith(violations[0], std::string(c.field) + ": ")) << violations[0];
  }
}

// Sets the variable for as long as it lives; nullptr: makes sure that it is not set.
class Variable {
 public:
  explicit Variable(const char* value) {
    if (value == nullptr) {
      unsetenv(kName);
    } else {
      setenv(kName, value, /*overwrite=*/1);
    }
  }
  ~Variable() { unsetenv(kName); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

  static constexpr char kName[] = "MPIC_SETTINGS_TEST_REGION";
};

TEST(PerspectiveSettingsTest, RunsNowhereButInItsRegion) {
  PerspectiveConfig config = Good();
  config.set_region_variable(Variable::kName);
  {
    const Variable at_home("eu-central-1");
    EXPECT_THAT(Violations(config), ElementsAre());
  }
  for (const char* elsewhere :
       {"us-east-1", "eu-central-1a", "", static_cast<const char*>(nullptr)}) {
    const Variable variable(elsewhere);
    EXPECT_THAT(Violations(config),
                ElementsAre(::testing::StartsWith("region: this process runs")));
  }
  const Variable ignored("us-east-1");
  EXPECT_THAT(Violations(Good()), ElementsAre());
}

TEST(PerspectiveSettingsTest, AllViolationsAreListedAtOnce) {
  PerspectiveConfig config = Good();
  config.clear_perspective_id();
  config.mutable_resolver()->set_resolver_id("r");
  config.set_listen("nowhere");
  config.set_threads(1000);
  EXPECT_THAT(Violations(config),
              ElementsAre(::testing::StartsWith("perspective_id: "),
                          ::testing::StartsWith("listen: "), ::testing::StartsWith("threads: ")));
}

}  // namespace
}  // namespace mpic::perspective
