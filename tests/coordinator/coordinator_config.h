// A configuration that the coordinator accepts, for tests to spoil.
#ifndef MPIC_TESTS_COORDINATOR_COORDINATOR_CONFIG_H_
#define MPIC_TESTS_COORDINATOR_COORDINATOR_CONFIG_H_

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "mpic/config/v1/coordinator.pb.h"

namespace mpic::coordinator {

struct Site {
  const char* id;
  const char* rir;
  double latitude;
  double longitude;
};

inline constexpr Site kSites[] = {
    {"frankfurt", "RIPE NCC", 50.11, 8.68},  {"ashburn", "ARIN", 39.04, -77.49},
    {"oregon", "ARIN", 45.84, -119.7},       {"dublin", "RIPE", 53.35, -6.26},
    {"singapore", "APNIC", 1.35, 103.82},    {"saopaulo", "LACNIC", -23.55, -46.63},
    {"stockholm", "RIPE NCC", 59.33, 18.07},
};

inline void AddSite(config::v1::CoordinatorConfig& config, const Site& site) {
  config::v1::ConfiguredPerspective& perspective = *config.add_perspectives();
  perspective.set_perspective_id(site.id);
  perspective.set_address(absl::StrCat(site.id, ".example.net:7443"));
  perspective.set_peer_name(absl::StrCat("spiffe://mpic.example/", site.id));
  perspective.set_region(site.id);
  perspective.set_rir(site.rir);
  perspective.mutable_location()->set_latitude(site.latitude);
  perspective.mutable_location()->set_longitude(site.longitude);
}

// Frankfurt is the primary; the other six are remotes in four RIR regions.
inline config::v1::CoordinatorConfig SoundConfig() {
  config::v1::CoordinatorConfig config;
  config.set_listen("192.0.2.1:7443");
  config.set_admin_listen("127.0.0.1:9090");
  config.mutable_tls()->add_allowed_peers("spiffe://mpic.example/ra");
  for (const Site& site : kSites) AddSite(config, site);
  config.set_primary_perspective_id("frankfurt");
  config.add_caa_issuer_domain_names("ca.example.com");
  config.mutable_audit()->set_directory("/var/lib/mpic/audit");
  return config;
}

inline absl::Time Utc(int year, int month, int day) {
  return absl::FromCivil(absl::CivilDay(year, month, day), absl::UTCTimeZone());
}

}  // namespace mpic::coordinator

#endif  // MPIC_TESTS_COORDINATOR_COORDINATOR_CONFIG_H_
