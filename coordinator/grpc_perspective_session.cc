#include "coordinator/grpc_perspective_session.h"

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/check_method.h"
#include "common/log.h"
#include "common/proto_time.h"
#include "common/result_statement.h"
#include "common/steady_time.h"
#include "coordinator/result_intake.h"

namespace mpic::coordinator {
namespace asio = boost::asio;
namespace {

// The most that a perspective's configuration lets a stream take
// (mpic/config/v1/perspective.proto).
constexpr std::uint32_t kChecksInFlightMax = 100'000;

// For the way there and back, beyond the perspective's own budget.
constexpr absl::Duration kWayMax = absl::Milliseconds(500);

v1::Problem MakeProblem(v1::Problem::Kind kind, std::string detail) {
  v1::Problem problem;
  problem.set_kind(kind);
  problem.set_detail(std::move(detail));
  return problem;
}

bool Supports(const v1::Hello& hello, v1::Method method) {
  return std::find(hello.supported_methods().begin(), hello.supported_methods().end(), method) !=
         hello.supported_methods().end();
}

}  // namespace

GrpcPerspectiveSession::GrpcPerspectiveSession(asio::io_context& loop, Options options)
    : loop_(loop),
      options_(std::move(options)),
      stub_(v1::PerspectiveService::NewStub(options_.channel)),
      reconnect_timer_(loop),
      hello_timer_(loop),
      leaving_timer_(loop),
      backoff_(options_.reconnect_min),
      last_problem_(Unreachable("not connected yet")),
      circuit_(loop, options_.circuit, options_.perspective.perspective_id, options_.metrics,
               [this] { PublishUse(); }) {}

void GrpcPerspectiveSession::Stop() {
  stopped_ = true;
  last_problem_ = Unreachable("shutting down");
  reconnect_timer_.cancel();
  hello_timer_.cancel();
  leaving_timer_.cancel();
  circuit_.Stop();
  for (const auto& line : std::exchange(leaving_, {})) line->stream->Abandon();
  if (current_) {
    const std::shared_ptr<Line> line = current_;
    LetGoOfCurrent();
    line->stream->Abandon();
  }
  while (!pending_.empty()) {
    Answer(pending_.begin(), {.result = std::nullopt, .problem = last_problem_});
  }
}

AwaitedAnswer GrpcPerspectiveSession::Ask(PerspectiveQuestion question, OnAnswer on_answer) {
  const std::uint64_t number = next_number_++;
  Enter(number, std::move(question), std::move(on_answer));
  return {weak(), number};
}

void GrpcPerspectiveSession::Enter(std::uint64_t number, PerspectiveQuestion question,
                                   OnAnswer on_answer) {
  if (!current_) return on_answer({.result = std::nullopt, .problem = last_problem_});
  if (!circuit_.Admits(number)) {
    return on_answer({.result = std::nullopt, .problem = Unreachable(circuit_.reason())});
  }
  const absl::Duration patience = FromProtoDuration(question.check.time_budget()) + kWayMax;
  auto request = std::make_shared<v1::CheckRequest>();
  *request->mutable_check() = std::move(question.check);
  // RAs choose check ids; on the wire they are ours, so that requests cannot collide.
  request->mutable_check()->set_check_id(absl::StrCat(number));
  request->set_request_id(std::move(question.request_id));
  request->set_traceparent(std::move(question.traceparent));
  request->set_nonce(RandomOctets(kNonceOctets, options_.random));
  const auto entry = pending_
                         .emplace(number, Pending{.request = std::move(request),
                                                  .asked_at = absl::Now(),
                                                  .on_answer = std::move(on_answer),
                                                  .patience = asio::steady_timer(
                                                      loop_, absl::ToChronoNanoseconds(patience))})
                         .first;
  entry->second.patience.async_wait(
      [this, session = weak(), number, patience](boost::system::error_code error) {
        // One that has just fired reports success even when its question is answered meanwhile.
        if (!error && !session.expired()) OnLate(number, patience);
      });
  // Nobody is overtaken: whoever waits is sent as soon as there is room.
  if (unsent_.empty() && current_->HasRoom()) {
    Transmit(entry);
  } else {
    unsent_.insert(number);
  }
}

void GrpcPerspectiveSession::Forget(std::uint64_t number) {
  circuit_.GiveUp(number);
  const auto found = pending_.find(number);
  if (found == pending_.end()) return;
  if (const std::shared_ptr<Line>& line = found->second.line) line->Cancel(number);
  unsent_.erase(number);
  pending_.erase(found);
}

void GrpcPerspectiveSession::OnLate(std::uint64_t number, absl::Duration patience) {
  const auto found = pending_.find(number);
  if (found == pending_.end()) return;
  OnAnswer on_answer = std::move(found->second.on_answer);
  // One that was never sent waits for room on the current line.
  const std::shared_ptr<Line> line = found->second.line ? found->second.line : current_;
  circuit_.Fail(number, "it left the last questions unanswered");
  Forget(number);
  if (line && ++line->silences >= kSilencesMax) {
    Drop(line, Unreachable(absl::StrCat("it left ", kSilencesMax, " checks in a row unanswered")));
  }
  on_answer({.result = std::nullopt, .problem = Late(patience)});
}

// In the order of arrival, as far as the perspective's limit of checks in flight goes.
void GrpcPerspectiveSession::SendWaiting() {
  while (current_ && current_->HasRoom() && !unsent_.empty()) {
    const auto entry = pending_.find(*unsent_.begin());
    unsent_.erase(unsent_.begin());
    Transmit(entry);
  }
}

void GrpcPerspectiveSession::Transmit(PendingMap::iterator entry) {
  const v1::Method method = MethodOf(entry->second.request->check());
  if (!Supports(current_->hello, method)) {
    Answer(entry,
           {.result = std::nullopt,
            .problem = MakeProblem(v1::Problem::UNSUPPORTED_METHOD,
                                   absl::StrCat("perspective ", options_.perspective.perspective_id,
                                                " does not support ", v1::Method_Name(method)))});
    return;
  }
  entry->second.line = current_;
  current_->Send(entry->second.request);
}

void GrpcPerspectiveSession::Answer(PendingMap::iterator entry, PerspectiveAnswer answer) {
  OnAnswer on_answer = std::move(entry->second.on_answer);
  if (entry->second.line) entry->second.line->NoteAnswered();
  unsent_.erase(entry->first);
  // Where it was the probe and this is no answer of the perspective's: the next one is it.
  circuit_.GiveUp(entry->first);
  pending_.erase(entry);
  on_answer(std::move(answer));
}

void GrpcPerspectiveSession::Open(bool takes_over) {
  auto line = std::make_shared<Line>();
  line->up = takes_over;
  line->opened = SteadyNow();
  current_ = line;
  // When to try again is decided by Reconnect, whose clock is steady: gRPC's own backoff, where the
  // clock of the day is set back, lasts that long (common/clock_watch.h).
  grpc::experimental::ChannelResetConnectionBackoff(options_.channel.get());
  line->stream = PerspectiveStream::Open(
      loop_, *stub_, options_.live_streams,
      {.on_message = [this, line](v1::CheckResponse m) { OnMessage(line, std::move(m)); },
       .on_closed = [this, line](const grpc::Status& status) { OnClosed(line, status); }});
  hello_timer_.expires_after(absl::ToChronoNanoseconds(options_.hello_timeout));
  hello_timer_.async_wait([this, line](boost::system::error_code error) {
    if (error || line->hello_taken || line != current_) return;
    Drop(line, Unreachable("no Hello came"));
  });
}

void GrpcPerspectiveSession::OnMessage(const std::shared_ptr<Line>& line,
                                       v1::CheckResponse message) {
  line->silences = 0;
  if (message.has_hello() != !line->hello_taken) {
    Drop(line, MakeProblem(v1::Problem::PERSPECTIVE_RESPONSE_INVALID,
                           absl::StrCat("perspective ", options_.perspective.perspective_id,
                                        ": Hello must be the first message, once")));
  } else if (message.has_hello()) {
    OnHello(line, std::move(*message.mutable_hello()));
  } else if (message.has_result()) {
    OnResult(line, {.result = std::move(*message.mutable_result())});
  } else if (message.has_attested_result()) {
    OnAttestedResult(line, std::move(*message.mutable_attested_result()));
  } else if (message.has_going_away()) {
    OnGoingAway(line);
  }
}

void GrpcPerspectiveSession::OnHello(const std::shared_ptr<Line>& line, v1::Hello hello) {
  if (auto problem = CheckIdentity(options_.perspective, hello.perspective(), options_.pin)) {
    options_.metrics.CountIdentityMismatch(options_.perspective.perspective_id);
    Log(LogLevel::kError, "identity mismatch",
        {{"perspective_id", options_.perspective.perspective_id}, {"reason", problem->detail()}});
    // Whoever it is will not change within a quarter of a second.
    backoff_ = options_.reconnect_max;
    Drop(line, *std::move(problem));
    return;
  }
  if (hello.checks_in_flight_max() == 0) {
    Drop(line, MakeProblem(v1::Problem::PERSPECTIVE_RESPONSE_INVALID,
                           absl::StrCat("perspective ", options_.perspective.perspective_id,
                                        ": Hello.checks_in_flight_max must not be 0")));
    return;
  }
  line->hello_taken = true;
  line->hello = std::move(hello);
  // What we remember of it must have a limit, whatever it says.
  line->hello.set_checks_in_flight_max(
      std::min(line->hello.checks_in_flight_max(), kChecksInFlightMax));
  hello_timer_.cancel();
  line->up = true;
  PublishUse();
  Log(LogLevel::kInfo, "perspective connected",
      {{"perspective_id", options_.perspective.perspective_id},
       {"software", line->hello.perspective().software()}});
  SendWaiting();
}

void GrpcPerspectiveSession::OnAttestedResult(const std::shared_ptr<Line>& line,
                                              v1::AttestedResult attested) {
  ReceivedResult received{.octets = std::move(*attested.mutable_result()),
                          .attestation = std::move(*attested.mutable_attestation())};
  // As with a message that gRPC cannot parse: nobody knows which question it answers.
  if (!received.result.ParseFromString(received.octets)) {
    Drop(line, MakeProblem(v1::Problem::PERSPECTIVE_RESPONSE_INVALID,
                           absl::StrCat("perspective ", options_.perspective.perspective_id,
                                        ": an attested result holds no CheckResult")));
    return;
  }
  OnResult(line, std::move(received));
}

void GrpcPerspectiveSession::OnResult(const std::shared_ptr<Line>& line, ReceivedResult received) {
  std::uint64_t number = 0;
  const auto entry = absl::SimpleAtoi(received.result.check_id(), &number) ? pending_.find(number)
                                                                           : pending_.end();
  if (line->TakeCancelled(number)) return SendWaiting();
  if (entry == pending_.end() || entry->second.line != line) {
    options_.metrics.CountUnexpectedResult(options_.perspective.perspective_id);
    return;
  }
  circuit_.Succeed();
  Answer(entry, TakeResult({.perspective = options_.perspective,
                            .pin = options_.pin,
                            .attestation_keys = options_.attestation_keys},
                           {.request = *entry->second.request,
                            .hello_identity = line->hello.perspective(),
                            .asked_at = entry->second.asked_at},
                           std::move(received), absl::Now(), options_.metrics));
  SendWaiting();
}

// What is in flight is still answered there; new questions go to a new stream.
void GrpcPerspectiveSession::OnGoingAway(const std::shared_ptr<Line>& line) {
  line->NoteGoingAway();
  if (line != current_) return;
  leaving_.push_back(line);
  if (leaving_.size() > options_.leaving_streams_max) {
    const std::shared_ptr<Line> oldest = leaving_.front();
    Drop(oldest, Unreachable("it went away too often without finishing"));
  }
  leaving_timer_.expires_after(absl::ToChronoNanoseconds(options_.leaving_max));
  leaving_timer_.async_wait([this](boost::system::error_code error) {
    if (error) return;
    for (const auto& gone : std::exchange(leaving_, {})) {
      Drop(gone, Unreachable("it went away without finishing"));
    }
  });
  last_problem_ = Unreachable("it is going away");
  // One that merely grows old is followed without a gap: questions wait for the next Hello. So is
  // one that was opened just before the perspective took over another configuration. What opens
  // streams faster than a reconnection again may wait as one.
  const absl::Duration lived = SteadyNow() - line->opened;
  if (lived >= options_.stable_after) backoff_ = options_.reconnect_min;
  const bool is_first = backoff_ == options_.reconnect_min;
  if (!stopped_ && line->up && (lived >= backoff_ || is_first)) {
    if (lived < backoff_) backoff_ = std::min(backoff_ * 2, options_.reconnect_max);
    line->up = false;
    Open(/*takes_over=*/true);
    return;
  }
  LetGoOfCurrent();
  Reconnect();
}

void GrpcPerspectiveSession::OnClosed(const std::shared_ptr<Line>& line,
                                      const grpc::Status& status) {
  const bool refused = status.error_code() == grpc::StatusCode::PERMISSION_DENIED ||
                       status.error_code() == grpc::StatusCode::UNAUTHENTICATED;
  // Escaped and cut: the message comes from the other side and goes into answers and records.
  const std::string why = absl::StrCat(
      "stream ended: ",
      status.error_message().empty()
          ? "closed by the perspective"
          : absl::CHexEscape(absl::string_view(status.error_message()).substr(0, 160)));
  v1::Problem problem = Unreachable(why);
  if (refused) problem.set_kind(v1::Problem::PERSPECTIVE_AUTH);
  Drop(line, problem);
}

void GrpcPerspectiveSession::Drop(const std::shared_ptr<Line>& line, const v1::Problem& problem) {
  line->stream->Abandon();
  // However many questions a stream takes with it, it fails once.
  const auto lost = std::find_if(pending_.begin(), pending_.end(),
                                 [&](const auto& entry) { return entry.second.line == line; });
  if (lost != pending_.end()) circuit_.Fail(lost->first, problem.detail());
  FailPending(line, problem);
  leaving_.erase(std::remove(leaving_.begin(), leaving_.end(), line), leaving_.end());
  if (line != current_) return;
  if (last_problem_.detail() != problem.detail()) {
    Log(LogLevel::kWarning, "perspective lost",
        {{"perspective_id", options_.perspective.perspective_id}, {"reason", problem.detail()}});
  }
  LetGoOfCurrent();
  last_problem_ = problem;
  // Questions that waited for this line's Hello.
  FailPending(nullptr, problem);
  Reconnect();
}

void GrpcPerspectiveSession::FailPending(const std::shared_ptr<Line>& line,
                                         const v1::Problem& problem) {
  for (auto entry = pending_.begin(); entry != pending_.end();) {
    const auto next = std::next(entry);
    if (entry->second.line == line) Answer(entry, {.result = std::nullopt, .problem = problem});
    entry = next;
  }
}

void GrpcPerspectiveSession::LetGoOfCurrent() {
  if (connected() && SteadyNow() - current_->opened >= options_.stable_after) {
    backoff_ = options_.reconnect_min;
  }
  current_ = nullptr;
  PublishUse();
}

// An open circuit that may be tried counts as usable until it has shown that it is not: nobody
// would try it otherwise.
void GrpcPerspectiveSession::PublishUse() {
  const bool usable = connected() && !circuit_.IsOpen();
  if (usable == std::exchange(told_usable_, usable)) return;
  const std::string& id = options_.perspective.perspective_id;
  usable ? options_.availability.StreamUp(id) : options_.availability.StreamDown(id);
}

void GrpcPerspectiveSession::Reconnect() {
  if (stopped_) return;
  // Between half and the whole backoff, so that coordinators do not come back all at once.
  const double part = 0.5 + 0.5 * static_cast<double>(options_.random() % 1024) / 1024;
  reconnect_timer_.expires_after(absl::ToChronoNanoseconds(backoff_ * part));
  backoff_ = std::min(backoff_ * 2, options_.reconnect_max);
  reconnect_timer_.async_wait([this](boost::system::error_code error) {
    if (!error && !stopped_ && !current_) Open();
  });
}

v1::Problem GrpcPerspectiveSession::Late(absl::Duration patience) const {
  return MakeProblem(v1::Problem::TIMED_OUT,
                     absl::StrCat("perspective ", options_.perspective.perspective_id,
                                  " gave no answer within ", absl::FormatDuration(patience)));
}

v1::Problem GrpcPerspectiveSession::Unreachable(absl::string_view why) const {
  return MakeProblem(v1::Problem::PERSPECTIVE_UNREACHABLE,
                     absl::StrCat("perspective ", options_.perspective.perspective_id, " at ",
                                  options_.perspective.address, ": ", why));
}

}  // namespace mpic::coordinator
