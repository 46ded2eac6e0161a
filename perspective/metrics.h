// What a perspective counts. Label sets are bounded and exist at zero from the start.
#ifndef MPIC_PERSPECTIVE_METRICS_H_
#define MPIC_PERSPECTIVE_METRICS_H_

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <cstdint>
#include <map>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/tenant_metrics.h"
#include "mpic/v1/check.pb.h"

namespace mpic::perspective {

// Thread-safe. The registry must outlive it.
class Metrics {
 public:
  Metrics(prometheus::Registry& registry, const Tenants& tenants, bool lab);

  // One finished check, with its steps.
  void CountCheck(const Tenant& tenant, v1::Method method, const v1::CheckResult& result,
                  absl::Duration took);
  // A peer that is not listed was turned away.
  void CountRefusedPeer() { refused_peers_.Increment(); }
  // The resolver was asked to show that it validates DNSSEC. There is no series before the first
  // time, so that where this is not claimed nobody takes it for lost.
  void SetDnssecProven(bool proven) { dnssec_proven_.Add({}).Set(proven ? 1 : 0); }
  TenantMetrics& tenants() { return tenants_; }
  prometheus::Gauge& checks_in_flight() { return checks_in_flight_; }
  prometheus::Gauge& streams() { return streams_; }

 private:
  void CountSteps(const v1::CheckResult& result);
  // `result`: what metrics.cc makes a number of.
  prometheus::Counter& DnsQueries(std::uint32_t qtype, int result);

  TenantMetrics tenants_;
  std::map<std::pair<v1::Method, v1::Outcome>, prometheus::Counter*> checks_;
  std::map<v1::Method, prometheus::Histogram*> durations_;
  prometheus::Family<prometheus::Counter>& dns_queries_;
  absl::Mutex mutex_;
  std::map<std::pair<std::uint32_t, int>, prometheus::Counter*> dns_series_ ABSL_GUARDED_BY(mutex_);
  prometheus::Family<prometheus::Counter>& http_requests_;
  prometheus::Counter& refused_peers_;
  prometheus::Gauge& checks_in_flight_;
  prometheus::Gauge& streams_;
  prometheus::Family<prometheus::Gauge>& dnssec_proven_;
};

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_METRICS_H_
