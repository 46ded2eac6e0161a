#include "coordinator/audit/audit_metrics.h"

namespace mpic::coordinator {
namespace {

using Boundaries = prometheus::Histogram::BucketBoundaries;

prometheus::Gauge& AddGauge(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
}

prometheus::Counter& AddCounter(prometheus::Registry& registry, const char* name,
                                const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add({});
}

prometheus::Histogram& AddHistogram(prometheus::Registry& registry, const char* name,
                                    const char* help, const Boundaries& boundaries) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(registry).Add({}, boundaries);
}

}  // namespace

AuditMetrics::AuditMetrics(prometheus::Registry& registry)
    : healthy(AddGauge(registry, "mpic_coordinator_audit_healthy",
                       "1 while records can be written; at 0 no verdict is given.")),
      waiting(AddGauge(registry, "mpic_coordinator_audit_waiting_records",
                       "Records that wait to be written.")),
      segment_octets(AddGauge(registry, "mpic_coordinator_audit_segment_bytes",
                              "Size of the segment that is written to.")),
      last_sequence(AddGauge(registry, "mpic_coordinator_audit_last_sequence",
                             "Sequence number of the last record on stable storage.")),
      checkpoint_sequence(AddGauge(registry, "mpic_coordinator_audit_checkpoint_sequence",
                                   "Sequence number that the last checkpoint vouches for.")),
      storage_failures(AddCounter(registry, "mpic_coordinator_audit_storage_failures_total",
                                  "Failed writes, syncs and repairs.")),
      checkpoint_failures(AddCounter(registry, "mpic_coordinator_audit_checkpoint_failures_total",
                                     "Checkpoints that could not be written.")),
      batch_records(AddHistogram(registry, "mpic_coordinator_audit_batch_records",
                                 "Records that were made durable together.",
                                 {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000})),
      write_seconds(
          AddHistogram(registry, "mpic_coordinator_audit_write_duration_seconds",
                       "Time to write a batch and have it on stable storage.",
                       {.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10})) {}

}  // namespace mpic::coordinator
