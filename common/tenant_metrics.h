// What is counted for each tenant, in both programs: the load, what was refused, and the usage that
// contracts between CAs are about. Tenants are configuration, so that label sets are bounded; all
// of them exist at zero from the start. What was counted for a tenant that is gone stays until the
// process ends: nobody may have read the last of it yet.
#ifndef MPIC_COMMON_TENANT_METRICS_H_
#define MPIC_COMMON_TENANT_METRICS_H_

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "common/admission.h"
#include "common/tenants.h"

namespace mpic {

// Reasons of refusals beside those of Admission.
inline constexpr char kRefusedByTarget[] = "target_in_flight";
inline constexpr char kRefusedByMethod[] = "method";
inline constexpr char kRefusedByStreams[] = "streams";

// Thread-safe. The registry must outlive it.
class TenantMetrics {
 public:
  struct Names {
    std::string prefix;                // "mpic_coordinator"
    std::string result;                // the label of what came of a check: "verdict"
    std::vector<std::string> results;  // its values
  };

  // mpic_tenant_info{tenant, its labels}, PREFIX_tenant_checks_total{tenant, method, RESULT},
  // PREFIX_tenant_checks_in_flight{tenant}, PREFIX_tenant_refused_total{tenant, reason}.
  TenantMetrics(prometheus::Registry& registry, const Tenants& tenants, Names names);

  // From now on these are the tenants: whoever is new has its series, mpic_tenant_info tells of
  // nobody else.
  void SetTenants(const Tenants& tenants);

  // Below, a tenant is one that has been set at some time.
  // A finished check. Unknown methods and results are not counted.
  void CountCheck(const Tenant& tenant, v1::Method method, const std::string& result);
  // Work that was turned away: NameOf an Admission::Reason, or one of the above.
  void CountRefused(const Tenant& tenant, absl::string_view reason);
  // For Admission::Options.on_change.
  void SetInFlight(const std::string& tenant_id, std::size_t checks);

 private:
  struct Series {
    std::map<std::pair<v1::Method, std::string>, prometheus::Counter*> checks;
    std::map<std::string, prometheus::Counter*, std::less<>> refused;
    prometheus::Gauge* in_flight = nullptr;
  };
  Series MakeSeries(const std::string& tenant_id);
  const Series& Of(const std::string& tenant_id);

  const Names names_;
  prometheus::Family<prometheus::Gauge>& info_;
  prometheus::Family<prometheus::Counter>& checks_;
  prometheus::Family<prometheus::Counter>& refused_;
  prometheus::Family<prometheus::Gauge>& in_flight_;
  absl::Mutex mutex_;
  // By tenant id; what has been put in stays there and does not change.
  std::map<std::string, Series> series_ ABSL_GUARDED_BY(mutex_);
  std::vector<prometheus::Gauge*> infos_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace mpic

#endif  // MPIC_COMMON_TENANT_METRICS_H_
