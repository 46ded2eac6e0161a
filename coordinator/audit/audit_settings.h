// The audit section of the coordinator's configuration, checked.
#ifndef MPIC_COORDINATOR_AUDIT_AUDIT_SETTINGS_H_
#define MPIC_COORDINATOR_AUDIT_AUDIT_SETTINGS_H_

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "common/config_violations.h"
#include "mpic/config/v1/coordinator.pb.h"

namespace mpic::coordinator {

// Meaning and ranges of the fields: mpic/config/v1/coordinator.proto.
struct AuditSettings {
  std::string directory;
  std::uint64_t segment_octets_max = std::uint64_t{256} * 1024 * 1024;
  absl::Duration segment_age_max = absl::Hours(24);
  std::string checkpoint_key_file;  // empty: no checkpoints
  absl::Duration checkpoint_interval = absl::Seconds(60);
  bool record_challenges = false;
};

AuditSettings CheckAuditSettings(const config::v1::Audit& config, ConfigViolations& violations);

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_AUDIT_AUDIT_SETTINGS_H_
