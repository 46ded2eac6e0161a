// The file system of the audit log, looked at at each scrape: while it is full there are no
// verdicts.
//   mpic_coordinator_audit_disk_size_bytes
//   mpic_coordinator_audit_disk_free_bytes   what the coordinator's user may still write
#ifndef MPIC_COORDINATOR_AUDIT_DISK_METRICS_H_
#define MPIC_COORDINATOR_AUDIT_DISK_METRICS_H_

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <string>
#include <vector>

namespace mpic::coordinator {

// Thread-safe. Without an answer of the file system nothing is told: an absent series is no full
// disk.
class DiskMetrics final : public prometheus::Collectable {
 public:
  explicit DiskMetrics(std::string directory);

  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  const std::string directory_;
};

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_AUDIT_DISK_METRICS_H_
