#include "perspective/settings.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/config_file.h"
#include "common/config_violations.h"
#include "common/rir.h"
#include "common/tenants_check.h"
#include "common/tls_times.h"

namespace mpic::perspective {
namespace {

using config::v1::PerspectiveConfig;

void SetLocation(absl::string_view field, bool given, const config::v1::Coordinates& from,
                 v1::Location& to, ConfigViolations& violations) {
  if (!given) return violations.Add(field, "must be set, with latitude and longitude in degrees");
  // Written so that NaN fails, too.
  if (!(from.latitude() >= -90 && from.latitude() <= 90 && from.longitude() >= -180 &&
        from.longitude() <= 180)) {
    violations.Add(field, "latitude must be -90..90 and longitude -180..180");
  }
  to.set_latitude(from.latitude());
  to.set_longitude(from.longitude());
}

void SetResolver(const PerspectiveConfig& config, Settings& settings,
                 ConfigViolations& violations) {
  const config::v1::PerspectiveResolver& from = config.resolver();
  v1::Resolver& to = *settings.identity.mutable_resolver();
  to.set_resolver_id(from.resolver_id().empty() ? config.perspective_id() : from.resolver_id());
  violations.CheckId("resolver.resolver_id", to.resolver_id());
  const v1::Rir rir = settings.identity.rir();
  to.set_rir(from.rir().empty() ? rir : violations.Take("resolver.rir", ParseRir(from.rir()), rir));
  if (to.rir() != rir) {
    violations.Add("resolver.rir", "must be the perspective's own RIR region (BR 3.2.2.9)");
  }
  if (from.has_location()) {
    SetLocation("resolver.location", true, from.location(), *to.mutable_location(), violations);
  } else {
    *to.mutable_location() = settings.identity.location();
  }
  to.set_validates_dnssec(from.validates_dnssec());
  settings.resolver = violations.Take("resolver.address", IpEndpoint::Parse(from.address()),
                                      IpEndpoint{.address = {}, .port = 53});
  if (settings.resolver.port == 0) violations.Add("resolver.address", "port must not be 0");
  if (from.uncached_name().empty()) return;
  absl::StatusOr<DomainName> uncached = DomainName::ParseDns(from.uncached_name());
  if (uncached.ok() && uncached->text().size() > kUncachedNameOctetsMax) {
    violations.Add("resolver.uncached_name",
                   absl::StrCat("must have at most ", kUncachedNameOctetsMax, " octets"));
  }
  settings.uncached_name = violations.Take("resolver.uncached_name", std::move(uncached),
                                           DomainName::ParseDns("com").value());
}

void SetDnssecWatch(const config::v1::PerspectiveResolver& from, Settings& settings,
                    ConfigViolations& violations) {
  const DomainName com = DomainName::ParseDns("com").value();
  DnssecWatchOptions watch{.signed_delegation = com, .bogus_name = std::nullopt, .interval = {}};
  if (!from.signed_delegation().empty()) {
    watch.signed_delegation = violations.Take("resolver.signed_delegation",
                                              DomainName::ParseDns(from.signed_delegation()), com);
  }
  if (watch.signed_delegation.label_count() != 1) {
    violations.Add("resolver.signed_delegation", "must be a delegation of the root: one label");
  }
  if (!from.bogus_name().empty()) {
    watch.bogus_name =
        violations.Take("resolver.bogus_name", DomainName::ParseDns(from.bogus_name()), com);
  }
  watch.interval = violations.Duration(
      "resolver.proof_interval", from.has_proof_interval(), from.proof_interval(),
      {.low = absl::Seconds(1), .high = absl::Hours(1)}, absl::Minutes(1));
  if (from.validates_dnssec()) settings.dnssec_watch = std::move(watch);
}

void SetIdentity(const PerspectiveConfig& config, Settings& settings,
                 ConfigViolations& violations) {
  violations.CheckId("perspective_id", config.perspective_id());
  violations.CheckId("region", config.region());
  v1::PerspectiveIdentity& identity = settings.identity;
  identity.set_perspective_id(config.perspective_id());
  identity.set_region(config.region());
  identity.set_rir(violations.Take("rir", ParseRir(config.rir()), v1::RIR_UNSPECIFIED));
  SetLocation("location", config.has_location(), config.location(), *identity.mutable_location(),
              violations);
  identity.set_software("mpic-perspective/" MPIC_VERSION);
  identity.set_lab(config.has_lab());
}

void SetLimits(const config::v1::PerspectiveLimits& from, Limits& to,
               ConfigViolations& violations) {
  to.checks_in_flight_per_stream_max =
      violations.Number("limits.checks_in_flight_per_stream", from.checks_in_flight_per_stream(), 1,
                        100'000, static_cast<unsigned>(to.checks_in_flight_per_stream_max));
  to.checks_in_flight_max =
      violations.Number("limits.checks_in_flight", from.checks_in_flight(), 1, 200'000,
                        static_cast<unsigned>(to.checks_in_flight_max));
  to.checks_in_flight_per_name_max =
      violations.Number("limits.checks_in_flight_per_name", from.checks_in_flight_per_name(), 1,
                        10'000, static_cast<unsigned>(to.checks_in_flight_per_name_max));
  to.connections_per_address_max =
      violations.Number("limits.connections_per_address", from.connections_per_address(), 1, 10'000,
                        static_cast<unsigned>(to.connections_per_address_max));
  to.dns_timeout = violations.Duration(
      "limits.dns_timeout", from.has_dns_timeout(), from.dns_timeout(),
      {.low = absl::Milliseconds(50), .high = absl::Seconds(10)}, to.dns_timeout);
  to.dns_tries_max =
      violations.Number("limits.dns_tries", from.dns_tries(), 1, 5, to.dns_tries_max);
  to.connect_timeout = violations.Duration(
      "limits.connect_timeout", from.has_connect_timeout(), from.connect_timeout(),
      {.low = absl::Milliseconds(50), .high = absl::Seconds(30)}, to.connect_timeout);
  to.http_timeout = violations.Duration(
      "limits.http_timeout", from.has_http_timeout(), from.http_timeout(),
      {.low = absl::Milliseconds(100), .high = absl::Seconds(60)}, to.http_timeout);
  to.tls_handshake_timeout = violations.Duration(
      "limits.tls_handshake_timeout", from.has_tls_handshake_timeout(),
      from.tls_handshake_timeout(), {.low = absl::Milliseconds(100), .high = absl::Seconds(60)},
      to.tls_handshake_timeout);
}

void SetPrefixes(absl::string_view field,
                 const google::protobuf::RepeatedPtrField<std::string>& from,
                 std::vector<IpPrefix>& to, ConfigViolations& violations) {
  for (int i = 0; i < from.size(); ++i) {
    const auto prefix = IpPrefix::Parse(from[i]);
    if (prefix.ok()) {
      to.push_back(*prefix);
    } else {
      violations.Add(absl::StrCat(field, "[", i, "]"), prefix.status().message());
    }
  }
}

void SetLab(const config::v1::PerspectiveLab& lab, Settings& settings,
            ConfigViolations& violations) {
  SetPrefixes("lab.allowed_reserved_prefixes", lab.allowed_reserved_prefixes(),
              settings.allowed_reserved_prefixes, violations);
  settings.lab_ports.http =
      static_cast<std::uint16_t>(violations.Number("lab.http_port", lab.http_port(), 1, 65'535, 0));
  settings.lab_ports.https = static_cast<std::uint16_t>(
      violations.Number("lab.https_port", lab.https_port(), 1, 65'535, 0));
}

void SetAttestation(const PerspectiveConfig& config, Settings& settings,
                    ConfigViolations& violations) {
  if (!config.has_attestation()) return;
  const config::v1::Attestation& from = config.attestation();
  violations.CheckId("attestation.key_id", from.key_id());
  if (from.private_key_file().empty())
    violations.Add("attestation.private_key_file", "must be set");
  settings.attestation = {.key_id = from.key_id(), .private_key_file = from.private_key_file()};
}

bool IsHeaderText(absl::string_view text) {
  for (const char c : text) {
    if (c < 0x20 || c > 0x7e) return false;
  }
  return text.size() <= 256;
}

}  // namespace

std::vector<std::string> ReloadableFields() {
  return {"tenants", "tls.allowed_peers", "log_level"};
}

absl::StatusOr<Settings> CheckSettings(const PerspectiveConfig& config) {
  ConfigViolations violations;
  Settings settings;
  SetIdentity(config, settings, violations);
  SetResolver(config, settings, violations);
  SetDnssecWatch(config.resolver(), settings, violations);
  SetLimits(config.limits(), settings.limits, violations);
  SetPrefixes("refused_prefixes", config.refused_prefixes(), settings.refused_prefixes, violations);
  SetLab(config.lab(), settings, violations);
  SetAttestation(config, settings, violations);
  violations.CheckEndpoint("listen", config.listen(), /*optional=*/false);
  violations.CheckEndpoint("admin_listen", config.admin_listen(), /*optional=*/true);
  if (!IsHeaderText(config.user_agent())) {
    violations.Add("user_agent", "must be at most 256 printable ASCII octets");
  }
  settings.listen = config.listen();
  settings.admin_listen = config.admin_listen();
  settings.tls = config.tls();
  CheckTlsTimes("tls", config.tls(), violations);
  settings.tenants = CheckTenants(
      config.tenants(),
      {.checks_in_flight = static_cast<unsigned>(settings.limits.checks_in_flight_max)},
      settings.tls, violations);
  settings.user_agent =
      config.user_agent().empty() ? settings.identity.software() : config.user_agent();
  if (config.log_level() != config::v1::LOG_LEVEL_UNSPECIFIED) {
    settings.log_level = config.log_level();
  }
  settings.drain_timeout = violations.Duration(
      "drain_timeout", config.has_drain_timeout(), config.drain_timeout(),
      {.low = absl::ZeroDuration(), .high = absl::Minutes(10)}, settings.drain_timeout);
  settings.threads = violations.Number("threads", config.threads(), 1, 256,
                                       std::max(1U, std::thread::hardware_concurrency()));
  settings.config = config;
  settings.config_json = ConfigToJson(config);
  if (!violations.empty()) return violations.ToStatus();
  return settings;
}

}  // namespace mpic::perspective
