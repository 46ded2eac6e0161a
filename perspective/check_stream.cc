#include "perspective/check_stream.h"

#include <google/protobuf/repeated_field.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/check_target.h"
#include "common/log.h"
#include "common/method_names.h"
#include "common/result_statement.h"
#include "common/steady_time.h"
#include "common/trace_context.h"

namespace mpic::perspective {
namespace {

constexpr std::size_t kCheckIdOctetsMax = 64;     // protos/mpic/v1/check.proto
constexpr std::size_t kRequestIdOctetsMax = 128;  // protos/mpic/v1/perspective.proto

bool GoodCheckId(const std::string& id) {
  return !id.empty() && id.size() <= kCheckIdOctetsMax &&
         std::all_of(id.begin(), id.end(), [](unsigned char c) { return absl::ascii_isgraph(c); });
}

// It stands in a log line, and in memory as long as the check.
bool GoodRequestId(const std::string& id) {
  return id.size() <= kRequestIdOctetsMax &&
         std::all_of(id.begin(), id.end(), [](unsigned char c) { return absl::ascii_isprint(c); });
}

// What the tenant may not ask for is not offered to it.
v1::Hello HelloFor(const Tenant& tenant, v1::Hello hello) {
  google::protobuf::RepeatedField<int> methods;
  methods.Swap(hello.mutable_supported_methods());
  for (const int method : methods) {
    if (tenant.Permits(static_cast<v1::Method>(method))) {
      hello.add_supported_methods(static_cast<v1::Method>(method));
    }
  }
  if (tenant.limits.in_flight_max > 0) {
    hello.set_checks_in_flight_max(std::min(
        hello.checks_in_flight_max(), static_cast<std::uint32_t>(tenant.limits.in_flight_max)));
  }
  return hello;
}

std::string IdentifierText(const v1::Identifier& identifier) {
  return identifier.has_ip_address() ? identifier.ip_address() : identifier.dns_name();
}

}  // namespace

CheckStream::CheckStream(Worker& worker, StreamEnvironment& environment, Caller caller,
                         Admission::Ticket ticket, std::function<void(CheckStream*)> on_done)
    : CheckWire(worker.loop),
      worker_(worker),
      environment_(environment),
      peer_(std::move(caller.peer)),
      tenant_(std::move(caller.tenant)),
      ticket_(std::move(ticket)),
      hello_(HelloFor(*tenant_, environment.hello)),
      on_done_(std::move(on_done)),
      age_timer_(worker.loop),
      grace_timer_(worker.loop) {
  environment_.metrics.streams().Increment();
}

void CheckStream::Start() {
  Post([this] {
    auto first = std::make_unique<Answer>();
    *first->message().mutable_hello() = hello_;
    Send(std::move(first));
    StartReading();
    StartAgeing();
  });
}

// A connection would otherwise live as long as its streams, with the certificates of its first day.
void CheckStream::StartAgeing() {
  if (finished_ || environment_.stream_age == absl::InfiniteDuration()) return;
  age_timer_.expires_after(absl::ToChronoMilliseconds(environment_.stream_age));
  age_timer_.async_wait([this](boost::system::error_code error) {
    if (!error && !going_away_) GoAway(environment_.leaving_max);
  });
}

void CheckStream::GoAway(absl::Duration grace) {
  // No timer may fire once OnDone has been posted.
  if (finished_) return;
  going_away_ = true;
  auto notice = std::make_unique<Answer>();
  *notice->message().mutable_going_away()->mutable_grace() = ToProtoDuration(grace);
  Send(std::move(notice));
  grace_timer_.expires_after(absl::ToChronoMilliseconds(grace));
  grace_timer_.async_wait([this](boost::system::error_code error) {
    if (!error) Abandon(grpc::Status(grpc::StatusCode::UNAVAILABLE, "going away"));
  });
}

void CheckStream::TakeEndOfInput() {
  input_ended_ = true;
  FinishIfIdle();
}

// OnCancel says so, too: the peer is gone.
void CheckStream::TakeBrokenWire() {
  Abandon(grpc::Status(grpc::StatusCode::CANCELLED, "the peer is gone"));
}

void CheckStream::TakeSilence() { FinishIfIdle(); }

void CheckStream::OnCancel() {
  Post([this] { Abandon(grpc::Status(grpc::StatusCode::CANCELLED, "cancelled by the peer")); });
}

void CheckStream::OnDone() {
  // The last callback of gRPC. What its other callbacks posted has run by then, and nothing else
  // was posted when the stream was finished.
  Post([this] {
    environment_.metrics.streams().Decrement();
    on_done_(this);
    delete this;
  });
}

void CheckStream::Take(v1::CheckRequest request) {
  if (abandoned_) return;
  switch (request.request_case()) {
    case v1::CheckRequest::kCheck:
      StartCheck(std::move(request));
      return;
    case v1::CheckRequest::kCancel: {
      const auto found = in_flight_.find(request.cancel().check_id());
      if (found != in_flight_.end()) found->second.task->Cancel();
      return;
    }
    case v1::CheckRequest::REQUEST_NOT_SET:
      Abandon(grpc::Status(grpc::StatusCode::INVALID_ARGUMENT,
                           "request: neither check nor cancel is set"));
      return;
  }
}

void CheckStream::StartCheck(v1::CheckRequest request) {
  v1::Check& check = *request.mutable_check();
  if (!GoodCheckId(check.check_id()) || in_flight_.contains(check.check_id())) {
    Abandon(
        grpc::Status(grpc::StatusCode::INVALID_ARGUMENT,
                     "check.check_id: must be 1..64 printable octets and not in flight already"));
    return;
  }
  if (!GoodRequestId(request.request_id())) {
    return Abandon(grpc::Status(grpc::StatusCode::INVALID_ARGUMENT,
                                "request_id: must be at most 128 octets of printable ASCII"));
  }
  if (!tenant_) {
    return Refuse(request,
                  {v1::Problem::UNSUPPORTED_METHOD, absl::StrCat(peer_, " may not ask any more")},
                  NameOf(Admission::Reason::kTenantGone));
  }
  const Tenant& tenant = *tenant_;
  const v1::Method method = RequestedMethod(check);
  if (method != v1::METHOD_UNSPECIFIED && !tenant.Permits(method)) {
    return Refuse(request,
                  {v1::Problem::UNSUPPORTED_METHOD,
                   absl::StrCat("method ", NameOfMethod(method), " is not permitted for tenant ",
                                tenant.tenant_id)},
                  kRefusedByMethod);
  }
  if (in_flight_.size() >= hello_.checks_in_flight_max()) {
    return Refuse(request, {v1::Problem::OVERLOADED, "over the stream's limit of checks in flight"},
                  kRefusedByStreams);
  }
  std::optional<TargetLimit::Place> place = environment_.names.Enter(TargetOf(check));
  if (!place) {
    return Refuse(request,
                  {v1::Problem::OVERLOADED,
                   absl::StrCat("over the limit of ", environment_.names.per_target_max(),
                                " checks in flight for one name")},
                  kRefusedByTarget);
  }
  auto entered = environment_.checks.Enter(tenant.tenant_id, 1);
  if (const auto* refusal = std::get_if<Admission::Refusal>(&entered)) {
    return Refuse(request, {v1::Problem::OVERLOADED, refusal->sentence}, NameOf(refusal->reason));
  }
  Run(std::move(request), std::get<Admission::Ticket>(std::move(entered)), *std::move(place));
}

void CheckStream::Run(v1::CheckRequest request, Admission::Ticket ticket,
                      TargetLimit::Place place) {
  v1::Check& check = *request.mutable_check();
  environment_.metrics.checks_in_flight().Increment();
  const std::string check_id = check.check_id();
  // Entered first: the task may end at once, on this very stack.
  InFlight& entry = in_flight_[check_id];
  entry = {.task = nullptr,
           .tenant = tenant_,
           .ticket = std::move(ticket),
           .place = std::move(place),
           .method = RequestedMethod(check),
           .identifier = IdentifierText(check.identifier()),
           .attempt = check.attempt(),
           .request_id = request.request_id(),
           .traceparent = ContinueTrace(request.traceparent()).traceparent(),
           .received = absl::Now(),
           .began = SteadyNow(),
           .question = QuestionOf(request)};
  const absl::Duration time = TimeForWork(check);
  std::shared_ptr<LoopTask> task =
      LoopTask::Start(worker_.loop, worker_.checker.Run(std::move(check)),
                      [this, check_id](absl::StatusOr<AnswerPtr> answer) {
                        EndCheck(check_id, std::move(answer));
                      });
  const auto still_there = in_flight_.find(check_id);
  if (still_there == in_flight_.end()) return;
  task->CancelAfter(time);
  still_there->second.task = std::move(task);
}

void CheckStream::EndCheck(const std::string& check_id, absl::StatusOr<AnswerPtr> answer) {
  auto ended = in_flight_.extract(check_id);
  // Whoever hears the result may ask about the name again.
  ended.mapped().place = {};
  environment_.metrics.checks_in_flight().Decrement();
  if (!answer.ok()) {
    auto failed = std::make_unique<Answer>();
    v1::CheckResult& result = failed->result();
    result.set_check_id(check_id);
    result.set_attempt(ended.mapped().attempt);
    *result.mutable_perspective() = environment_.hello.perspective();
    result.set_outcome(v1::ERROR);
    result.mutable_problem()->set_kind(
        absl::IsCancelled(answer.status()) ? v1::Problem::CANCELLED : v1::Problem::INTERNAL_ERROR);
    result.mutable_problem()->set_detail(std::string(answer.status().message()));
    *result.mutable_started_at() = ToTimestamp(ended.mapped().received);
    *result.mutable_finished_at() = ToTimestamp(absl::Now());
    answer = std::move(failed);
  }
  const v1::CheckResult& result = (*answer)->result();
  environment_.metrics.CountCheck(*ended.mapped().tenant, ended.mapped().method, result,
                                  SteadyNow() - ended.mapped().began);
  LogCheck(ended.mapped(), result);
  SendResult(std::move(ended.mapped().question), *std::move(answer), ended.mapped().traceparent,
             std::move(ended.mapped().ticket));
  FinishIfIdle();
}

void CheckStream::Refuse(const v1::CheckRequest& request, Problem problem,
                         absl::string_view reason) {
  if (tenant_) environment_.metrics.tenants().CountRefused(*tenant_, reason);
  const std::string tenant_id = tenant_ ? tenant_->tenant_id : "";
  const std::string traceparent = ContinueTrace(request.traceparent()).traceparent();
  environment_.refusals.Log(LogLevel::kWarning, absl::StrCat(tenant_id, " ", reason),
                            "check refused",
                            {{"request_id", request.request_id()},
                             {"traceparent", traceparent},
                             {"tenant", tenant_id},
                             {"peer", peer_},
                             {"reason", problem.detail}});
  auto answer = std::make_unique<Answer>();
  v1::CheckResult& result = answer->result();
  result.set_check_id(request.check().check_id());
  result.set_attempt(request.check().attempt());
  *result.mutable_perspective() = environment_.hello.perspective();
  result.set_outcome(v1::ERROR);
  result.mutable_problem()->set_kind(problem.kind);
  result.mutable_problem()->set_detail(std::move(problem.detail));
  *result.mutable_started_at() = ToTimestamp(absl::Now());
  *result.mutable_finished_at() = result.started_at();
  SendResult(QuestionOf(request), std::move(answer), traceparent);
}

std::optional<v1::ResultStatement> CheckStream::QuestionOf(const v1::CheckRequest& request) const {
  if (environment_.attester == nullptr) return std::nullopt;
  return StatementOfQuestion(request);
}

void CheckStream::SendResult(std::optional<v1::ResultStatement> question, AnswerPtr answer,
                             absl::string_view traceparent, Admission::Ticket ticket) {
  if (abandoned_) return;
  if (!question) return Send(std::move(answer), std::move(ticket));
  auto attested = environment_.attester->Attest(*std::move(question), answer->result());
  if (!attested.ok()) {
    // Whoever pins our key takes no result without signature, whatever it says.
    Log(LogLevel::kError, "result not signed",
        {{"traceparent", traceparent}, {"reason", attested.status().message()}});
    return Abandon(grpc::Status(grpc::StatusCode::INTERNAL, "results cannot be signed"));
  }
  // In place of the result, which it holds as octets.
  auto signed_answer = std::make_unique<Answer>();
  signed_answer->message().set_allocated_attested_result(
      std::make_unique<v1::AttestedResult>(*std::move(attested)).release());
  Send(std::move(signed_answer), std::move(ticket));
}

void CheckStream::Send(AnswerPtr answer, Admission::Ticket ticket) {
  if (!abandoned_) Write(std::move(answer), std::move(ticket));
}

// Ends everything at once: sockets close, late DNS answers are ignored, no result leaves any more.
void CheckStream::Abandon(grpc::Status status) {
  if (abandoned_) return;
  abandoned_ = true;
  final_status_ = std::move(status);
  Stop();
  for (auto& [check_id, check] : in_flight_) {
    if (check.task) check.task->Cancel();
  }
  FinishIfIdle();
}

void CheckStream::FinishIfIdle() {
  const bool all_heard = abandoned_ || input_ended_;
  if (finished_ || !all_heard || !in_flight_.empty() || !is_silent()) return;
  finished_ = true;
  age_timer_.cancel();
  grace_timer_.cancel();
  Finish(final_status_);
}

void CheckStream::LogCheck(const InFlight& check, const v1::CheckResult& result) const {
  Log(LogLevel::kInfo, "check",
      {{"request_id", check.request_id},
       {"traceparent", check.traceparent},
       {"tenant", check.tenant->tenant_id},
       {"peer", peer_},
       {"check_id", result.check_id()},
       {"method", v1::Method_Name(check.method)},
       {"identifier", check.identifier},
       {"outcome", v1::Outcome_Name(result.outcome())},
       {"problem", v1::Problem::Kind_Name(result.problem().kind())},
       {"detail", result.problem().detail()},
       {"steps", result.steps_size()},
       {"elapsed_ms", absl::ToInt64Milliseconds(SteadyNow() - check.began)}});
}

}  // namespace mpic::perspective
