#include "coordinator/cli/explain.h"

#include <algorithm>
#include <ostream>

#include "absl/time/clock.h"
#include "common/config_file.h"
#include "common/status_macros.h"
#include "coordinator/cli/exit_code.h"
#include "coordinator/policy_explanation.h"
#include "coordinator/settings.h"

namespace mpic::coordinator::cli {
namespace {

absl::StatusOr<Settings> LoadSettings(const std::string& config_file) {
  config::v1::CoordinatorConfig config;
  MPIC_RETURN_IF_ERROR(LoadConfigFile(config_file, config));
  return CheckSettings(config, absl::Now());
}

bool SatisfiedWhenInForce(const PhaseExplanation& explained) {
  return !explained.in_force || explained.shortcomings.empty();
}

}  // namespace

int ExplainPolicy(const std::string& config_file, absl::Time at, OutputFormat output,
                  std::ostream& out, std::ostream& err) {
  const absl::StatusOr<Settings> settings = LoadSettings(config_file);
  if (!settings.ok()) {
    err << config_file << " is refused:\n" << settings.status().message() << '\n';
    return kExitUsage;
  }
  const PolicyExplanation explanation = coordinator::ExplainPolicy(*settings, at);
  out << (output == OutputFormat::kJson ? ToJson(explanation) : ToText(explanation));
  const auto& phases = explanation.phases;
  return std::all_of(phases.begin(), phases.end(), SatisfiedWhenInForce) ? kExitCorroborated
                                                                         : kExitNotCorroborated;
}

}  // namespace mpic::coordinator::cli
