// The coordinator's configuration once it has been checked: values with defaults resolved.
#ifndef MPIC_COORDINATOR_SETTINGS_H_
#define MPIC_COORDINATOR_SETTINGS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/domain_name.h"
#include "common/tenants.h"
#include "coordinator/audit/audit_settings.h"
#include "coordinator/configured_perspective.h"
#include "coordinator/phase_compliance.h"
#include "coordinator/policy/quorum.h"
#include "mpic/config/v1/coordinator.pb.h"

namespace mpic::coordinator {

enum class Dispatch {
  kPrimaryFirst,  // remotes are asked once the primary has passed
  kParallel,
};

struct PolicySettings {
  unsigned remotes_per_attempt = 0;
  StricterPolicy stricter;
  Dispatch dispatch = Dispatch::kPrimaryFirst;
  unsigned attempts_max = 1;
  absl::Duration retry_delay = absl::Milliseconds(500);
  absl::Duration check_budget = absl::Seconds(10);
  absl::Duration straggler_grace = absl::Seconds(1);
  bool report_only = false;
  bool caa_lookup_failure_may_permit = false;
};

struct LimitSettings {
  unsigned checks_per_request = 1'000;
  unsigned checks_in_flight = 10'000;
  unsigned checks_in_flight_per_target = 50;
  absl::Duration request_timeout = absl::Seconds(60);
};

// Meaning and ranges of the fields: mpic/config/v1/coordinator.proto.
struct Settings {
  std::string listen;
  std::string admin_listen;  // empty: no admin server
  config::v1::Tls tls;       // of the server; allowed_peers of all tenants
  Tenants tenants;
  config::v1::Tls perspective_tls;               // towards perspectives; `tls` unless configured
  std::optional<ConfiguredPerspective> primary;  // nullopt: RAs supply the determination
  std::vector<ConfiguredPerspective> remotes;    // in the configuration's order
  PolicySettings policy;
  std::vector<DomainName> caa_issuer_domain_names;
  AuditSettings audit;
  LimitSettings limits;
  std::string public_suffix_list_file = "/usr/share/publicsuffix/public_suffix_list.dafsa";
  config::v1::LogLevel log_level = config::v1::info;
  absl::Duration drain_timeout = absl::Seconds(30);
  unsigned threads = 1;
  config::v1::CoordinatorConfig config;  // as it was read
  std::string config_json;               // the same for /configz
  bool lab = false;

  // What an operator should know although the configuration is accepted: report-only and laboratory
  // switches, a coming phase that it will not satisfy, a RIR margin that is not kept.
  std::vector<std::string> warnings;
};

// Checks a configuration against its own ranges and against the phase of BR 3.2.2.9 in force at
// `now`. FAILED_PRECONDITION lists all violations, one a line, each with its field path
// ("perspectives[2].rir: ..."). Files that it names are not opened here.
absl::StatusOr<Settings> CheckSettings(const config::v1::CoordinatorConfig& config, absl::Time now);

// What a running coordinator takes from another configuration (common/reload_check.h).
std::vector<std::string> ReloadableFields();

// The part of `settings` that the phases of BR 3.2.2.9 are about; refers to `settings`.
ComplianceQuestion ComplianceQuestionOf(const Settings& settings);

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_SETTINGS_H_
