#include "common/tenants_check.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/method_names.h"
#include "common/utf8.h"

namespace mpic {
namespace {

constexpr double kChecksPerSecondMax = 1e6;  // protos/mpic/config/v1/common.proto
constexpr unsigned kChecksBurstMax = 1'000'000;
constexpr unsigned kChecksInFlightMax = 200'000;  // of a process
constexpr int kIssuerNamesMax = 16;               // CaaCheck in mpic/v1/check.proto
constexpr std::size_t kLabelsMax = 16;
constexpr std::size_t kLabelKeyOctetsMax = 64;
constexpr std::size_t kLabelValueOctetsMax = 256;

// Where each name was seen first; of tenants and of their peers.
struct Seen {
  std::map<std::string, std::string> tenant_ids;
  std::map<std::string, std::string> peer_names;
};

void CheckNew(const std::string& field, const std::string& value,
              std::map<std::string, std::string>& seen, ConfigViolations& violations) {
  const auto [earlier, is_new] = seen.emplace(value, field);
  if (!is_new) violations.Add(field, absl::StrCat("\"", value, "\" is ", earlier->second, " too"));
}

void CheckNamed(const std::string& place, const config::v1::Tenant& from, bool with_tls,
                ConfigViolations& violations) {
  if (!with_tls && from.peer_names_size() > 0) {
    violations.Add(place + ".peer_names", "without TLS (tls.insecure_loopback) nobody has a name");
  }
  if (with_tls && from.peer_names().empty()) {
    violations.Add(place + ".peer_names", "must name at least one peer");
  }
}

void ReadPeers(const std::string& place, const config::v1::Tenant& from, Seen& seen, Tenant& to,
               ConfigViolations& violations) {
  for (int i = 0; i < from.peer_names_size(); ++i) {
    const std::string field = absl::StrCat(place, ".peer_names[", i, "]");
    if (from.peer_names(i).empty()) violations.Add(field, "must not be empty");
    CheckNew(field, from.peer_names(i), seen.peer_names, violations);
    to.peer_names.push_back(from.peer_names(i));
  }
}

void ReadMethods(const std::string& place, const config::v1::Tenant& from, Tenant& to,
                 ConfigViolations& violations) {
  for (int i = 0; i < from.methods_size(); ++i) {
    const std::optional<v1::Method> method = FindMethod(from.methods(i));
    if (method.has_value()) {
      to.methods.insert(*method);
    } else {
      violations.Add(
          absl::StrCat(place, ".methods[", i, "]"),
          absl::StrCat("\"", from.methods(i), "\" is not known; there are ", ListOfMethods()));
    }
  }
}

void ReadIssuers(const std::string& place, const config::v1::Tenant& from, bool permitted,
                 Tenant& to, ConfigViolations& violations) {
  const std::string field = place + ".caa_issuer_domain_names";
  if (!permitted && from.caa_issuer_domain_names_size() > 0) {
    violations.Add(field, "is for coordinators: a perspective is told them with each check");
  }
  if (from.caa_issuer_domain_names_size() > kIssuerNamesMax) {
    violations.Add(field, absl::StrCat("at most ", kIssuerNamesMax));
  }
  for (int i = 0; i < from.caa_issuer_domain_names_size(); ++i) {
    absl::StatusOr<DomainName> name = DomainName::ParseHost(from.caa_issuer_domain_names(i));
    if (name.ok()) {
      to.caa_issuer_domain_names.push_back(*std::move(name));
    } else {
      violations.Add(absl::StrCat(field, "[", i, "]"), name.status().message());
    }
  }
}

void ReadRates(const std::string& place, const config::v1::Tenant& from, Tenant& to,
               ConfigViolations& violations) {
  Admission::Limits& limits = to.limits;
  limits.per_second = from.checks_per_second();
  // Written so that NaN fails, too.
  if (!(limits.per_second >= 0 && limits.per_second <= kChecksPerSecondMax)) {
    violations.Add(place + ".checks_per_second", "must be 0..1e6");
    limits.per_second = 0;
  }
  if (from.checks_burst() > 0 && limits.per_second == 0) {
    violations.Add(place + ".checks_burst", "means nothing without checks_per_second");
  }
  const auto of_a_second = static_cast<unsigned>(std::max(1.0, std::floor(limits.per_second)));
  limits.burst = violations.Number(place + ".checks_burst", from.checks_burst(), 1, kChecksBurstMax,
                                   of_a_second);
  limits.in_flight_max = violations.Number(place + ".checks_in_flight", from.checks_in_flight(), 1,
                                           kChecksInFlightMax, 0);
}

bool IsUtf8(absl::string_view text) {
  while (!text.empty()) {
    const std::size_t length = Utf8Length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

bool IsLabelKey(absl::string_view key) {
  if (key.empty() || key.size() > kLabelKeyOctetsMax ||
      absl::ascii_isdigit(static_cast<unsigned char>(key.front()))) {
    return false;
  }
  return std::all_of(key.begin(), key.end(), [](unsigned char c) {
    return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '_';
  });
}

void ReadLabels(const std::string& place, const config::v1::Tenant& from, Tenant& to,
                ConfigViolations& violations) {
  if (from.labels_size() > static_cast<int>(kLabelsMax)) {
    violations.Add(place + ".labels", absl::StrCat("at most ", kLabelsMax));
  }
  to.labels.insert(from.labels().begin(), from.labels().end());
  for (const auto& [key, value] : to.labels) {
    const std::string field = absl::StrCat(place, ".labels.", key);
    if (!IsLabelKey(key)) violations.Add(field, "the key must be 1..64 octets [a-z_][a-z0-9_]*");
    // mpic_tenant_info has the one, Prometheus keeps the others for itself.
    if (key == "tenant" || absl::StartsWith(key, "__")) violations.Add(field, "is reserved");
    if (value.size() > kLabelValueOctetsMax || !IsUtf8(value)) {
      violations.Add(field,
                     absl::StrCat("must be UTF-8 of at most ", kLabelValueOctetsMax, " octets"));
    }
  }
}

void CheckTogether(const google::protobuf::RepeatedPtrField<config::v1::Tenant>& config,
                   const TenantRules& rules, const config::v1::Tls& tls,
                   ConfigViolations& violations) {
  if (tls.allowed_peers_size() > 0) {
    violations.Add("tenants", "tls.allowed_peers is set as well: name peers in one of the two");
  }
  if (tls.insecure_loopback() && config.size() > 1) {
    violations.Add("tenants", "without TLS (tls.insecure_loopback) nobody can tell them apart");
  }
  if (config.size() > kTenantsMax) {
    violations.Add("tenants", absl::StrCat(config.size(), ", at most ", kTenantsMax));
  }
  // Below that there is nothing to promise.
  if (config.size() > 1 && rules.checks_in_flight < 2 * static_cast<unsigned>(config.size())) {
    violations.Add("limits.checks_in_flight",
                   absl::StrCat("must be at least ", 2 * config.size(), " for ", config.size(),
                                " tenants: half of it is shared out among them"));
  }
}

}  // namespace

Tenants CheckTenants(const google::protobuf::RepeatedPtrField<config::v1::Tenant>& config,
                     const TenantRules& rules, config::v1::Tls& tls, ConfigViolations& violations) {
  if (config.empty()) {
    if (tls.allowed_peers().empty() && !tls.insecure_loopback()) {
      violations.Add("tls.allowed_peers", "must name at least one peer");
    }
    return Tenants(
        std::vector<std::string>(tls.allowed_peers().begin(), tls.allowed_peers().end()));
  }
  CheckTogether(config, rules, tls, violations);
  std::vector<Tenant> tenants;
  Seen seen;
  for (int i = 0; i < config.size(); ++i) {
    const config::v1::Tenant& from = config[i];
    const std::string place = absl::StrCat("tenants[", i, "]");
    Tenant& to = tenants.emplace_back();
    to.tenant_id = from.tenant_id();
    violations.CheckId(place + ".tenant_id", from.tenant_id());
    CheckNew(place + ".tenant_id", from.tenant_id(), seen.tenant_ids, violations);
    CheckNamed(place, from, !tls.insecure_loopback(), violations);
    ReadPeers(place, from, seen, to, violations);
    ReadMethods(place, from, to, violations);
    ReadIssuers(place, from, rules.issuers_permitted, to, violations);
    ReadRates(place, from, to, violations);
    ReadLabels(place, from, to, violations);
  }
  if (!tls.insecure_loopback()) {
    for (const Tenant& tenant : tenants) {
      for (const std::string& name : tenant.peer_names) tls.add_allowed_peers(name);
    }
  }
  return Tenants(std::move(tenants));
}

}  // namespace mpic
