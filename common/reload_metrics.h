// What came of the attempts to take over another configuration, for metrics and the log.
#ifndef MPIC_COMMON_RELOAD_METRICS_H_
#define MPIC_COMMON_RELOAD_METRICS_H_

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace mpic {

// mpic_config_last_reload_successful, mpic_config_last_reload_success_timestamp_seconds and
// mpic_config_reloads_total{outcome="taken"|"refused"}. The start counts as the first success, but
// not as a reload. Thread-safe; the registry must outlive it.
class ReloadMetrics {
 public:
  ReloadMetrics(prometheus::Registry& registry, absl::Time now);

  void Count(const absl::Status& reloaded, absl::Time now);

 private:
  prometheus::Gauge& successful_;
  prometheus::Gauge& success_timestamp_;
  prometheus::Counter& taken_;
  prometheus::Counter& refused_;
};

}  // namespace mpic

#endif  // MPIC_COMMON_RELOAD_METRICS_H_
