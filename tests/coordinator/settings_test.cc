#include "coordinator/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "tests/coordinator/coordinator_config.h"

namespace mpic::coordinator {
namespace {

using config::v1::CoordinatorConfig;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const absl::Time kNow = Utc(2026, 11, 23);

TEST(SettingsTest, ASoundConfigurationGetsItsDefaults) {
  const auto settings = CheckSettings(SoundConfig(), kNow);
  ASSERT_TRUE(settings.ok()) << settings.status();
  EXPECT_EQ(settings->listen, "192.0.2.1:7443");
  ASSERT_TRUE(settings->primary.has_value());
  EXPECT_EQ(settings->primary->perspective_id, "frankfurt");
  ASSERT_EQ(settings->remotes.size(), 6);
  EXPECT_EQ(settings->policy.remotes_per_attempt, 6);
  EXPECT_EQ(settings->policy.attempts_max, 1);
  EXPECT_EQ(settings->policy.dispatch, Dispatch::kPrimaryFirst);
  EXPECT_EQ(settings->policy.retry_delay, absl::Milliseconds(500));
  EXPECT_EQ(settings->policy.check_budget, absl::Seconds(10));
  EXPECT_EQ(settings->policy.straggler_grace, absl::Seconds(1));
  EXPECT_EQ(settings->limits.checks_per_request, 1000);
  EXPECT_EQ(settings->limits.checks_in_flight, 10000);
  EXPECT_EQ(settings->limits.checks_in_flight_per_target, 50);
  EXPECT_EQ(settings->tenants.all().at(0)->tenant_id, "default");
  EXPECT_EQ(settings->limits.request_timeout, absl::Seconds(60));
  EXPECT_EQ(settings->drain_timeout, absl::Seconds(30));
  EXPECT_GE(settings->threads, 1);
  EXPECT_EQ(settings->log_level, config::v1::info);
  EXPECT_EQ(settings->public_suffix_list_file, "/usr/share/publicsuffix/public_suffix_list.dafsa");
  EXPECT_EQ(settings->caa_issuer_domain_names[0].text(), "ca.example.com");
  EXPECT_THAT(settings->warnings, IsEmpty());

  const ConfiguredPerspective& dublin = settings->remotes[2];
  EXPECT_EQ(dublin.perspective_id, "dublin");
  EXPECT_EQ(dublin.rir, v1::RIPE_NCC);
  EXPECT_EQ(dublin.resolver_id, "dublin");
  EXPECT_EQ(dublin.resolver_rir, v1::RIPE_NCC);
  EXPECT_EQ(dublin.resolver_location.latitude, 53.35);
}

TEST(SettingsTest, TenantsTakeThePlaceOfAllowedPeers) {
  CoordinatorConfig config = SoundConfig();
  config.mutable_tls()->clear_allowed_peers();
  config.mutable_limits()->set_checks_in_flight_per_target(7);
  config::v1::Tenant& tenant = *config.add_tenants();
  tenant.set_tenant_id("one");
  tenant.add_peer_names("spiffe://one.example/ra");
  tenant.add_caa_issuer_domain_names("one.example");
  const auto settings = CheckSettings(config, kNow);
  ASSERT_TRUE(settings.ok()) << settings.status();
  EXPECT_EQ(settings->limits.checks_in_flight_per_target, 7);
  EXPECT_EQ(settings->tenants.Find("spiffe://one.example/ra")->tenant_id, "one");
  EXPECT_THAT(settings->tls.allowed_peers(), ElementsAre("spiffe://one.example/ra"));

  config.mutable_tls()->add_allowed_peers("spiffe://two.example/ra");
  config.mutable_limits()->set_checks_in_flight_per_target(10'001);
  const auto refused = CheckSettings(config, kNow);
  EXPECT_THAT(std::string(refused.status().message()),
              ::testing::AllOf(HasSubstr("tenants: tls.allowed_peers is set as well"),
                               HasSubstr("limits.checks_in_flight_per_target: must be 1..10000")));
}

TEST(SettingsTest, WithoutPrimaryTheRaSuppliesIt) {
  CoordinatorConfig config = SoundConfig();
  config.clear_primary_perspective_id();
  const auto settings = CheckSettings(config, kNow);
  ASSERT_TRUE(settings.ok()) << settings.status();
  EXPECT_FALSE(settings->primary.has_value());
  EXPECT_EQ(settings->remotes.size(), 7);
  EXPECT_EQ(settings->policy.remotes_per_attempt, 6);
}

TEST(SettingsTest, ConfiguredValuesAreTaken) {
  CoordinatorConfig config = SoundConfig();
  auto& policy = *config.mutable_policy();
  policy.set_remotes_per_attempt(5);
  policy.set_non_corroborations_max(0);
  policy.set_rir_regions_min(3);
  policy.set_dispatch(config::v1::Policy::PARALLEL);
  policy.set_attempts_max(3);
  policy.mutable_retry_delay()->set_seconds(0);
  config.mutable_perspective_tls()->set_certificate_file("client.pem");
  auto& dublin = *config.mutable_perspectives(3);
  dublin.set_resolver_id("dublin-dns");
  dublin.mutable_resolver_location()->set_latitude(55.95);
  dublin.mutable_resolver_location()->set_longitude(-3.19);
  const auto settings = CheckSettings(config, kNow);
  ASSERT_TRUE(settings.ok()) << settings.status();
  EXPECT_EQ(settings->policy.remotes_per_attempt, 5);
  EXPECT_EQ(settings->policy.stricter.non_corroborations_max, 0);
  EXPECT_EQ(settings->policy.stricter.rir_regions_min, 3);
  EXPECT_EQ(settings->policy.dispatch, Dispatch::kParallel);
  EXPECT_EQ(settings->policy.attempts_max, 3);
  EXPECT_EQ(settings->policy.retry_delay, absl::ZeroDuration());
  EXPECT_EQ(settings->perspective_tls.certificate_file(), "client.pem");
  EXPECT_EQ(settings->remotes[2].resolver_id, "dublin-dns");
  EXPECT_EQ(settings->remotes[2].resolver_location.latitude, 55.95);
  EXPECT_EQ(settings->remotes[2].location.latitude, 53.35);
}

struct Case {
  const char* name;
  std::function<void(CoordinatorConfig&)> spoil;
  const char* violation;  // the line starts with this
};

config::v1::ConfiguredPerspective& Second(CoordinatorConfig& config) {
  return *config.mutable_perspectives(2);
}

void KeepFirst(CoordinatorConfig& config, int count) {
  config.mutable_perspectives()->DeleteSubrange(count, config.perspectives_size() - count);
}

const Case kCases[] = {
    {"no listen address", [](auto& c) { c.clear_listen(); }, "listen: "},
    {"a listen address without port", [](auto& c) { c.set_listen("127.0.0.1"); }, "listen: "},
    {"a listen address that is a name", [](auto& c) { c.set_listen("host:1"); }, "listen: "},
    {"a broken admin address", [](auto& c) { c.set_admin_listen("127.0.0.1:x"); },
     "admin_listen: "},
    {"the same address twice", [](auto& c) { c.set_admin_listen(c.listen()); },
     "admin_listen: must not be the same as listen"},
    {"no perspectives", [](auto& c) { c.clear_perspectives(); }, "perspectives: 0 remote"},
    {"an unknown primary", [](auto& c) { c.set_primary_perspective_id("mars"); },
     "primary_perspective_id: \"mars\" is none of the perspectives"},
    {"an empty id", [](auto& c) { Second(c).clear_perspective_id(); },
     "perspectives[2].perspective_id: "},
    {"an id in upper case", [](auto& c) { Second(c).set_perspective_id("Oregon"); },
     "perspectives[2].perspective_id: "},
    {"an id twice", [](auto& c) { Second(c).set_perspective_id("ashburn"); },
     "perspectives[2].perspective_id: \"ashburn\" is that of perspectives[1] too"},
    {"an address twice", [](auto& c) { Second(c).set_address("ashburn.example.net:7443"); },
     "perspectives[2].address: \"ashburn.example.net:7443\" is that of perspectives[1] too"},
    {"an address without port", [](auto& c) { Second(c).set_address("oregon.example.net"); },
     "perspectives[2].address: "},
    {"an address with port 0", [](auto& c) { Second(c).set_address("192.0.2.7:0"); },
     "perspectives[2].address: "},
    {"an address with port 65536", [](auto& c) { Second(c).set_address("oregon:65536"); },
     "perspectives[2].address: "},
    {"an IPv6 address without brackets", [](auto& c) { Second(c).set_address("2001:db8::1:7443"); },
     "perspectives[2].address: "},
    {"a certificate name twice",
     [](auto& c) { Second(c).set_peer_name(c.perspectives(1).peer_name()); },
     "perspectives[2].peer_name: \"spiffe://mpic.example/ashburn\" is that of perspectives[1] too"},
    {"no certificate name", [](auto& c) { Second(c).clear_peer_name(); },
     "perspectives[2].peer_name: "},
    {"no region", [](auto& c) { Second(c).clear_region(); }, "perspectives[2].region: "},
    {"no RIR", [](auto& c) { Second(c).clear_rir(); }, "perspectives[2].rir: unknown RIR"},
    {"an unknown RIR", [](auto& c) { Second(c).set_rir("INTERNIC"); },
     "perspectives[2].rir: unknown RIR \"INTERNIC\""},
    {"no location", [](auto& c) { Second(c).clear_location(); }, "perspectives[2].location: "},
    {"an empty location", [](auto& c) { Second(c).mutable_location()->Clear(); },
     "perspectives[2].location: 0, 0"},
    {"a latitude over 90", [](auto& c) { Second(c).mutable_location()->set_latitude(90.5); },
     "perspectives[2].location.latitude: "},
    {"a longitude under -180", [](auto& c) { Second(c).mutable_location()->set_longitude(-180.5); },
     "perspectives[2].location.longitude: "},
    {"a latitude that is no number",
     [](auto& c) {
       Second(c).mutable_location()->set_latitude(std::numeric_limits<double>::quiet_NaN());
     },
     "perspectives[2].location.latitude: "},
    {"vector 157: Dublin and London",
     [](auto& c) {
       Second(c).mutable_location()->set_latitude(51.5074);
       Second(c).mutable_location()->set_longitude(-0.1278);
     },
     "perspectives: locations of oregon and dublin are 46"},
    {"a remote too close to the primary",
     [](auto& c) {  // Amsterdam
       Second(c).mutable_location()->set_latitude(52.3676);
       Second(c).mutable_location()->set_longitude(4.9041);
     },
     "perspectives: locations of frankfurt and oregon are 36"},
    {"vector 158: two resolvers 300 km apart",
     [](auto& c) {
       Second(c).mutable_resolver_location()->set_latitude(39.04 + 2.7);
       Second(c).mutable_resolver_location()->set_longitude(-77.49);
     },
     "perspectives: resolvers of ashburn and oregon are 299.8 km apart"},
    {"a resolver in another RIR region", [](auto& c) { Second(c).set_resolver_rir("APNIC"); },
     "perspectives[2].resolver_rir: APNIC is not the RIR region of its perspective, ARIN"},
    {"an unknown RIR of a resolver", [](auto& c) { Second(c).set_resolver_rir("x"); },
     "perspectives[2].resolver_rir: unknown RIR"},
    {"a resolver twice",
     [](auto& c) {
       Second(c).set_resolver_id("shared");
       c.mutable_perspectives(1)->set_resolver_id("shared");
     },
     "perspectives[2].resolver_id: \"shared\" is that of perspectives[1] too"},
    {"a resolver's id that is another perspective's",
     [](auto& c) { Second(c).set_resolver_id("dublin"); },
     "perspectives[3].resolver_id: \"dublin\" is that of perspectives[2] too"},
    {"three remotes when four are required", [](auto& c) { KeepFirst(c, 4); },
     "perspectives: 3 remote perspectives are configured; at least 4"},
    {"remotes in one RIR region",
     [](auto& c) {
       for (auto& perspective : *c.mutable_perspectives()) perspective.set_rir("RIPE NCC");
     },
     "perspectives: no 4 remote perspectives"},
    {"fewer remotes an attempt than the phase asks for",
     [](auto& c) { c.mutable_policy()->set_remotes_per_attempt(3); },
     "policy.remotes_per_attempt: must be 4..6, not 3"},
    {"more remotes an attempt than there are",
     [](auto& c) { c.mutable_policy()->set_remotes_per_attempt(7); },
     "policy.remotes_per_attempt: must be 4..6, not 7"},
    {"more non-corroborations than the table",
     [](auto& c) { c.mutable_policy()->set_non_corroborations_max(3); },
     "policy.non_corroborations_max: 3 is looser than the 2"},
    {"more non-corroborations than the table for five",
     [](auto& c) {
       c.mutable_policy()->set_remotes_per_attempt(5);
       c.mutable_policy()->set_non_corroborations_max(2);
     },
     "policy.non_corroborations_max: 2 is looser than the 1"},
    {"fewer RIR regions than the phase",
     [](auto& c) { c.mutable_policy()->set_rir_regions_min(1); },
     "policy.rir_regions_min: 1 is looser than the 2"},
    {"more RIR regions than there are", [](auto& c) { c.mutable_policy()->set_rir_regions_min(5); },
     "perspectives: no 4 remote perspectives that stand at least 500 km apart cover 5 RIR regions"},
    {"too many attempts", [](auto& c) { c.mutable_policy()->set_attempts_max(6); },
     "policy.attempts_max: must be 1..5, not 6"},
    {"a long retry delay",
     [](auto& c) { c.mutable_policy()->mutable_retry_delay()->set_seconds(61); },
     "policy.retry_delay: "},
    {"a negative retry delay",
     [](auto& c) { c.mutable_policy()->mutable_retry_delay()->set_nanos(-1); },
     "policy.retry_delay: "},
    {"a budget of zero", [](auto& c) { c.mutable_policy()->mutable_check_budget(); },
     "policy.check_budget: "},
    {"a budget over two minutes",
     [](auto& c) { c.mutable_policy()->mutable_check_budget()->set_seconds(121); },
     "policy.check_budget: "},
    {"a long grace",
     [](auto& c) { c.mutable_policy()->mutable_straggler_grace()->set_seconds(31); },
     "policy.straggler_grace: "},
    {"a budget longer than the request",
     [](auto& c) { c.mutable_limits()->mutable_request_timeout()->set_seconds(5); },
     "limits.request_timeout: must not be shorter than policy.check_budget"},
    {"too many checks a request", [](auto& c) { c.mutable_limits()->set_checks_per_request(1001); },
     "limits.checks_per_request: "},
    {"too many checks in flight", [](auto& c) { c.mutable_limits()->set_checks_in_flight(200001); },
     "limits.checks_in_flight: "},
    {"too many threads", [](auto& c) { c.set_threads(65); }, "threads: must be 1..64, not 65"},
    {"a long drain", [](auto& c) { c.mutable_drain_timeout()->set_seconds(601); },
     "drain_timeout: "},
    {"an issuer name that is no name", [](auto& c) { c.add_caa_issuer_domain_names("a b"); },
     "caa_issuer_domain_names[1]: "},
    {"too many issuer names",
     [](auto& c) {
       for (int i = 0; i < 16; ++i) c.add_caa_issuer_domain_names("ca.example.com");
     },
     "caa_issuer_domain_names: at most 16"},
    {"no audit directory", [](auto& c) { c.clear_audit(); }, "audit.directory: must be set"},
    {"more perspectives than are supported",
     [](auto& c) {
       while (c.perspectives_size() <= 64) c.add_perspectives();
     },
     "perspectives: at most 64"},
};

TEST(SettingsTest, Violations) {
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.name);
    CoordinatorConfig config = SoundConfig();
    c.spoil(config);
    const auto settings = CheckSettings(config, kNow);
    ASSERT_FALSE(settings.ok());
    EXPECT_EQ(settings.status().code(), absl::StatusCode::kFailedPrecondition);
    const std::vector<std::string> lines = absl::StrSplit(settings.status().message(), '\n');
    EXPECT_THAT(lines, Contains(::testing::StartsWith(c.violation)));
  }
}

TEST(SettingsTest, AllViolationsAreListedAtOnceAndNoneIsSaidTwice) {
  CoordinatorConfig config = SoundConfig();
  config.clear_listen();
  config.mutable_perspectives(2)->set_rir("INTERNIC");
  config.mutable_perspectives(3)->clear_location();
  config.mutable_policy()->set_attempts_max(9);
  config.clear_audit();
  const std::vector<std::string> lines =
      absl::StrSplit(CheckSettings(config, kNow).status().message(), '\n');
  EXPECT_THAT(lines, ElementsAre(HasSubstr("perspectives[2].rir: "),
                                 HasSubstr("perspectives[3].location: "),
                                 HasSubstr("policy.attempts_max: "), HasSubstr("listen: "),
                                 HasSubstr("audit.directory: ")));
}

TEST(SettingsTest, PlaintextNeedsNoCertificateNames) {
  CoordinatorConfig config = SoundConfig();
  config.mutable_tls()->set_insecure_loopback(true);
  for (auto& perspective : *config.mutable_perspectives()) perspective.clear_peer_name();
  EXPECT_TRUE(CheckSettings(config, kNow).ok());
  config.mutable_perspective_tls()->set_certificate_file("client.pem");
  EXPECT_FALSE(CheckSettings(config, kNow).ok());
}

TEST(SettingsTest, LiteralAddressesArePerspectiveAddresses) {
  CoordinatorConfig config = SoundConfig();
  config.mutable_perspectives(1)->set_address("[2001:db8::1]:7443");
  config.mutable_perspectives(2)->set_address("192.0.2.7:7443");
  config.mutable_perspectives(3)->set_address("localhost:7443");
  EXPECT_TRUE(CheckSettings(config, kNow).ok());
}

struct DateCase {
  const char* name;
  int remotes;
  absl::Time now;
  bool accepted;
  const char* warning;  // "": none about a later phase
};

const DateCase kDates[] = {
    {"four remotes the day before five are required", 4, Utc(2026, 12, 15) - absl::Seconds(1), true,
     "from 2026-12-15: perspectives: 4 remote perspectives are configured; at least 5"},
    {"four remotes on the day on which five are required", 4, Utc(2026, 12, 15), false, ""},
    {"five remotes on that day", 5, Utc(2026, 12, 15), true, ""},
    {"three remotes on the last day on which they suffice", 3, Utc(2026, 6, 15) - absl::Seconds(1),
     true, "from 2026-06-15: perspectives: 3 remote"},
    {"three remotes a second later", 3, Utc(2026, 6, 15), false, ""},
};

TEST(SettingsTest, PhasesByDate) {
  for (const DateCase& c : kDates) {
    SCOPED_TRACE(c.name);
    CoordinatorConfig config = SoundConfig();
    KeepFirst(config, c.remotes + 1);
    const auto settings = CheckSettings(config, c.now);
    ASSERT_EQ(settings.ok(), c.accepted) << settings.status();
    if (!settings.ok()) continue;
    EXPECT_EQ(std::any_of(settings->warnings.begin(), settings->warnings.end(),
                          [](const std::string& line) { return line.rfind("from ", 0) == 0; }),
              *c.warning != '\0');
    if (*c.warning != '\0') EXPECT_THAT(settings->warnings, Contains(HasSubstr(c.warning)));
  }
}

TEST(SettingsTest, AWantedSizeBelowALaterPhaseIsWarnedOf) {
  CoordinatorConfig config = SoundConfig();
  config.mutable_policy()->set_remotes_per_attempt(4);
  const auto settings = CheckSettings(config, kNow);
  ASSERT_TRUE(settings.ok()) << settings.status();
  EXPECT_THAT(settings->warnings,
              ElementsAre("from 2026-12-15: policy.remotes_per_attempt: 4 is below the 5 of BR "
                          "3.2.2.9"));
}

TEST(SettingsTest, ALostRirMarginIsWarnedOf) {
  CoordinatorConfig config = SoundConfig();
  KeepFirst(config, 6);
  for (int i : {2, 4, 5}) config.mutable_perspectives(i)->set_rir("RIPE NCC");
  const auto settings = CheckSettings(config, kNow);
  ASSERT_TRUE(settings.ok()) << settings.status();
  EXPECT_THAT(settings->warnings,
              ElementsAre("perspectives: the RIR rule may refuse although the quorum allows 1 "
                          "failures, for example of ashburn"));
}

TEST(SettingsTest, SwitchesAreWarnedOf) {
  CoordinatorConfig config = SoundConfig();
  config.set_lab(true);
  config.mutable_policy()->set_report_only(true);
  config.mutable_policy()->set_caa_lookup_failure_may_permit(true);
  const auto settings = CheckSettings(config, kNow);
  ASSERT_TRUE(settings.ok()) << settings.status();
  EXPECT_TRUE(settings->lab);
  EXPECT_TRUE(settings->policy.report_only);
  EXPECT_TRUE(settings->policy.caa_lookup_failure_may_permit);
  EXPECT_THAT(settings->warnings,
              ::testing::UnorderedElementsAre(HasSubstr("report_only"), HasSubstr("laboratory"),
                                              HasSubstr("policy.caa_lookup_failure_may_permit: "),
                                              HasSubstr("policy.check_budget: ")));
  config.mutable_policy()->mutable_check_budget()->set_seconds(15);  // enough for the proof
  EXPECT_THAT(CheckSettings(config, kNow)->warnings, ::testing::SizeIs(3));
  EXPECT_FALSE(CheckSettings(SoundConfig(), kNow)->policy.caa_lookup_failure_may_permit);
}

}  // namespace
}  // namespace mpic::coordinator
