// What the coordinator counts. Label sets are bounded by the configuration and exist at zero from
// the start. One a process: another configuration adds series to it, and what was counted stays.
#ifndef MPIC_COORDINATOR_METRICS_H_
#define MPIC_COORDINATOR_METRICS_H_

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/tenant_metrics.h"
#include "coordinator/attestation_check.h"
#include "coordinator/remote_answers.h"
#include "coordinator/settings.h"
#include "mpic/v1/coordinator.pb.h"

namespace mpic::coordinator {

// Thread-safe. The registry must outlive it.
class Metrics {
 public:
  Metrics(prometheus::Registry& registry, const Settings& settings);

  // Makes the series of a configuration that may come into force. From then on its perspectives and
  // tenants may be told of, below.
  void Prepare(const Settings& settings);
  // It has come into force: gauges tell of it, and of nobody who does not stand in it.
  void Publish(const Settings& settings);

  // One finished corroboration with the answers of its last attempt. Here and below `tenant` may be
  // null: whose it was is not known.
  void CountCorroboration(const Tenant* tenant, v1::Method method,
                          const v1::Corroboration& corroboration, absl::Duration took);
  // The end of a call, by gRPC status name; "OK": answered. Others were turned away as a whole.
  void CountRequest(const Tenant* tenant, const std::string& code);
  // A perspective answered as somebody else: a compliance fault, never normal.
  void CountIdentityMismatch(const std::string& perspective_id);
  // A result that nobody waits for: late, repeated, or of an unknown check.
  void CountUnexpectedResult(const std::string& perspective_id);
  // A result that does not count because of its attestation, or for lack of one.
  void CountAttestationRefusal(const std::string& perspective_id, AttestationFault fault);
  void CountAuditRecord(bool written);

  // The circuit to a perspective was opened, or closed again, on one of the loops.
  void CountCircuit(const std::string& perspective_id, bool opened);

  void SetStreams(const std::string& perspective_id, int streams);
  // How many of the connected remotes may be lost before no verdict can be had, negative when some
  // are missing; RIR regions of the connected remotes.
  void SetReach(int quorum_margin, int rirs);
  // Whether the primary can be asked, without which there is no verdict; null where RAs bring their
  // own determination: then there is no such series.
  void SetPrimary(std::optional<bool> connected);
  TenantMetrics& tenants() { return tenants_; }
  prometheus::Gauge& checks_in_flight() { return *checks_in_flight_; }

 private:
  struct PerspectiveCounters {
    std::map<std::string, prometheus::Counter*> outcomes;
    prometheus::Histogram* seconds = nullptr;
    prometheus::Counter* identity_mismatches = nullptr;
    prometheus::Counter* unexpected_results = nullptr;
    std::map<AttestationFault, prometheus::Counter*> attestation_refusals;
    prometheus::Counter* circuit_openings = nullptr;
    // Null: the perspective stands in no configuration that is in force.
    prometheus::Gauge* streams = nullptr;
    prometheus::Gauge* open_circuits = nullptr;
    int circuits = 0;  // that are open, of all configurations that still have calls
  };
  struct PerspectiveFamilies {
    explicit PerspectiveFamilies(prometheus::Registry& registry);

    prometheus::Family<prometheus::Counter>& outcomes;
    prometheus::Family<prometheus::Histogram>& seconds;
    prometheus::Family<prometheus::Gauge>& streams;
    prometheus::Family<prometheus::Counter>& mismatches;
    prometheus::Family<prometheus::Counter>& unexpected;
    prometheus::Family<prometheus::Counter>& refusals;
    prometheus::Family<prometheus::Gauge>& open_circuits;
    prometheus::Family<prometheus::Counter>& openings;
  };
  void Prepare(const ConfiguredPerspective& perspective) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void RemoveGauges(PerspectiveCounters& counters) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void AddCorroborations(prometheus::Registry& registry);
  void CountAnswer(const std::string& perspective_id, const std::string& outcome,
                   const v1::CheckResult& result);

  TenantMetrics tenants_;
  RemoteAnswers remote_answers_;
  PerspectiveFamilies families_;
  prometheus::Family<prometheus::Counter>& of_tenants_;
  prometheus::Family<prometheus::Gauge>& of_primary_;
  absl::Mutex mutex_;
  prometheus::Gauge* primary_ ABSL_GUARDED_BY(mutex_) = nullptr;
  std::map<std::string, PerspectiveCounters> perspectives_ ABSL_GUARDED_BY(mutex_);
  // By tenant id.
  std::map<std::string, std::map<std::string, prometheus::Counter*>> tenant_requests_
      ABSL_GUARDED_BY(mutex_);
  std::map<std::pair<v1::Method, v1::Verdict>, prometheus::Counter*> corroborations_;
  std::map<v1::Method, prometheus::Histogram*> seconds_;
  std::map<v1::Problem::Kind, prometheus::Counter*> problems_;
  std::map<std::string, prometheus::Counter*> refused_requests_;
  prometheus::Counter* disagreements_ = nullptr;
  prometheus::Counter* audit_written_ = nullptr;
  prometheus::Counter* audit_failed_ = nullptr;
  prometheus::Gauge* checks_in_flight_ = nullptr;
  prometheus::Gauge* quorum_margin_ = nullptr;
  prometheus::Gauge* rirs_ = nullptr;
  prometheus::Gauge* report_only_ = nullptr;
};

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_METRICS_H_
