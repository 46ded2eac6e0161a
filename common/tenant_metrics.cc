#include "common/tenant_metrics.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/method_names.h"

namespace mpic {
namespace {

using Reason = Admission::Reason;

prometheus::Family<prometheus::Gauge>& GaugeFamily(prometheus::Registry& registry,
                                                   const std::string& name,
                                                   const std::string& help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
}

prometheus::Family<prometheus::Counter>& CounterFamily(prometheus::Registry& registry,
                                                       const std::string& name,
                                                       const std::string& help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}

}  // namespace

TenantMetrics::TenantMetrics(prometheus::Registry& registry, const Tenants& tenants, Names names)
    : names_(std::move(names)),
      info_(GaugeFamily(registry, "mpic_tenant_info",
                        "The tenants of the configuration with their labels; always 1.")),
      checks_(CounterFamily(
          registry, names_.prefix + "_tenant_checks_total",
          absl::StrCat("Finished checks by tenant, method and ", names_.result, "."))),
      refused_(CounterFamily(registry, names_.prefix + "_tenant_refused_total",
                             "Work that was turned away before it began, by tenant and reason.")),
      in_flight_(GaugeFamily(registry, names_.prefix + "_tenant_checks_in_flight",
                             "Checks under way, by tenant.")) {
  SetTenants(tenants);
}

void TenantMetrics::SetTenants(const Tenants& tenants) {
  const absl::MutexLock lock(&mutex_);
  for (prometheus::Gauge* info : infos_) info_.Remove(info);
  infos_.clear();
  for (const TenantPtr& tenant : tenants.all()) {
    prometheus::Labels labels = tenant->labels;
    labels["tenant"] = tenant->tenant_id;
    infos_.push_back(&info_.Add(labels));
    infos_.back()->Set(1);
    if (!series_.contains(tenant->tenant_id)) {
      series_[tenant->tenant_id] = MakeSeries(tenant->tenant_id);
    }
  }
}

TenantMetrics::Series TenantMetrics::MakeSeries(const std::string& tenant_id) {
  Series series;
  for (const MethodNames& method : AllMethodNames()) {
    for (const std::string& result : names_.results) {
      series.checks[{method.method, result}] = &checks_.Add(
          {{"tenant", tenant_id}, {"method", std::string(method.name)}, {names_.result, result}});
    }
  }
  for (const absl::string_view reason :
       {NameOf(Reason::kRate), NameOf(Reason::kTenantInFlight), NameOf(Reason::kProcessInFlight),
        NameOf(Reason::kTenantGone), absl::string_view(kRefusedByTarget),
        absl::string_view(kRefusedByMethod), absl::string_view(kRefusedByStreams)}) {
    const std::string text(reason);
    series.refused[text] = &refused_.Add({{"tenant", tenant_id}, {"reason", text}});
  }
  series.in_flight = &in_flight_.Add({{"tenant", tenant_id}});
  return series;
}

const TenantMetrics::Series& TenantMetrics::Of(const std::string& tenant_id) {
  const absl::ReaderMutexLock lock(&mutex_);
  return series_.at(tenant_id);
}

void TenantMetrics::CountCheck(const Tenant& tenant, v1::Method method, const std::string& result) {
  const auto& checks = Of(tenant.tenant_id).checks;
  const auto found = checks.find({method, result});
  if (found != checks.end()) found->second->Increment();
}

void TenantMetrics::CountRefused(const Tenant& tenant, absl::string_view reason) {
  Of(tenant.tenant_id).refused.at(std::string(reason))->Increment();
}

void TenantMetrics::SetInFlight(const std::string& tenant_id, std::size_t checks) {
  Of(tenant_id).in_flight->Set(static_cast<double>(checks));
}

}  // namespace mpic
