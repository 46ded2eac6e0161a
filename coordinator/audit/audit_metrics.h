// What the audit log counts and measures, at zero from the start. Records written and failed are
// counted where their verdicts are (coordinator/metrics).
#ifndef MPIC_COORDINATOR_AUDIT_AUDIT_METRICS_H_
#define MPIC_COORDINATOR_AUDIT_AUDIT_METRICS_H_

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

namespace mpic::coordinator {

// Thread-safe. The registry must outlive it.
struct AuditMetrics {
  explicit AuditMetrics(prometheus::Registry& registry);

  prometheus::Gauge& healthy;
  prometheus::Gauge& waiting;              // records
  prometheus::Gauge& segment_octets;       // of the segment that is written to
  prometheus::Gauge& last_sequence;        // on stable storage
  prometheus::Gauge& checkpoint_sequence;  // of the last checkpoint
  prometheus::Counter& storage_failures;
  prometheus::Counter& checkpoint_failures;
  prometheus::Histogram& batch_records;
  prometheus::Histogram& write_seconds;  // of a batch, until it is durable
};

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_AUDIT_AUDIT_METRICS_H_
