#include "common/tenant_metrics.h"

#include "absl/strings/str_cat.h"
#include "common/method_names.h"

namespace mpic {
namespace {

using Reason = Admission::Reason;

void PublishInfo(prometheus::Registry& registry, const Tenants& tenants) {
  auto& info = prometheus::BuildGauge()
                   .Name("mpic_tenant_info")
                   .Help("The tenants of the configuration with their labels; always 1.")
                   .Register(registry);
  for (const TenantPtr& tenant : tenants.all()) {
    prometheus::Labels labels = tenant->labels;
    labels["tenant"] = tenant->tenant_id;
    info.Add(labels).Set(1);
  }
}

}  // namespace

TenantMetrics::TenantMetrics(prometheus::Registry& registry, const Tenants& tenants,
                             const Names& names) {
  PublishInfo(registry, tenants);
  auto& checks =
      prometheus::BuildCounter()
          .Name(names.prefix + "_tenant_checks_total")
          .Help(absl::StrCat("Finished checks by tenant, method and ", names.result, "."))
          .Register(registry);
  auto& refused = prometheus::BuildCounter()
                      .Name(names.prefix + "_tenant_refused_total")
                      .Help("Work that was turned away before it began, by tenant and reason.")
                      .Register(registry);
  auto& in_flight = prometheus::BuildGauge()
                        .Name(names.prefix + "_tenant_checks_in_flight")
                        .Help("Checks under way, by tenant.")
                        .Register(registry);
  for (const TenantPtr& tenant : tenants.all()) {
    const std::string& id = tenant->tenant_id;
    Series& series = series_.emplace_back();
    for (const MethodNames& method : AllMethodNames()) {
      for (const std::string& result : names.results) {
        series.checks[{method.method, result}] = &checks.Add(
            {{"tenant", id}, {"method", std::string(method.name)}, {names.result, result}});
      }
    }
    for (const absl::string_view reason :
         {NameOf(Reason::kRate), NameOf(Reason::kTenantInFlight), NameOf(Reason::kProcessInFlight),
          absl::string_view(kRefusedByTarget), absl::string_view(kRefusedByMethod),
          absl::string_view(kRefusedByStreams)}) {
      const std::string text(reason);
      series.refused[text] = &refused.Add({{"tenant", id}, {"reason", text}});
    }
    series.in_flight = &in_flight.Add({{"tenant", id}});
  }
}

void TenantMetrics::CountCheck(const Tenant& tenant, v1::Method method, const std::string& result) {
  const auto& checks = series_[tenant.number].checks;
  const auto found = checks.find({method, result});
  if (found != checks.end()) found->second->Increment();
}

void TenantMetrics::CountRefused(const Tenant& tenant, absl::string_view reason) {
  series_[tenant.number].refused.at(std::string(reason))->Increment();
}

void TenantMetrics::SetInFlight(std::size_t tenant, std::size_t checks) {
  series_[tenant].in_flight->Set(static_cast<double>(checks));
}

}  // namespace mpic
