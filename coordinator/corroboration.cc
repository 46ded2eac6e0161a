#include "coordinator/corroboration.h"

#include <algorithm>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/log.h"
#include "common/proto_time.h"
#include "common/steady_time.h"
#include "coordinator/attempt.h"
#include "coordinator/audit/chain_line.h"
#include "coordinator/policy/methods.h"
#include "coordinator/policy/phases.h"
#include "coordinator/policy/reuse.h"
#include "coordinator/tolerated_failure.h"

namespace mpic::coordinator {
namespace asio = boost::asio;
namespace {

// Kept back from the caller's deadline to tally, record and answer.
constexpr absl::Duration kClosingTime = absl::Milliseconds(100);

// An attempt shorter than this cannot reach anybody.
constexpr absl::Duration kAttemptMin = absl::Milliseconds(200);

bool IsQuorumProblem(v1::Problem::Kind kind) {
  return kind == v1::Problem::QUORUM_COUNT || kind == v1::Problem::QUORUM_RIR;
}

// A retry starts from nothing, the primary included (BR 3.2.2.9), so an RA that is its own primary
// must ask again itself; and some problems no repetition mends.
bool WorthAnotherAttempt(const AttemptResult& attempt, const CheckedInput& input) {
  if (attempt.verdict.verdict == v1::CORROBORATED || input.primary) return false;
  switch (attempt.verdict.problem.kind()) {
    case v1::Problem::BAD_REQUEST:
    case v1::Problem::NAME_NOT_ALLOWED:
    case v1::Problem::TOKEN_EXPIRED:
    case v1::Problem::TOKEN_IN_REQUEST:
    case v1::Problem::UNSUPPORTED_METHOD:
    case v1::Problem::QUORUM_TOO_FEW_REMOTES:
    case v1::Problem::QUORUM_DISTANCE:
      return false;
    default:
      return true;
  }
}

// An attempt without an end: nothing was decided. Its seed tells which cohort was asked.
AttemptResult Abandoned(unsigned number, std::uint64_t cohort_seed, const Phase& phase) {
  AttemptResult attempt{.number = number, .cohort_seed = cohort_seed, .phase = &phase};
  attempt.verdict.verdict = v1::NOT_COMPLETED;
  attempt.verdict.problem.set_kind(v1::Problem::CANCELLED);
  attempt.verdict.problem.set_detail("the caller went away before a verdict");
  attempt.verdict.assessment.text = "0/0";
  return attempt;
}

// An attempt that began before midnight and ends after it satisfies the rules of both days.
void HoldToPhase(const Phase& phase, AttemptResult& attempt) {
  const Assessment& tally = attempt.verdict.assessment;
  if (attempt.verdict.verdict != v1::CORROBORATED ||
      (tally.attempted >= phase.remotes_min &&
       tally.corroborating_rirs.size() >= phase.rir_regions_min)) {
    return;
  }
  attempt.verdict.verdict = v1::NOT_COMPLETED;
  attempt.verdict.problem.set_kind(v1::Problem::QUORUM_TOO_FEW_REMOTES);
  attempt.verdict.problem.set_detail(absl::StrCat(
      "phase ", phase.name, " of BR 3.2.2.9 began during the attempt: it demands ",
      phase.remotes_min, " remote perspectives in ", phase.rir_regions_min, " RIR regions"));
}

// Keeps what has been done in `attempts`, also when it is cancelled.
asio::awaitable<void> RunAttempts(CorroborationEnvironment& environment,
                                  const RequestOrigin& origin, const CheckedInput& input,
                                  absl::Duration deadline, std::vector<AttemptResult>& attempts) {
  const PolicySettings& policy = environment.settings.policy;
  while (true) {
    const Phase& phase = PhaseAt(environment.clock.Now());
    const AttemptContext context{.loop = environment.loop,
                                 .sessions = environment.sessions,
                                 .policy = policy,
                                 .phase = phase,
                                 .suffixes = environment.suffixes,
                                 .request_id = origin.request_id,
                                 .traceparent = origin.traceparent};
    const absl::Duration time_left = deadline - SteadyNow() - kClosingTime;
    const auto number = static_cast<unsigned>(attempts.size() + 1);
    const std::uint64_t cohort_seed = environment.random();
    // Stands in the record if the caller goes away before the attempt ends.
    attempts.push_back(Abandoned(number, cohort_seed, phase));
    attempts.back() = co_await RunAttempt(context, input, number, cohort_seed, time_left);
    HoldToPhase(PhaseAt(environment.clock.Now()), attempts.back());
    if (number >= policy.attempts_max || !WorthAnotherAttempt(attempts.back(), input)) co_return;
    const absl::Duration left_after_delay =
        deadline - SteadyNow() - kClosingTime - policy.retry_delay;
    if (left_after_delay < kAttemptMin) co_return;
    asio::steady_timer delay(environment.loop, absl::ToChronoNanoseconds(policy.retry_delay));
    co_await delay.async_wait(asio::use_awaitable);
  }
}

void SetCaaValidity(v1::Corroboration& corroboration) {
  if (corroboration.verdict() != v1::CORROBORATED) return;
  absl::Time earliest = absl::InfiniteFuture();
  const auto consider = [&earliest](const v1::CheckResult& result) {
    if (result.has_caa() && result.caa().has_valid_until()) {
      earliest = std::min(earliest, FromTimestamp(result.caa().valid_until()));
    }
  };
  consider(corroboration.primary());
  for (const v1::RemoteResult& remote : corroboration.remotes()) {
    if (remote.corroborates()) consider(remote.result());
  }
  if (earliest != absl::InfiniteFuture()) {
    *corroboration.mutable_caa_valid_until() = ToTimestamp(earliest);
  }
}

// Counted from the earliest instant at which anybody can have looked: the primary's clock, or the
// RA's, may run ahead of ours.
void SetReuse(v1::Method method, v1::Corroboration& corroboration) {
  if (corroboration.verdict() != v1::CORROBORATED || method == v1::CAA) return;
  absl::Time validated_at = FromTimestamp(corroboration.started_at());
  if (corroboration.primary().has_finished_at()) {
    validated_at = std::min(validated_at, FromTimestamp(corroboration.primary().finished_at()));
  }
  absl::Time until = ReusableUntil(*FactsOf(method), validated_at);
  // The applicant's own limit. An RA that is its own primary does not tell what that read.
  const auto consider = [&until](const v1::CheckResult& result) {
    if (result.persist().has_persist_until()) {
      until = std::min(until, FromTimestamp(result.persist().persist_until()));
    }
  };
  consider(corroboration.primary());
  for (const v1::RemoteResult& remote : corroboration.remotes()) {
    if (remote.corroborates()) consider(remote.result());
  }
  *corroboration.mutable_reusable_until() = ToTimestamp(until);
}

// Report-only: a refusal by the quorum is told, not enforced. The primary's own is enforced.
void ApplyReportOnly(const Settings& settings, const AttemptResult& last,
                     v1::Corroboration& corroboration) {
  corroboration.set_report_only(settings.policy.report_only);
  if (!settings.policy.report_only || corroboration.primary().outcome() != v1::PASSED ||
      !IsQuorumProblem(corroboration.problem().kind())) {
    return;
  }
  corroboration.set_verdict(v1::CORROBORATED);
  for (const std::string& value : last.seen_by_primary) {
    corroboration.add_corroborated_values(value);
  }
  corroboration.add_warnings(absl::StrCat("report-only: enforcement would have refused this (",
                                          v1::Problem::Kind_Name(corroboration.problem().kind()),
                                          ")"));
}

v1::Corroboration Compose(const Settings& settings, const CheckedInput& input, AttemptResult last) {
  v1::Corroboration corroboration;
  corroboration.set_check_id(input.check.check_id());
  *corroboration.mutable_identifier() = input.check.identifier();
  corroboration.set_verdict(last.verdict.verdict);
  if (last.verdict.verdict != v1::CORROBORATED) {
    *corroboration.mutable_problem() = std::move(last.verdict.problem);
  }
  *corroboration.mutable_quorum() = ToQuorum(last.verdict.assessment);
  *corroboration.mutable_primary() = std::move(last.primary);
  if (last.primary_attestation) {
    *corroboration.mutable_primary_attestation() = *std::move(last.primary_attestation);
  }
  for (v1::RemoteResult& remote : last.remotes) *corroboration.add_remotes() = std::move(remote);
  corroboration.set_attempts(last.number);
  corroboration.set_cohort_seed(last.cohort_seed);
  corroboration.set_policy_phase(std::string(last.phase->name));
  for (const std::string& warning : input.warnings) corroboration.add_warnings(warning);
  corroboration.set_method_reference(input.method_reference);
  corroboration.set_authorization_domain_name(input.authorization_domain_name);
  corroboration.set_lab(settings.lab);
  for (const std::string& value : last.corroborated_values) {
    corroboration.add_corroborated_values(value);
  }
  ApplyReportOnly(settings, last, corroboration);
  SetCaaValidity(corroboration);
  TellToleratedFailures(corroboration);
  return corroboration;
}

void LogVerdict(const RequestOrigin& origin, const CheckedInput& input,
                const v1::Corroboration& corroboration, absl::Duration took) {
  const v1::Identifier& identifier = input.check.identifier();
  Log(LogLevel::kInfo, "corroboration",
      {{"request_id", origin.request_id},
       {"traceparent", origin.traceparent},
       {"tenant", origin.tenant_id()},
       {"requested_by", origin.requested_by},
       {"check_id", corroboration.check_id()},
       {"identifier",
        identifier.has_ip_address() ? identifier.ip_address() : identifier.dns_name()},
       {"method", v1::Method_Name(input.method)},
       {"verdict", v1::Verdict_Name(corroboration.verdict())},
       {"problem", v1::Problem::Kind_Name(corroboration.problem().kind())},
       {"detail", corroboration.problem().detail()},
       {"quorum", corroboration.quorum().text()},
       {"attempts", corroboration.attempts()},
       {"policy_phase", corroboration.policy_phase()},
       {"caa_lookup_failure_tolerated", corroboration.caa_lookup_failure_tolerated()},
       {"report_only", corroboration.report_only()},
       {"lab", corroboration.lab()},
       {"elapsed_ms", absl::ToInt64Milliseconds(took)}});
}

}  // namespace

asio::awaitable<absl::StatusOr<v1::Corroboration>> Corroborate(
    CorroborationEnvironment& environment, const RequestOrigin& origin, const CheckedInput& input,
    absl::Duration deadline) {
  const absl::Time started = environment.clock.Now();
  const absl::Duration began = SteadyNow();
  std::vector<AttemptResult> attempts;
  bool cancelled = false;
  try {
    co_await RunAttempts(environment, origin, input, deadline, attempts);
  } catch (const boost::system::system_error& error) {
    if (error.code() != asio::error::operation_aborted) throw;
    cancelled = true;
  }
  // Whatever has been done is recorded, so cancellation ends here: also one that came too late to
  // be thrown above.
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  std::vector<v1::AttemptRecord> attempt_records;
  for (const AttemptResult& attempt : attempts) attempt_records.push_back(RecordOf(attempt));
  v1::Corroboration corroboration =
      Compose(environment.settings, input, std::move(attempts.back()));
  corroboration.set_tenant_id(origin.tenant_id());
  const absl::Time finished = environment.clock.Now();
  *corroboration.mutable_started_at() = ToTimestamp(started);
  *corroboration.mutable_finished_at() = ToTimestamp(finished);
  SetReuse(input.method, corroboration);
  const ChallengeForm challenges =
      environment.settings.audit.record_challenges ? ChallengeForm::kValue : ChallengeForm::kDigest;
  absl::StatusOr<std::string> body = EncodeBody(
      SerializedRecord(origin, input, std::move(attempt_records), corroboration, challenges));
  absl::StatusOr<v1::AuditReference> recorded;
  if (body.ok()) {
    recorded = co_await environment.audit.Append(*std::move(body));
  } else {
    recorded = body.status();
  }
  environment.metrics.CountAuditRecord(recorded.ok());
  if (!recorded.ok()) {
    Log(LogLevel::kError, "record not written",
        {{"request_id", origin.request_id},
         {"traceparent", origin.traceparent},
         {"tenant", origin.tenant_id()},
         {"reason", recorded.status().message()}});
    co_return absl::UnavailableError(absl::StrCat(
        "the record could not be written, so no verdict is given: ", recorded.status().message()));
  }
  *corroboration.mutable_audit() = *std::move(recorded);
  const absl::Duration took = SteadyNow() - began;
  environment.metrics.CountCorroboration(origin.tenant.get(), input.method, corroboration, took);
  LogVerdict(origin, input, corroboration, took);
  if (cancelled) co_return absl::CancelledError("the caller went away");
  co_return corroboration;
}

}  // namespace mpic::coordinator
