#include "coordinator/phase_metrics.h"

#include <string>
#include <utility>

#include "absl/time/time.h"

namespace mpic::coordinator {
namespace {

using prometheus::MetricFamily;

struct Reading {
  const char* name;
  const char* help;
  double (*of)(const PhaseExplanation& phase);
};

constexpr Reading kReadings[] = {
    {"mpic_coordinator_phase_begins_timestamp_seconds", "When a phase of BR 3.2.2.9 begins.",
     [](const PhaseExplanation& of) {
       return static_cast<double>(absl::ToUnixSeconds(of.phase.begins));
     }},
    {"mpic_coordinator_phase_in_force", "1 of the phase in force.",
     [](const PhaseExplanation& of) { return of.in_force ? 1.0 : 0.0; }},
    {"mpic_coordinator_phase_satisfied",
     "1 where the configuration can form the cohorts that the phase demands.",
     [](const PhaseExplanation& of) { return of.shortcomings.empty() ? 1.0 : 0.0; }},
    {"mpic_coordinator_phase_remotes_min", "Remotes that an attempt has to use.",
     [](const PhaseExplanation& of) { return static_cast<double>(of.phase.remotes_min); }},
    {"mpic_coordinator_phase_rir_regions_min",
     "RIR regions that those that corroborate must cover.",
     [](const PhaseExplanation& of) { return static_cast<double>(of.phase.rir_regions_min); }},
};

}  // namespace

PhaseMetrics::PhaseMetrics(Explain explain) : explain_(std::move(explain)) {}

std::vector<MetricFamily> PhaseMetrics::Collect() const {
  const std::vector<PhaseExplanation> phases = explain_();
  std::vector<MetricFamily> families;
  for (const Reading& reading : kReadings) {
    MetricFamily family{reading.name, reading.help, prometheus::MetricType::Gauge, {}};
    for (const PhaseExplanation& phase : phases) {
      prometheus::ClientMetric metric;
      metric.label = {{"phase", std::string(phase.phase.name)}};
      metric.gauge.value = reading.of(phase);
      family.metric.push_back(std::move(metric));
    }
    families.push_back(std::move(family));
  }
  return families;
}

}  // namespace mpic::coordinator
