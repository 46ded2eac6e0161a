#include "coordinator/attempt.h"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/caa_validity.h"
#include "common/event_queue.h"
#include "common/proto_time.h"
#include "common/steady_time.h"
#include "coordinator/adn_hops.h"
#include "coordinator/cohort.h"
#include "coordinator/discovery.h"
#include "coordinator/expected_observation.h"

namespace mpic::coordinator {
namespace asio = boost::asio;
namespace {

// Something that an attempt waits for: a seat's answer, or that time is up.
struct Event {
  enum class Kind { kPrimary, kRemote, kTimeUp };
  Kind kind = Kind::kTimeUp;
  std::size_t number = 0;  // the seat; for kTimeUp which setting of the timer it was
  PerspectiveAnswer answer;
};

// Shared with the timer, which may fire after an attempt that was cancelled.
struct Inbox {
  explicit Inbox(asio::io_context& loop) : events(loop), timer(loop) {}
  EventQueue<Event> events;
  asio::steady_timer timer;
};

// BR 4.2.2.2: at the primary a validation error is never permission, and SERVFAIL may be one.
v1::CaaCheck::LookupFailure LookupFailureRule(const PolicySettings& policy, Event::Kind kind) {
  if (!policy.caa_lookup_failure_may_permit) return v1::CaaCheck::NEVER_PERMITS;
  return kind == Event::Kind::kRemote ? v1::CaaCheck::MAY_PERMIT
                                      : v1::CaaCheck::MAY_PERMIT_UNLESS_SERVFAIL;
}

v1::CheckResult Supplied(const v1::PrimaryDetermination& determination, const v1::Check& check) {
  v1::CheckResult result;
  result.set_check_id(check.check_id());
  *result.mutable_perspective() = determination.perspective();
  result.set_outcome(determination.outcome());
  result.set_observed_value(determination.observed_value());
  *result.mutable_finished_at() = determination.determined_at();
  if (result.outcome() != v1::PASSED) {
    result.mutable_problem()->set_kind(v1::Problem::PRIMARY_NOT_PASSED);
    result.mutable_problem()->set_detail("by the RA's own determination");
  } else if (check.has_caa()) {
    // We do not know its TTL: the shortest validity there is (BR 4.2.2.1).
    *result.mutable_caa()->mutable_valid_until() =
        ToTimestamp(FromTimestamp(determination.determined_at()) + kCaaValidityMin);
  }
  return result;
}

// A perspective does not know where pruning must stop. What it saw by its own CNAME hops is held
// against the Public Suffix List here.
void HoldAgainstSuffixes(const v1::Check& check, const PublicSuffixList& suffixes,
                         PerspectiveAnswer& answer) {
  if (!answer.result || answer.result->outcome() != v1::PASSED) return;
  const absl::Status pruning = CheckHops(check, *answer.result, suffixes);
  if (pruning.ok()) return;
  answer.problem.set_kind(v1::Problem::RECORD_NOT_MATCHING);
  answer.problem.set_detail(absl::StrCat("authorization domain name ", pruning.message()));
}

// The primary's result, or our word on why it has none or does not count, in the same form.
v1::CheckResult PrimaryResult(const ConfiguredPerspective& primary, PerspectiveAnswer answer) {
  if (answer.result) {
    if (answer.problem.kind() != v1::Problem::KIND_UNSPECIFIED) {
      answer.result->set_outcome(v1::FAILED);
      *answer.result->mutable_problem() = std::move(answer.problem);
    }
    return *std::move(answer.result);
  }
  v1::CheckResult result;
  result.mutable_perspective()->set_perspective_id(primary.perspective_id);
  result.set_outcome(v1::ERROR);
  *result.mutable_problem() = std::move(answer.problem);
  return result;
}

GeoPoint ToGeoPoint(const v1::Location& location) {
  return {.latitude = location.latitude(), .longitude = location.longitude()};
}

std::optional<PrimaryPlace> PlaceOfPrimary(SessionPool& sessions, const CheckedInput& input) {
  if (input.primary) {
    const v1::PerspectiveIdentity& perspective = input.primary->perspective();
    return PrimaryPlace{.perspective = ToGeoPoint(perspective.location()),
                        .resolver = ToGeoPoint(perspective.resolver().location())};
  }
  if (sessions.primary() == nullptr) return std::nullopt;
  const ConfiguredPerspective& primary = sessions.primary()->perspective();
  return PrimaryPlace{.perspective = primary.location, .resolver = primary.resolver_location};
}

// The asking and the waiting of one attempt.
class Round {
 public:
  Round(AttemptContext context, const CheckedInput& input, unsigned number,
        absl::Duration time_left, const std::vector<std::size_t>& members);
  // Whoever has not answered by now is told to stop.
  ~Round() { inbox_->timer.cancel(); }
  Round(const Round&) = delete;
  Round& operator=(const Round&) = delete;

  asio::awaitable<void> Run();
  // After Run, once: moves what came of it.
  void Close(AttemptResult& result);

 private:
  void AskPrimary();
  void AskRemotes();
  void Ask(PerspectiveSession& session, Event::Kind kind, std::size_t seat);
  void Take(Event event);
  void ArmTimer(absl::Duration wait);
  bool Settled();
  // What all the answers come to, and the values that remotes are judged by.
  Claim Conclude(AttemptResult& result) const;

  AttemptContext context_;
  const CheckedInput& input_;
  const unsigned number_;
  const absl::Duration deadline_;  // of SteadyNow
  const QuorumRules rules_;
  std::shared_ptr<Inbox> inbox_;
  std::vector<AwaitedAnswer> awaited_;
  std::vector<std::size_t> members_;
  std::vector<RemoteSeat> seats_;
  std::optional<v1::CheckResult> primary_;
  std::optional<v1::Attestation> primary_attestation_;
  bool remotes_asked_ = false;
  bool in_grace_ = false;
  bool time_is_up_ = false;
  std::size_t timer_setting_ = 0;
};

Round::Round(AttemptContext context, const CheckedInput& input, unsigned number,
             absl::Duration time_left, const std::vector<std::size_t>& members)
    : context_(context),
      input_(input),
      number_(number),
      deadline_(SteadyNow() + time_left),
      rules_(
          RulesFor(context.phase, context.policy.stricter, static_cast<unsigned>(members.size()))),
      inbox_(std::make_shared<Inbox>(context.loop)),
      members_(members) {
  awaited_.reserve(members_.size() + 1);
  seats_.reserve(members_.size());
  for (const std::size_t member : members_) {
    seats_.push_back(
        {.perspective = &context_.sessions.remote(member).perspective(), .answer = std::nullopt});
  }
}

asio::awaitable<void> Round::Run() {
  ArmTimer(deadline_ - SteadyNow());
  if (input_.primary) {
    primary_ = Supplied(*input_.primary, input_.check);
  } else {
    AskPrimary();
  }
  if (context_.policy.dispatch == Dispatch::kParallel && !primary_) AskRemotes();
  while (!Settled()) {
    co_await inbox_->events.Wait();
    Take(inbox_->events.Pop());
  }
  if (!primary_) {
    Event late{.kind = Event::Kind::kPrimary, .number = 0, .answer = {}};
    late.answer.problem.set_kind(v1::Problem::TIMED_OUT);
    late.answer.problem.set_detail("no answer before the attempt was closed");
    Take(std::move(late));
  }
}

// True when nothing that may still come can matter. Moves the attempt along on its way there.
bool Round::Settled() {
  if (time_is_up_) return true;
  if (!primary_) return false;
  if (primary_->outcome() != v1::PASSED) return true;
  if (!remotes_asked_) AskRemotes();
  if (std::all_of(seats_.begin(), seats_.end(),
                  [](const RemoteSeat& seat) { return seat.answer.has_value(); })) {
    return true;
  }
  // Later answers may corroborate further values.
  if (IsDiscovery(input_.check)) return false;
  const Assessment now =
      AssessSeats(rules_, seats_, {.method = input_.method, .primary = *primary_});
  if (now.decision != Decision::kOpen && !in_grace_) {
    in_grace_ = true;
    ArmTimer(std::min(context_.policy.straggler_grace, deadline_ - SteadyNow()));
  }
  return false;
}

void Round::AskPrimary() { Ask(*context_.sessions.primary(), Event::Kind::kPrimary, 0); }

void Round::AskRemotes() {
  remotes_asked_ = true;
  for (std::size_t seat = 0; seat < seats_.size(); ++seat) {
    Ask(context_.sessions.remote(members_[seat]), Event::Kind::kRemote, seat);
  }
}

void Round::Ask(PerspectiveSession& session, Event::Kind kind, std::size_t seat) {
  PerspectiveQuestion question{.check = input_.check,
                               .request_id = context_.request_id,
                               .traceparent = context_.traceparent};
  question.check.set_attempt(number_);
  if (question.check.has_caa()) {
    question.check.mutable_caa()->set_lookup_failure(LookupFailureRule(context_.policy, kind));
  }
  const absl::Duration budget = std::min(std::max(deadline_ - SteadyNow(), kTimeBudgetMin),
                                         FromProtoDuration(input_.check.time_budget()));
  *question.check.mutable_time_budget() = ToProtoDuration(budget);
  awaited_.push_back(
      session.Ask(std::move(question), [inbox = inbox_, kind, seat](PerspectiveAnswer&& answer) {
        inbox->events.Push({.kind = kind, .number = seat, .answer = std::move(answer)});
      }));
}

void Round::ArmTimer(absl::Duration wait) {
  const std::size_t setting = ++timer_setting_;
  inbox_->timer.expires_after(absl::ToChronoNanoseconds(wait));
  inbox_->timer.async_wait(
      [weak = std::weak_ptr<Inbox>(inbox_), setting](boost::system::error_code error) {
        const std::shared_ptr<Inbox> inbox = weak.lock();
        if (error || !inbox) return;
        inbox->events.Push({.kind = Event::Kind::kTimeUp, .number = setting, .answer = {}});
      });
}

void Round::Take(Event event) {
  switch (event.kind) {
    case Event::Kind::kPrimary:
      HoldAgainstSuffixes(input_.check, context_.suffixes, event.answer);
      primary_attestation_ = std::move(event.answer.attestation);
      primary_ = PrimaryResult(context_.sessions.primary()->perspective(), std::move(event.answer));
      primary_->set_check_id(input_.check.check_id());
      return;
    case Event::Kind::kRemote:
      HoldAgainstSuffixes(input_.check, context_.suffixes, event.answer);
      if (event.answer.result) event.answer.result->set_check_id(input_.check.check_id());
      seats_[event.number].answer = std::move(event.answer);
      return;
    case Event::Kind::kTimeUp:
      time_is_up_ |= event.number == timer_setting_;
      return;
  }
}

Claim Round::Conclude(AttemptResult& result) const {
  Claim claim{.method = input_.method, .primary = *primary_};
  if (!IsDiscovery(input_.check)) {
    result.verdict = coordinator::Conclude(rules_, seats_, claim);
    return claim;
  }
  Discovery discovery = ConcludeDiscovery(rules_, seats_, claim, context_.suffixes);
  result.verdict = std::move(discovery.verdict);
  result.seen_by_primary = std::move(discovery.seen_by_primary);
  result.corroborated_values = std::move(discovery.corroborated);
  claim.any_of = std::move(discovery.judged_by);
  return claim;
}

void Round::Close(AttemptResult& result) {
  if (remotes_asked_) {
    const Claim claim = Conclude(result);
    result.remotes.reserve(seats_.size());
    for (RemoteSeat& seat : seats_) {
      result.remotes.push_back(JudgeRemote(std::move(seat), claim));
    }
  } else {
    result.verdict = RefuseByPrimary(0, *primary_);
  }
  result.primary = *std::move(primary_);
  result.primary_attestation = std::move(primary_attestation_);
}

}  // namespace

asio::awaitable<AttemptResult> RunAttempt(AttemptContext context, const CheckedInput& input,
                                          unsigned number, std::uint64_t cohort_seed,
                                          absl::Duration time_left) {
  AttemptResult result{.number = number, .cohort_seed = cohort_seed, .phase = &context.phase};
  const CohortChoice cohort = SelectCohort(context.sessions.Candidates(),
                                           {.size = context.policy.remotes_per_attempt,
                                            .phase = context.phase,
                                            .stricter = context.policy.stricter},
                                           PlaceOfPrimary(context.sessions, input), cohort_seed);
  if (!cohort.ok()) {
    result.verdict.verdict = v1::NOT_COMPLETED;
    result.verdict.problem.set_kind(cohort.problem);
    result.verdict.problem.set_detail(cohort.sentence);
    result.verdict.assessment.text = "0/0";
    co_return result;
  }
  Round round(context, input, number, time_left, cohort.members);
  co_await round.Run();
  round.Close(result);
  co_return result;
}

}  // namespace mpic::coordinator
