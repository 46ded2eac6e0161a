#include "coordinator/audit/disk_metrics.h"

#include <sys/statvfs.h>

#include <utility>

namespace mpic::coordinator {
namespace {

using prometheus::MetricFamily;

MetricFamily Gauge(const char* name, const char* help, double value) {
  MetricFamily family{name, help, prometheus::MetricType::Gauge, {}};
  prometheus::ClientMetric metric;
  metric.gauge.value = value;
  family.metric.push_back(std::move(metric));
  return family;
}

}  // namespace

DiskMetrics::DiskMetrics(std::string directory) : directory_(std::move(directory)) {}

std::vector<MetricFamily> DiskMetrics::Collect() const {
  struct statvfs disk = {};
  if (statvfs(directory_.c_str(), &disk) != 0) return {};
  const auto fragment = static_cast<double>(disk.f_frsize);
  return {Gauge("mpic_coordinator_audit_disk_size_bytes",
                "Size of the file system that holds the audit log.",
                fragment * static_cast<double>(disk.f_blocks)),
          Gauge("mpic_coordinator_audit_disk_free_bytes",
                "What may still be written to the file system that holds the audit log.",
                fragment * static_cast<double>(disk.f_bavail))};
}

}  // namespace mpic::coordinator
