#include "coordinator/configured_perspective.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "common/domain_name.h"
#include "common/ip_address.h"
#include "common/rir.h"
#include "coordinator/cohort.h"

namespace mpic::coordinator {
namespace {

bool IsPrintable(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isgraph(static_cast<unsigned char>(c));
  });
}

bool IsHostAndPort(absl::string_view text) {
  if (const auto endpoint = IpEndpoint::Parse(text); endpoint.ok()) return endpoint->port != 0;
  const std::size_t colon = text.rfind(':');
  if (colon == absl::string_view::npos) return false;
  unsigned port = 0;
  return DomainName::ParseDns(text.substr(0, colon)).ok() &&
         absl::SimpleAtoi(text.substr(colon + 1), &port) && port >= 1 && port <= 65535;
}

GeoPoint ReadPoint(const std::string& field, const config::v1::Coordinates& coordinates,
                   ConfigViolations& violations) {
  const GeoPoint point{.latitude = coordinates.latitude(), .longitude = coordinates.longitude()};
  // Written so that "not a number" is refused.
  if (!(std::abs(point.latitude) <= 90)) violations.Add(field + ".latitude", "must be -90..90");
  if (!(std::abs(point.longitude) <= 180))
    violations.Add(field + ".longitude", "must be -180..180");
  if (point.latitude == 0 && point.longitude == 0) {
    violations.Add(field, "0, 0 lies in the sea; set latitude and longitude");
  }
  return point;
}

void ReadResolver(const std::string& path, const config::v1::ConfiguredPerspective& config,
                  ConfiguredPerspective& perspective, ConfigViolations& violations) {
  perspective.resolver_id =
      config.resolver_id().empty() ? perspective.perspective_id : config.resolver_id();
  perspective.resolver_rir = perspective.rir;
  perspective.resolver_location = perspective.location;
  if (!config.resolver_id().empty()) {
    violations.CheckId(path + ".resolver_id", config.resolver_id());
  }
  if (config.has_resolver_location()) {
    perspective.resolver_location =
        ReadPoint(path + ".resolver_location", config.resolver_location(), violations);
  }
  if (config.resolver_rir().empty()) return;
  perspective.resolver_rir =
      violations.Take(path + ".resolver_rir", ParseRir(config.resolver_rir()), v1::RIR_UNSPECIFIED);
  if (perspective.resolver_rir != v1::RIR_UNSPECIFIED && perspective.rir != v1::RIR_UNSPECIFIED &&
      perspective.resolver_rir != perspective.rir) {
    violations.Add(path + ".resolver_rir",
                   absl::StrCat(RirName(perspective.resolver_rir),
                                " is not the RIR region of its perspective, ",
                                RirName(perspective.rir), " (BR 3.2.2.9)"));
  }
}

ConfiguredPerspective ReadPerspective(const std::string& path, bool plaintext,
                                      const config::v1::ConfiguredPerspective& config,
                                      ConfigViolations& violations) {
  ConfiguredPerspective perspective{.perspective_id = config.perspective_id(),
                                    .address = config.address(),
                                    .peer_name = config.peer_name(),
                                    .region = config.region()};
  violations.CheckId(path + ".perspective_id", config.perspective_id());
  if (!IsHostAndPort(config.address())) {
    violations.Add(path + ".address",
                   absl::StrCat("\"", config.address(), "\" is not \"host:port\""));
  }
  if (config.peer_name().empty() && !plaintext) {
    violations.Add(path + ".peer_name",
                   "must name the URI or DNS SAN of the perspective's certificate");
  }
  if (!IsPrintable(config.region())) {
    violations.Add(path + ".region", "must be set, in printable characters without space");
  }
  perspective.rir = violations.Take(path + ".rir", ParseRir(config.rir()), v1::RIR_UNSPECIFIED);
  if (config.has_location()) {
    perspective.location = ReadPoint(path + ".location", config.location(), violations);
  } else {
    violations.Add(path + ".location", "must be set (BR 3.2.2.9 measures distances)");
  }
  ReadResolver(path, config, perspective, violations);
  for (const config::v1::AttestationKey& key : config.attestation_keys()) {
    perspective.attestation_keys.push_back(
        {.key_id = key.key_id(), .public_key_file = key.public_key_file()});
  }
  return perspective;
}

// Empty values were judged before.
void CheckUnique(const std::vector<ConfiguredPerspective>& perspectives, absl::string_view field,
                 std::string ConfiguredPerspective::* member, ConfigViolations& violations) {
  std::map<std::string, std::size_t> first;
  for (std::size_t i = 0; i < perspectives.size(); ++i) {
    const std::string& value = perspectives[i].*member;
    if (value.empty()) continue;
    const auto [seen, added] = first.emplace(value, i);
    if (added) continue;
    violations.Add(absl::StrCat("perspectives[", i, "].", field),
                   absl::StrCat("\"", value, "\" is that of perspectives[", seen->second, "] too"));
  }
}

// Distances to a place that is missing would only repeat that violation.
bool BothSet(const GeoPoint& a, const GeoPoint& b) {
  const auto is_set = [](const GeoPoint& point) {
    return point.latitude != 0 || point.longitude != 0;
  };
  return is_set(a) && is_set(b);
}

void CheckDistances(const std::vector<ConfiguredPerspective>& perspectives,
                    ConfigViolations& violations) {
  const auto check = [&](absl::string_view what, const ConfiguredPerspective& a,
                         const ConfiguredPerspective& b, GeoPoint ConfiguredPerspective::* place) {
    if (!BothSet(a.*place, b.*place) || Distinct(a.*place, b.*place)) return;
    violations.Add(
        "perspectives",
        absl::StrFormat("%s of %s and %s are %.1f km apart; at least 500 km are "
                        "required (BR 3.2.2.9)",
                        what, a.perspective_id, b.perspective_id, DistanceKm(a.*place, b.*place)));
  };
  for (std::size_t i = 0; i < perspectives.size(); ++i) {
    for (std::size_t k = i + 1; k < perspectives.size(); ++k) {
      check("locations", perspectives[i], perspectives[k], &ConfiguredPerspective::location);
      check("resolvers", perspectives[i], perspectives[k],
            &ConfiguredPerspective::resolver_location);
    }
  }
}

}  // namespace

std::vector<ConfiguredPerspective> CheckPerspectives(const config::v1::CoordinatorConfig& config,
                                                     ConfigViolations& violations) {
  if (config.perspectives_size() > static_cast<int>(kPerspectivesMax)) {
    violations.Add("perspectives", absl::StrCat("at most ", kPerspectivesMax, " are supported"));
    return {};
  }
  const bool plaintext = config.has_perspective_tls() ? config.perspective_tls().insecure_loopback()
                                                      : config.tls().insecure_loopback();
  std::vector<ConfiguredPerspective> perspectives;
  for (int i = 0; i < config.perspectives_size(); ++i) {
    perspectives.push_back(ReadPerspective(absl::StrCat("perspectives[", i, "]"), plaintext,
                                           config.perspectives(i), violations));
  }
  using Perspective = ConfiguredPerspective;
  CheckUnique(perspectives, "perspective_id", &Perspective::perspective_id, violations);
  CheckUnique(perspectives, "address", &Perspective::address, violations);
  CheckUnique(perspectives, "peer_name", &Perspective::peer_name, violations);
  CheckUnique(perspectives, "resolver_id", &Perspective::resolver_id, violations);
  CheckDistances(perspectives, violations);
  return perspectives;
}

}  // namespace mpic::coordinator
