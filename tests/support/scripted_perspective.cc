#include "tests/support/scripted_perspective.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/challenge.h"
#include "common/credentials.h"
#include "common/proto_time.h"
#include "common/rir.h"

namespace mpic::testing {
namespace {

// Long for a test of what is meant to be quick, short for whoever waits for it to fail.
constexpr absl::Duration kPatience = absl::Seconds(30);

[[noreturn]] void Give(const std::string& what) {
  std::fprintf(stderr, "scripted perspective: %s\n", what.c_str());
  std::abort();
}

void SetEvidence(const v1::Check& check, v1::CheckResult& result) {
  if (check.has_dns_01()) {
    const auto parsed = KeyAuthorization::Parse(check.dns_01().key_authorization());
    if (!parsed.ok()) Give(parsed.status().ToString());
    result.set_observed_value(parsed->DigestText());
    result.mutable_dns_record()->add_values(parsed->DigestText());
  } else if (check.has_http_01()) {
    result.set_observed_value(check.http_01().key_authorization());
    result.mutable_http()->set_body(check.http_01().key_authorization());
  } else if (check.has_caa()) {
    *result.mutable_caa()->mutable_valid_until() = ToTimestamp(absl::Now() + absl::Hours(8));
  } else {
    Give("a method without script");
  }
}

v1::CheckResult ResultOf(const v1::Check& check, const v1::PerspectiveIdentity& identity) {
  v1::CheckResult result;
  result.set_check_id(check.check_id());
  result.set_attempt(check.attempt());
  *result.mutable_perspective() = identity;
  *result.mutable_started_at() = ToTimestamp(absl::Now());
  *result.mutable_finished_at() = result.started_at();
  return result;
}

}  // namespace

v1::PerspectiveIdentity IdentityOf(const config::v1::ConfiguredPerspective& place) {
  v1::PerspectiveIdentity identity;
  identity.set_perspective_id(place.perspective_id());
  identity.set_region(place.region());
  identity.set_rir(*ParseRir(place.rir()));
  identity.mutable_location()->set_latitude(place.location().latitude());
  identity.mutable_location()->set_longitude(place.location().longitude());
  identity.mutable_resolver()->set_resolver_id(place.perspective_id());
  identity.mutable_resolver()->set_rir(identity.rir());
  *identity.mutable_resolver()->mutable_location() = identity.location();
  identity.mutable_resolver()->set_validates_dnssec(true);
  identity.set_software("scripted/1");
  return identity;
}

v1::CheckResult PassingResult(const v1::Check& check, const v1::PerspectiveIdentity& identity) {
  v1::CheckResult result = ResultOf(check, identity);
  result.set_outcome(v1::PASSED);
  SetEvidence(check, result);
  return result;
}

v1::CheckResult FailingResult(const v1::Check& check, const v1::PerspectiveIdentity& identity,
                              v1::Problem::Kind kind) {
  v1::CheckResult result = ResultOf(check, identity);
  result.set_outcome(v1::FAILED);
  result.mutable_problem()->set_kind(kind);
  result.mutable_problem()->set_detail("as scripted");
  return result;
}

ScriptedPerspective::ScriptedPerspective(config::v1::ConfiguredPerspective& place,
                                         const config::v1::Tls& tls)
    : ScriptedPerspective(IdentityOf(place), tls, "127.0.0.1:0") {
  Start();
  place.set_address(address_);
}

ScriptedPerspective::ScriptedPerspective(const v1::PerspectiveIdentity& identity,
                                         const config::v1::Tls& tls, std::string listen)
    : tls_(tls), address_(std::move(listen)) {
  *hello.mutable_perspective() = identity;
  for (const auto method : {v1::DNS_01, v1::HTTP_01, v1::CAA}) hello.add_supported_methods(method);
  hello.set_checks_in_flight_max(1'000);
  Pass();
}

ScriptedPerspective::~ScriptedPerspective() { Kill(); }

void ScriptedPerspective::Start() {
  const auto credentials = ServerCredentials(tls_, address_);
  if (!credentials.ok()) Give(credentials.status().ToString());
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort(address_, *credentials, &port);
  builder.RegisterService(this);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  server_ = builder.BuildAndStart();
  if (!server_ || port == 0) Give("cannot listen on " + address_);
  address_ = absl::StrCat("127.0.0.1:", port);
}

void ScriptedPerspective::Kill() {
  if (!server_) return;
  server_->Shutdown(std::chrono::system_clock::now());
  server_.reset();
}

void ScriptedPerspective::Hang() {
  const absl::MutexLock lock(&mutex_);
  hangs_ = true;
}

void ScriptedPerspective::SignWith(test::TestSigner signer) {
  const absl::MutexLock lock(&mutex_);
  signer_ = std::move(signer);
}

v1::CheckResponse ScriptedPerspective::ToResponse(const v1::CheckRequest& request,
                                                  v1::CheckResult result) const {
  v1::CheckResponse response;
  if (signer_) {
    *response.mutable_attested_result() = test::Attested(*signer_, request, result);
  } else {
    *response.mutable_result() = std::move(result);
  }
  return response;
}

void ScriptedPerspective::ReplyWith(Reply reply) {
  ReplyToRequestWith([reply = std::move(reply)](const v1::CheckRequest& request) {
    return reply(request.check());
  });
}

void ScriptedPerspective::ReplyToRequestWith(RequestReply reply) {
  const absl::MutexLock lock(&mutex_);
  hangs_ = false;
  reply_ = std::move(reply);
}

void ScriptedPerspective::Pass() {
  ReplyWith([identity = identity()](const v1::Check& check) {
    return ScriptedReply{.results = {PassingResult(check, identity)}};
  });
}

bool ScriptedPerspective::ReleaseHeld() {
  const absl::MutexLock lock(&mutex_);
  if (held_.empty()) return false;
  const Held next = std::move(held_.front());
  held_.pop_front();
  next.stream->Write(
      ToResponse(next.request, PassingResult(next.request.check(), hello.perspective())));
  return true;
}

void ScriptedPerspective::GoAway() {
  const absl::MutexLock lock(&mutex_);
  v1::CheckResponse response;
  *response.mutable_going_away()->mutable_grace() = ToProtoDuration(kPatience);
  for (Stream* stream : streams_) stream->Write(response);
}

std::vector<v1::CheckRequest> ScriptedPerspective::checks() const {
  const absl::MutexLock lock(&mutex_);
  return checks_;
}

std::size_t ScriptedPerspective::cancels() const {
  const absl::MutexLock lock(&mutex_);
  return cancels_;
}

std::size_t ScriptedPerspective::held() const {
  const absl::MutexLock lock(&mutex_);
  return held_.size();
}

std::size_t ScriptedPerspective::streams_opened() const {
  const absl::MutexLock lock(&mutex_);
  return streams_opened_;
}

std::size_t ScriptedPerspective::streams() const {
  const absl::MutexLock lock(&mutex_);
  return streams_.size();
}

grpc::Status ScriptedPerspective::Check(grpc::ServerContext* context, Stream* stream) {
  if (const auto peer = AuthorizePeer(*context->auth_context(), tls_); !peer.ok()) {
    return {grpc::StatusCode::PERMISSION_DENIED, std::string(peer.status().message())};
  }
  {
    const absl::MutexLock lock(&mutex_);
    Greet(*stream);
    streams_.push_back(stream);
    ++streams_opened_;
  }
  grpc::Status status;
  bool ends = false;
  v1::CheckRequest request;
  while (!ends && stream->Read(&request)) {
    const absl::MutexLock lock(&mutex_);
    ends = Take(*stream, request, status);
  }
  // The client has half-closed: whoever is held is still to be answered.
  while (!ends && !context->IsCancelled()) {
    const absl::MutexLock lock(&mutex_);
    const auto of_this = [&](const Held& held) { return held.stream == stream; };
    const auto none_held = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      return std::none_of(held_.begin(), held_.end(), of_this);
    };
    ends = mutex_.AwaitWithTimeout(absl::Condition(&none_held), absl::Milliseconds(20));
  }
  const absl::MutexLock lock(&mutex_);
  streams_.remove(stream);
  held_.remove_if([&](const Held& held) { return held.stream == stream; });
  return status;
}

void ScriptedPerspective::Greet(Stream& stream) {
  for (const v1::CheckResponse& early : before_hello) stream.Write(early);
  v1::CheckResponse greeting;
  *greeting.mutable_hello() = hello;
  stream.Write(greeting);
}

bool ScriptedPerspective::Take(Stream& stream, const v1::CheckRequest& request,
                               grpc::Status& status) {
  if (hangs_) return false;
  if (request.has_cancel()) {
    ++cancels_;
    // A cancelled check is answered as every other.
    held_.remove_if([&](const Held& held) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      if (held.request.check().check_id() != request.cancel().check_id()) return false;
      v1::CheckResult result = ResultOf(held.request.check(), hello.perspective());
      result.set_outcome(v1::ERROR);
      result.mutable_problem()->set_kind(v1::Problem::CANCELLED);
      stream.Write(ToResponse(held.request, std::move(result)));
      return true;
    });
    return false;
  }
  checks_.push_back(request);
  ScriptedReply reply = reply_(request);
  if (reply.results.empty() && reply.responses.empty() && !reply.ends_stream) {
    held_.push_back({&stream, request});
  }
  for (v1::CheckResult& result : reply.results) {
    stream.Write(ToResponse(request, std::move(result)));
  }
  for (const v1::CheckResponse& response : reply.responses) stream.Write(response);
  status = reply.status;
  return reply.ends_stream;
}

bool WaitUntil(const std::function<bool()>& condition) {
  const absl::Time deadline = absl::Now() + kPatience;
  while (!condition()) {
    if (absl::Now() >= deadline) return condition();
    absl::SleepFor(absl::Milliseconds(5));
  }
  return true;
}

}  // namespace mpic::testing
