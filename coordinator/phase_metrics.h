// The phase of BR 3.2.2.9 in force and those to come, judged at each scrape: a phase begins without
// any other event. By the label phase, a phase's first day:
//   mpic_coordinator_phase_begins_timestamp_seconds
//   mpic_coordinator_phase_in_force                  1: now
//   mpic_coordinator_phase_satisfied                 1: the configuration can form what it demands
//   mpic_coordinator_phase_remotes_min               remotes that an attempt has to use
//   mpic_coordinator_phase_rir_regions_min           RIR regions of those that corroborate
#ifndef MPIC_COORDINATOR_PHASE_METRICS_H_
#define MPIC_COORDINATOR_PHASE_METRICS_H_

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <functional>
#include <vector>

#include "coordinator/policy_explanation.h"

namespace mpic::coordinator {

// As thread-safe as `explain`, which says how the phases look to the configuration in force.
class PhaseMetrics final : public prometheus::Collectable {
 public:
  using Explain = std::function<std::vector<PhaseExplanation>()>;

  explicit PhaseMetrics(Explain explain);

  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  const Explain explain_;
};

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_PHASE_METRICS_H_
