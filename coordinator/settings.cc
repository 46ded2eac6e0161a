#include "coordinator/settings.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/config_file.h"
#include "common/config_violations.h"
#include "common/status_macros.h"
#include "common/tenants_check.h"
#include "common/tls_times.h"
#include "coordinator/attestation_keys.h"
#include "coordinator/policy/phases.h"

namespace mpic::coordinator {
namespace {

constexpr unsigned kRemotesPerAttemptDefault = 6;  // six allow two non-corroborations
constexpr int kIssuerNamesMax = 16;                // CaaCheck in mpic/v1/check.proto

void ReadEndpoints(const config::v1::CoordinatorConfig& config, Settings& settings,
                   ConfigViolations& violations) {
  settings.listen = config.listen();
  settings.admin_listen = config.admin_listen();
  settings.tls = config.tls();
  settings.perspective_tls = config.has_perspective_tls() ? config.perspective_tls() : config.tls();
  CheckTlsTimes("tls", config.tls(), violations);
  CheckTlsTimes("perspective_tls", config.perspective_tls(), violations);
  violations.CheckEndpoint("listen", config.listen(), /*optional=*/false);
  violations.CheckEndpoint("admin_listen", config.admin_listen(), /*optional=*/true);
  // Port 0 is a free port, another one each time.
  if (!config.listen().empty() && config.listen() == config.admin_listen() &&
      !absl::EndsWith(config.listen(), ":0")) {
    violations.Add("admin_listen", "must not be the same as listen");
  }
}

void ReadProcess(const config::v1::CoordinatorConfig& config, Settings& settings,
                 ConfigViolations& violations) {
  settings.threads = violations.Number("threads", config.threads(), 1, 64,
                                       std::clamp(std::thread::hardware_concurrency(), 1U, 64U));
  settings.drain_timeout = violations.Duration(
      "drain_timeout", config.has_drain_timeout(), config.drain_timeout(),
      {.low = absl::ZeroDuration(), .high = absl::Minutes(10)}, settings.drain_timeout);
  if (!config::v1::LogLevel_IsValid(config.log_level())) {
    violations.Add("log_level", "must be debug, info, warning or error");
  } else if (config.log_level() != config::v1::LOG_LEVEL_UNSPECIFIED) {
    settings.log_level = config.log_level();
  }
  if (!config.public_suffix_list_file().empty()) {
    settings.public_suffix_list_file = config.public_suffix_list_file();
  }
  settings.audit = CheckAuditSettings(config.audit(), violations);
  settings.lab = config.lab();
  if (settings.lab) settings.warnings.push_back("lab: laboratory mode; never issue on its answers");
}

void ReadLimits(const config::v1::CoordinatorLimits& config, Settings& settings,
                ConfigViolations& violations) {
  LimitSettings& limits = settings.limits;
  limits.checks_per_request =
      violations.Number("limits.checks_per_request", config.checks_per_request(), 1, 1'000,
                        limits.checks_per_request);
  limits.checks_in_flight = violations.Number("limits.checks_in_flight", config.checks_in_flight(),
                                              1, 200'000, limits.checks_in_flight);
  limits.checks_in_flight_per_target =
      violations.Number("limits.checks_in_flight_per_target", config.checks_in_flight_per_target(),
                        1, 10'000, limits.checks_in_flight_per_target);
  limits.request_timeout = violations.Duration(
      "limits.request_timeout", config.has_request_timeout(), config.request_timeout(),
      {.low = absl::Seconds(1), .high = absl::Seconds(600)}, limits.request_timeout);
  if (limits.request_timeout < settings.policy.check_budget) {
    violations.Add("limits.request_timeout", "must not be shorter than policy.check_budget");
  }
}

void ReadIssuerNames(const config::v1::CoordinatorConfig& config, Settings& settings,
                     ConfigViolations& violations) {
  if (config.caa_issuer_domain_names_size() > kIssuerNamesMax) {
    violations.Add("caa_issuer_domain_names", absl::StrCat("at most ", kIssuerNamesMax));
  }
  for (int i = 0; i < config.caa_issuer_domain_names_size(); ++i) {
    absl::StatusOr<DomainName> name = DomainName::ParseHost(config.caa_issuer_domain_names(i));
    if (name.ok()) {
      settings.caa_issuer_domain_names.push_back(*std::move(name));
    } else {
      violations.Add(absl::StrCat("caa_issuer_domain_names[", i, "]"), name.status().message());
    }
  }
}

// The primary is set apart; the others are remotes.
void AssignRoles(const config::v1::CoordinatorConfig& config,
                 std::vector<ConfiguredPerspective> perspectives, Settings& settings,
                 ConfigViolations& violations) {
  const std::string& primary_id = config.primary_perspective_id();
  for (ConfiguredPerspective& perspective : perspectives) {
    if (!primary_id.empty() && perspective.perspective_id == primary_id) {
      settings.primary = std::move(perspective);
    } else {
      settings.remotes.push_back(std::move(perspective));
    }
  }
  if (!primary_id.empty() && !settings.primary.has_value()) {
    violations.Add("primary_perspective_id",
                   absl::StrCat("\"", primary_id, "\" is none of the perspectives"));
  }
}

// A lookup that a resolver gives up after 5 s, twice, and the questions of the proof.
constexpr absl::Duration kBudgetOfProof = absl::Seconds(15);

// Ranges that do not depend on the phase.
void ReadPolicy(const config::v1::Policy& config, Settings& settings,
                ConfigViolations& violations) {
  PolicySettings& policy = settings.policy;
  policy.attempts_max =
      violations.Number("policy.attempts_max", config.attempts_max(), 1, 5, policy.attempts_max);
  policy.retry_delay = violations.Duration(
      "policy.retry_delay", config.has_retry_delay(), config.retry_delay(),
      {.low = absl::ZeroDuration(), .high = absl::Seconds(60)}, policy.retry_delay);
  policy.check_budget = violations.Duration(
      "policy.check_budget", config.has_check_budget(), config.check_budget(),
      {.low = absl::Milliseconds(100), .high = absl::Seconds(120)}, policy.check_budget);
  policy.straggler_grace = violations.Duration(
      "policy.straggler_grace", config.has_straggler_grace(), config.straggler_grace(),
      {.low = absl::ZeroDuration(), .high = absl::Seconds(30)}, policy.straggler_grace);
  if (!config::v1::Policy::Dispatch_IsValid(config.dispatch())) {
    violations.Add("policy.dispatch", "must be PRIMARY_FIRST or PARALLEL");
  }
  policy.dispatch = config.dispatch() == config::v1::Policy::PARALLEL ? Dispatch::kParallel
                                                                      : Dispatch::kPrimaryFirst;
  policy.report_only = config.report_only();
  if (policy.report_only) {
    settings.warnings.push_back("policy.report_only: quorum and RIR rule are not enforced");
  }
  policy.caa_lookup_failure_may_permit = config.caa_lookup_failure_may_permit();
  if (policy.caa_lookup_failure_may_permit) {
    settings.warnings.push_back(
        "policy.caa_lookup_failure_may_permit: failed CAA lookups below proven insecure "
        "delegations may be read as permission (BR 4.2.2.1)");
    if (policy.check_budget < kBudgetOfProof) {
      settings.warnings.push_back(absl::StrCat(
          "policy.check_budget: ", absl::FormatDuration(policy.check_budget),
          " may be too short for the proof that policy.caa_lookup_failure_may_permit asks for; ",
          absl::FormatDuration(kBudgetOfProof), " or more is advised"));
    }
  }
}

// What may be stricter than the phase, never looser.
void ReadStricter(const config::v1::Policy& config, const Phase& phase, unsigned remotes,
                  PolicySettings& policy, ConfigViolations& violations) {
  if (remotes < phase.remotes_min) {
    violations.Add(
        "perspectives",
        absl::StrCat(remotes, " remote perspectives are configured; at least ", phase.remotes_min,
                     " are required since ", phase.name, " (BR 3.2.2.9)"));
  }
  policy.remotes_per_attempt = violations.Number(
      "policy.remotes_per_attempt", config.remotes_per_attempt(), phase.remotes_min,
      std::max(phase.remotes_min, remotes), std::min(kRemotesPerAttemptDefault, remotes));
  policy.stricter.rir_regions_min = config.rir_regions_min();
  if (config.rir_regions_min() != 0 && config.rir_regions_min() < phase.rir_regions_min) {
    violations.Add("policy.rir_regions_min",
                   absl::StrCat(config.rir_regions_min(), " is looser than the ",
                                phase.rir_regions_min, " of BR 3.2.2.9"));
  }
  if (!config.has_non_corroborations_max()) return;
  policy.stricter.non_corroborations_max = config.non_corroborations_max();
  const unsigned table = NonCorroborationsAllowed(policy.remotes_per_attempt);
  if (config.non_corroborations_max() > table) {
    violations.Add(
        "policy.non_corroborations_max",
        absl::StrCat(config.non_corroborations_max(), " is looser than the ", table,
                     " that BR 3.2.2.9 allows for ", policy.remotes_per_attempt, " remotes"));
  }
}

// Asked once perspectives and policy are sound by themselves.
void CheckCompliance(absl::Time now, Settings& settings, ConfigViolations& violations) {
  const ComplianceQuestion question = ComplianceQuestionOf(settings);
  const Phase& phase = PhaseAt(now);
  const std::vector<Shortcoming> today = Shortcomings(question, phase);
  for (const Shortcoming& line : today) violations.Add(line.field, line.rule);
  if (!today.empty()) return;
  const RirMargin margin = MarginOf(question, phase);
  if (!margin.kept) {
    settings.warnings.push_back(
        absl::StrCat("perspectives: the RIR rule may refuse although the quorum allows ",
                     margin.failures_allowed, " failures, for example of ",
                     absl::StrJoin(margin.critical, " and ")));
  }
  for (const Phase& later : AllPhases()) {
    if (later.begins <= phase.begins) continue;
    for (const Shortcoming& line : Shortcomings(question, later)) {
      settings.warnings.push_back(
          absl::StrCat("from ", later.name, ": ", line.field, ": ", line.rule));
    }
  }
}

void ReadPerspectivesAndPolicy(const config::v1::CoordinatorConfig& config, absl::Time now,
                               Settings& settings, ConfigViolations& violations) {
  AssignRoles(config, CheckPerspectives(config, violations), settings, violations);
  CheckAttestationKeys(config, violations);
  ReadPolicy(config.policy(), settings, violations);
  ReadStricter(config.policy(), PhaseAt(now), static_cast<unsigned>(settings.remotes.size()),
               settings.policy, violations);
  if (violations.empty()) CheckCompliance(now, settings, violations);
}

}  // namespace

std::vector<std::string> ReloadableFields() {
  return {"perspectives",
          "primary_perspective_id",
          "policy",
          "caa_issuer_domain_names",
          "public_suffix_list_file",
          "tenants",
          "tls.allowed_peers",
          "log_level"};
}

ComplianceQuestion ComplianceQuestionOf(const Settings& settings) {
  return {.remotes = settings.remotes,
          .primary = PlaceOf(settings.primary),
          .remotes_per_attempt = settings.policy.remotes_per_attempt,
          .stricter = settings.policy.stricter};
}

absl::StatusOr<Settings> CheckSettings(const config::v1::CoordinatorConfig& config,
                                       absl::Time now) {
  Settings settings;
  ConfigViolations violations;
  ReadPerspectivesAndPolicy(config, now, settings, violations);
  ReadEndpoints(config, settings, violations);
  ReadIssuerNames(config, settings, violations);
  ReadProcess(config, settings, violations);
  ReadLimits(config.limits(), settings, violations);
  settings.tenants = CheckTenants(
      config.tenants(),
      {.checks_in_flight = settings.limits.checks_in_flight, .issuers_permitted = true},
      settings.tls, violations);
  settings.config = config;
  settings.config_json = ConfigToJson(config);
  MPIC_RETURN_IF_ERROR(violations.ToStatus());
  return settings;
}

}  // namespace mpic::coordinator
