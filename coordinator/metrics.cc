#include "coordinator/metrics.h"

#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "common/proto_time.h"
#include "common/rir.h"
#include "coordinator/policy/methods.h"

namespace mpic::coordinator {
namespace {

// Boundaries stand at the usual budgets, so that service level ratios are exact.
const prometheus::Histogram::BucketBoundaries kSeconds = {.05, .1, .25, .5, 1,  2, 3,
                                                          5,   8,  10,  15, 20, 30};
constexpr char kOk[] = "OK";
constexpr char kPassed[] = "passed";
constexpr char kUnreachable[] = "unreachable";
constexpr char kIdentity[] = "identity";
constexpr char kTimeout[] = "timeout";
constexpr char kDiffers[] = "differs";

prometheus::Gauge& AddGauge(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
}

prometheus::Counter& AddCounter(prometheus::Registry& registry, const char* name,
                                const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add({});
}

prometheus::Family<prometheus::Gauge>& GaugeFamily(prometheus::Registry& registry, const char* name,
                                                   const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
}

prometheus::Family<prometheus::Counter>& CounterFamily(prometheus::Registry& registry,
                                                       const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}

constexpr const char* kRequestCodes[] = {
    kOk,           "INVALID_ARGUMENT", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED",
    "UNAVAILABLE", "CANCELLED",        "INTERNAL"};

// Keeps what the perspective saw apart from what kept us from hearing it.
std::string OutcomeLabel(const v1::Problem& problem, v1::Outcome outcome) {
  switch (problem.kind()) {
    case v1::Problem::PERSPECTIVE_UNREACHABLE:
    case v1::Problem::PERSPECTIVE_AUTH:
      return kUnreachable;
    case v1::Problem::PERSPECTIVE_IDENTITY:
    case v1::Problem::PERSPECTIVE_RESPONSE_INVALID:
      return kIdentity;
    case v1::Problem::TIMED_OUT:
    case v1::Problem::CANCELLED:
      return kTimeout;
    case v1::Problem::OBSERVATION_DIFFERS:
      return kDiffers;
    default:
      if (outcome == v1::PASSED) return kPassed;
      return outcome == v1::FAILED ? "failed" : "error";
  }
}

// The time that the perspective says it took; negative when it does not say.
double SecondsTaken(const v1::CheckResult& result) {
  if (!result.has_started_at() || !result.has_finished_at()) return -1;
  return absl::ToDoubleSeconds(FromTimestamp(result.finished_at()) -
                               FromTimestamp(result.started_at()));
}

}  // namespace

Metrics::Metrics(prometheus::Registry& registry, const Settings& settings)
    : tenants_(registry, settings.tenants,
               {.prefix = "mpic_coordinator",
                .result = "verdict",
                .results = {"corroborated", "not_corroborated", "not_completed"}}),
      remote_answers_(registry),
      families_(registry),
      of_tenants_(CounterFamily(registry, "mpic_coordinator_tenant_requests_total",
                                "Calls by tenant and gRPC status.")),
      of_primary_(GaugeFamily(registry, "mpic_coordinator_primary_connected",
                              "1 while the primary perspective can be asked; absent where RAs "
                              "bring their own determination.")) {
  AddCorroborations(registry);
  auto& refused = CounterFamily(registry, "mpic_coordinator_refused_requests_total",
                                "Calls refused as a whole, by gRPC status.");
  for (const char* code : kRequestCodes) {
    if (code != kOk) refused_requests_[code] = &refused.Add({{"code", code}});
  }
  auto& records = prometheus::BuildCounter()
                      .Name("mpic_coordinator_audit_records_total")
                      .Help("Audit records by whether they could be written.")
                      .Register(registry);
  audit_written_ = &records.Add({{"result", "written"}});
  audit_failed_ = &records.Add({{"result", "failed"}});
  checks_in_flight_ = &AddGauge(registry, "mpic_coordinator_checks_in_flight", "Checks under way.");
  quorum_margin_ = &AddGauge(registry, "mpic_coordinator_quorum_margin",
                             "Connected remotes less those without which no verdict can be had.");
  rirs_ = &AddGauge(registry, "mpic_coordinator_connected_rirs",
                    "RIR regions of the connected remotes.");
  report_only_ =
      &AddGauge(registry, "mpic_coordinator_report_only", "1 while the quorum is not enforced.");
  AddGauge(registry, "mpic_coordinator_lab", "1 in laboratory mode.").Set(settings.lab ? 1 : 0);
  Prepare(settings);
  Publish(settings);
}

Metrics::PerspectiveFamilies::PerspectiveFamilies(prometheus::Registry& registry)
    : outcomes(CounterFamily(registry, "mpic_coordinator_perspective_checks_total",
                             "Answers of each perspective by outcome.")),
      seconds(prometheus::BuildHistogram()
                  .Name("mpic_coordinator_perspective_check_duration_seconds")
                  .Help("Time that the perspective itself took.")
                  .Register(registry)),
      streams(GaugeFamily(registry, "mpic_coordinator_perspective_streams",
                          "Usable streams to each perspective; 0: not connected.")),
      mismatches(CounterFamily(registry, "mpic_coordinator_identity_mismatches_total",
                               "Answers that name another perspective than the configured one.")),
      unexpected(CounterFamily(registry, "mpic_coordinator_unexpected_results_total",
                               "Results that nobody waits for: late, repeated or unknown.")),
      refusals(CounterFamily(registry, "mpic_coordinator_attestation_refusals_total",
                             "Results that do not count, by what is wrong with their signature.")),
      open_circuits(GaugeFamily(registry, "mpic_coordinator_open_circuits",
                                "Loops that do not ask a perspective for a while, because it did "
                                "not answer.")),
      openings(CounterFamily(registry, "mpic_coordinator_circuit_openings_total",
                             "How often a perspective was given up for a while.")) {}

void Metrics::Prepare(const Settings& settings) {
  const absl::MutexLock lock(&mutex_);
  if (settings.primary) Prepare(*settings.primary);
  for (const ConfiguredPerspective& remote : settings.remotes) {
    Prepare(remote);
    remote_answers_.Prepare(remote);
  }
  for (const TenantPtr& tenant : settings.tenants.all()) {
    for (const char* code : kRequestCodes) {
      tenant_requests_[tenant->tenant_id][code] =
          &of_tenants_.Add({{"tenant", tenant->tenant_id}, {"code", code}});
    }
  }
}

void Metrics::Prepare(const ConfiguredPerspective& perspective) {
  const std::map<std::string, std::string> labels = {
      {"perspective", perspective.perspective_id}, {"rir", std::string(RirName(perspective.rir))}};
  PerspectiveCounters& counters = perspectives_[perspective.perspective_id];
  for (const char* outcome :
       {kPassed, "failed", "error", kUnreachable, kIdentity, kTimeout, kDiffers}) {
    auto with_outcome = labels;
    with_outcome["outcome"] = outcome;
    counters.outcomes[outcome] = &families_.outcomes.Add(with_outcome);
  }
  counters.seconds = &families_.seconds.Add(labels, kSeconds);
  counters.identity_mismatches = &families_.mismatches.Add(labels);
  counters.unexpected_results = &families_.unexpected.Add(labels);
  for (const AttestationFault fault : kAttestationFaults) {
    auto with_fault = labels;
    with_fault["fault"] = std::string(FaultName(fault));
    counters.attestation_refusals[fault] = &families_.refusals.Add(with_fault);
  }
  counters.circuit_openings = &families_.openings.Add(labels);
  // What another RIR was told of it before is told no more; nothing happens where it is the same.
  prometheus::Gauge& streams = families_.streams.Add(labels);
  if (counters.streams != &streams) RemoveGauges(counters);
  counters.streams = &streams;
  counters.open_circuits = &families_.open_circuits.Add(labels);
  counters.open_circuits->Set(counters.circuits);
}

void Metrics::RemoveGauges(PerspectiveCounters& counters) {
  if (counters.streams != nullptr) families_.streams.Remove(counters.streams);
  if (counters.open_circuits != nullptr) families_.open_circuits.Remove(counters.open_circuits);
  counters.streams = nullptr;
  counters.open_circuits = nullptr;
}

void Metrics::Publish(const Settings& settings) {
  report_only_->Set(settings.policy.report_only ? 1 : 0);
  std::set<std::string> ids;
  if (settings.primary) ids.insert(settings.primary->perspective_id);
  for (const ConfiguredPerspective& remote : settings.remotes) ids.insert(remote.perspective_id);
  const absl::MutexLock lock(&mutex_);
  for (auto& [id, counters] : perspectives_) {
    if (!ids.contains(id)) RemoveGauges(counters);
  }
}

void Metrics::AddCorroborations(prometheus::Registry& registry) {
  auto& corroborations = prometheus::BuildCounter()
                             .Name("mpic_coordinator_corroborations_total")
                             .Help("Finished corroborations by method and verdict.")
                             .Register(registry);
  auto& seconds = prometheus::BuildHistogram()
                      .Name("mpic_coordinator_corroboration_duration_seconds")
                      .Help("Time from a check's arrival to its recorded verdict.")
                      .Register(registry);
  for (const MethodFacts& facts : AllMethods()) {
    const std::string method(facts.name);
    for (const v1::Verdict verdict : {v1::CORROBORATED, v1::NOT_CORROBORATED, v1::NOT_COMPLETED}) {
      corroborations_[{facts.method, verdict}] = &corroborations.Add(
          {{"method", method}, {"verdict", absl::AsciiStrToLower(v1::Verdict_Name(verdict))}});
    }
    seconds_[facts.method] = &seconds.Add({{"method", method}}, kSeconds);
  }
  auto& problems = prometheus::BuildCounter()
                       .Name("mpic_coordinator_problems_total")
                       .Help("Corroborations that were refused, by the kind of their problem.")
                       .Register(registry);
  for (int number = 1; number < v1::Problem::Kind_ARRAYSIZE; ++number) {
    if (!v1::Problem::Kind_IsValid(number)) continue;
    const auto kind = static_cast<v1::Problem::Kind>(number);
    problems_[kind] =
        &problems.Add({{"problem", absl::AsciiStrToLower(v1::Problem::Kind_Name(kind))}});
  }
  disagreements_ = &AddCounter(registry, "mpic_coordinator_disagreements_total",
                               "Corroborations in which the primary passed and a remote looked and "
                               "did not see the same.");
}

void Metrics::CountCorroboration(const Tenant* tenant, v1::Method method,
                                 const v1::Corroboration& corroboration, absl::Duration took) {
  const auto counter = corroborations_.find({method, corroboration.verdict()});
  if (counter == corroborations_.end()) return;
  counter->second->Increment();
  if (tenant != nullptr) {
    tenants_.CountCheck(*tenant, method,
                        absl::AsciiStrToLower(v1::Verdict_Name(corroboration.verdict())));
  }
  remote_answers_.Count(method, corroboration);
  seconds_[method]->Observe(absl::ToDoubleSeconds(took));
  const auto problem = problems_.find(corroboration.problem().kind());
  if (problem != problems_.end()) problem->second->Increment();
  bool disagreement = false;
  for (const v1::RemoteResult& remote : corroboration.remotes()) {
    const std::string outcome = OutcomeLabel(remote.problem(), remote.result().outcome());
    CountAnswer(remote.perspective_id(), outcome, remote.result());
    disagreement |= outcome == "failed" || outcome == kDiffers;
  }
  const v1::CheckResult& primary = corroboration.primary();
  if (!primary.check_id().empty()) {
    CountAnswer(primary.perspective().perspective_id(),
                OutcomeLabel(primary.problem(), primary.outcome()), primary);
  }
  if (disagreement && primary.outcome() == v1::PASSED) disagreements_->Increment();
}

void Metrics::CountAnswer(const std::string& perspective_id, const std::string& outcome,
                          const v1::CheckResult& result) {
  const absl::ReaderMutexLock lock(&mutex_);
  const auto found = perspectives_.find(perspective_id);
  if (found == perspectives_.end()) return;  // a primary of the RA's own
  const auto counter = found->second.outcomes.find(outcome);
  if (counter != found->second.outcomes.end()) counter->second->Increment();
  // Perspectives are not believed to measure well: a sum that falls would break the histogram.
  if (const double seconds = SecondsTaken(result); seconds >= 0) {
    found->second.seconds->Observe(seconds);
  }
}

void Metrics::CountRequest(const Tenant* tenant, const std::string& code) {
  const auto found = refused_requests_.find(code);
  if (found != refused_requests_.end()) found->second->Increment();
  if (tenant == nullptr) return;
  const absl::ReaderMutexLock lock(&mutex_);
  const auto& of_tenant = tenant_requests_.at(tenant->tenant_id);
  if (const auto own = of_tenant.find(code); own != of_tenant.end()) own->second->Increment();
}

void Metrics::CountIdentityMismatch(const std::string& perspective_id) {
  const absl::ReaderMutexLock lock(&mutex_);
  perspectives_.at(perspective_id).identity_mismatches->Increment();
}

void Metrics::CountUnexpectedResult(const std::string& perspective_id) {
  const absl::ReaderMutexLock lock(&mutex_);
  perspectives_.at(perspective_id).unexpected_results->Increment();
}

void Metrics::CountAttestationRefusal(const std::string& perspective_id, AttestationFault fault) {
  const absl::ReaderMutexLock lock(&mutex_);
  perspectives_.at(perspective_id).attestation_refusals.at(fault)->Increment();
}

void Metrics::CountCircuit(const std::string& perspective_id, bool opened) {
  const absl::MutexLock lock(&mutex_);
  PerspectiveCounters& counters = perspectives_.at(perspective_id);
  counters.circuits += opened ? 1 : -1;
  if (counters.open_circuits != nullptr) counters.open_circuits->Set(counters.circuits);
  if (opened) counters.circuit_openings->Increment();
}

void Metrics::CountAuditRecord(bool written) {
  (written ? audit_written_ : audit_failed_)->Increment();
}

void Metrics::SetStreams(const std::string& perspective_id, int streams) {
  const absl::ReaderMutexLock lock(&mutex_);
  prometheus::Gauge* gauge = perspectives_.at(perspective_id).streams;
  if (gauge != nullptr) gauge->Set(streams);
}

void Metrics::SetReach(int quorum_margin, int rirs) {
  quorum_margin_->Set(quorum_margin);
  rirs_->Set(rirs);
}

void Metrics::SetPrimary(std::optional<bool> connected) {
  const absl::MutexLock lock(&mutex_);
  if (connected) {
    primary_ = &of_primary_.Add({});
    primary_->Set(*connected ? 1 : 0);
  } else if (primary_ != nullptr) {
    of_primary_.Remove(std::exchange(primary_, nullptr));
  }
}

}  // namespace mpic::coordinator
