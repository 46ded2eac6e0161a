#include "coordinator/audit/audit_settings.h"

#include "absl/strings/str_cat.h"

namespace mpic::coordinator {
namespace {

constexpr std::uint64_t kSegmentOctetsLeast = std::uint64_t{64} * 1024;
constexpr std::uint64_t kSegmentOctetsMost = std::uint64_t{64} * 1024 * 1024 * 1024;

}  // namespace

AuditSettings CheckAuditSettings(const config::v1::Audit& config, ConfigViolations& violations) {
  AuditSettings settings;
  settings.directory = config.directory();
  if (settings.directory.empty()) {
    violations.Add("audit.directory", "must be set: no verdict without a record (BR 5.4.1)");
  }
  if (config.segment_octets_max() != 0) settings.segment_octets_max = config.segment_octets_max();
  if (settings.segment_octets_max < kSegmentOctetsLeast ||
      settings.segment_octets_max > kSegmentOctetsMost) {
    violations.Add("audit.segment_octets_max",
                   absl::StrCat("must be in ", kSegmentOctetsLeast, "..", kSegmentOctetsMost));
  }
  settings.segment_age_max = violations.Duration(
      "audit.segment_age_max", config.has_segment_age_max(), config.segment_age_max(),
      {.low = absl::Minutes(1), .high = absl::Hours(8760)}, settings.segment_age_max);
  settings.checkpoint_key_file = config.checkpoint_key_file();
  settings.checkpoint_interval = violations.Duration(
      "audit.checkpoint_interval", config.has_checkpoint_interval(), config.checkpoint_interval(),
      {.low = absl::Seconds(1), .high = absl::Hours(24)}, settings.checkpoint_interval);
  settings.record_challenges = config.record_challenges();
  return settings;
}

}  // namespace mpic::coordinator
