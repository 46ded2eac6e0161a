// The standard process_* metrics of Prometheus clients, read from /proc at each scrape, and
// mpic_build_info{program,version} = 1. prometheus-cpp has neither.
#ifndef MPIC_COMMON_PROCESS_METRICS_H_
#define MPIC_COMMON_PROCESS_METRICS_H_

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <string>
#include <vector>

namespace mpic {

// Thread-safe. What /proc does not tell (no permission, no Linux) is left out.
class ProcessMetrics final : public prometheus::Collectable {
 public:
  ProcessMetrics(std::string program, std::string version);

  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  std::string program_;
  std::string version_;
};

}  // namespace mpic

#endif  // MPIC_COMMON_PROCESS_METRICS_H_
