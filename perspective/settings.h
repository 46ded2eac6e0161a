// The perspective's configuration once it has been checked: values with defaults resolved.
#ifndef MPIC_PERSPECTIVE_SETTINGS_H_
#define MPIC_PERSPECTIVE_SETTINGS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/ip_address.h"
#include "common/tenants.h"
#include "mpic/config/v1/perspective.pb.h"
#include "mpic/v1/check.pb.h"
#include "perspective/dnssec_watch.h"
#include "perspective/limits.h"
#include "perspective/net/lab_ports.h"

namespace mpic::perspective {

// A label of 16 octets and its dot must fit before it.
inline constexpr std::size_t kUncachedNameOctetsMax = kNameOctetsMax - 17;

// The key that results are signed with.
struct AttestationSettings {
  std::string key_id;
  std::string private_key_file;
};

// Meaning and ranges of the fields: mpic/config/v1/perspective.proto.
struct Settings {
  v1::PerspectiveIdentity identity;
  IpEndpoint resolver;
  std::optional<DomainName> uncached_name;         // labels of our own are put before it
  std::optional<DnssecWatchOptions> dnssec_watch;  // set when the resolver is said to validate
  std::string listen;
  std::string admin_listen;  // empty: no admin server
  config::v1::Tls tls;       // its allowed_peers are those of all tenants
  Tenants tenants;
  std::optional<AttestationSettings> attestation;  // nullopt: results are not signed
  Limits limits;
  std::string user_agent;
  config::v1::LogLevel log_level = config::v1::info;
  absl::Duration drain_timeout = absl::Seconds(30);
  unsigned threads = 1;
  config::v1::PerspectiveConfig config;  // as it was read
  std::string config_json;               // the same for /configz

  std::vector<IpPrefix> refused_prefixes;           // beside the reserved blocks
  std::vector<IpPrefix> allowed_reserved_prefixes;  // laboratory only
  LabPorts lab_ports;
};

// Checks a configuration. FAILED_PRECONDITION lists all violations, one a line, each with its field
// path. Certificate and key files are not opened here.
absl::StatusOr<Settings> CheckSettings(const config::v1::PerspectiveConfig& config);

// What a running perspective takes from another configuration (common/reload_check.h).
std::vector<std::string> ReloadableFields();

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_SETTINGS_H_
