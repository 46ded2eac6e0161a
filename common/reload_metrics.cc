#include "common/reload_metrics.h"

namespace mpic {
namespace {

prometheus::Gauge& AddGauge(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
}

prometheus::Counter& AddOutcome(prometheus::Registry& registry, const char* outcome) {
  return prometheus::BuildCounter()
      .Name("mpic_config_reloads_total")
      .Help("Attempts to take over a changed configuration (SIGHUP), by what came of them.")
      .Register(registry)
      .Add({{"outcome", outcome}});
}

}  // namespace

ReloadMetrics::ReloadMetrics(prometheus::Registry& registry, absl::Time now)
    : successful_(AddGauge(registry, "mpic_config_last_reload_successful",
                           "1 while the configuration in use is the one last read; 0 after one was "
                           "refused.")),
      success_timestamp_(AddGauge(registry, "mpic_config_last_reload_success_timestamp_seconds",
                                  "When the configuration in use was taken over.")),
      taken_(AddOutcome(registry, "taken")),
      refused_(AddOutcome(registry, "refused")) {
  successful_.Set(1);
  success_timestamp_.Set(absl::ToDoubleSeconds(now - absl::UnixEpoch()));
}

void ReloadMetrics::Count(const absl::Status& reloaded, absl::Time now) {
  successful_.Set(reloaded.ok() ? 1 : 0);
  (reloaded.ok() ? taken_ : refused_).Increment();
  if (reloaded.ok()) success_timestamp_.Set(absl::ToDoubleSeconds(now - absl::UnixEpoch()));
}

}  // namespace mpic
