// The barest program that does on the wire what a coordinator does: takes the same call, asks the
// primary and then all remotes over long-lived streams with the same messages, and answers with all
// that they said. No rule, no limit, no record, no metric; what it gets it believes.
//   mpic_bare_relay --listen ADDRESS --certificate-file ... --perspective ADDRESS,PEER_NAME...
// The first perspective is the primary.
#include <grpcpp/grpcpp.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "common/credentials.h"
#include "common/proto_time.h"
#include "mpic/v1/coordinator.grpc.pb.h"
#include "mpic/v1/perspective.grpc.pb.h"
#include "tests/bench/peer_options.h"

namespace mpic::bench {
namespace {

// As long as those of a coordinator.
constexpr char kTraceparent[] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";
constexpr char kRequestId[] = "6f1c2a4e-8d3b-4c5a-9e7f-0a1b2c3d4e5f";
constexpr char kNonce[] = "sixteen octets..";
constexpr int kBudgetSeconds = 10;

// One stream to one perspective, for the life of the process.
class Line final : public grpc::ClientBidiReactor<v1::CheckRequest, v1::CheckResponse> {
 public:
  using Take = std::function<void(v1::CheckResult)>;

  explicit Line(const std::shared_ptr<grpc::Channel>& channel)
      : stub_(v1::PerspectiveService::NewStub(channel)) {
    stub_->async()->Check(&context_, this);
    AddHold();  // questions are written outside of gRPC's callbacks
    StartRead(&incoming_);
    StartCall();
  }

  void WaitForHello() { hello_.WaitForNotification(); }

  // `take` is called with the result, on a thread of gRPC's.
  void Ask(const v1::Check& check, Take take) {
    v1::CheckRequest request;
    *request.mutable_check() = check;
    request.mutable_check()->set_attempt(1);
    request.mutable_check()->mutable_time_budget()->set_seconds(kBudgetSeconds);
    request.set_request_id(kRequestId);
    request.set_traceparent(kTraceparent);
    request.set_nonce(kNonce);
    const absl::MutexLock lock(&mutex_);
    const std::uint64_t number = ++last_number_;
    request.mutable_check()->set_check_id(absl::StrCat(number));
    waiting_.emplace(number, std::move(take));
    outgoing_.push_back(std::move(request));
    if (outgoing_.size() == 1) StartWrite(&outgoing_.front());
  }

  void OnReadDone(bool ok) override {
    if (!ok) return;
    if (incoming_.has_hello()) {
      hello_.Notify();
    } else {
      v1::CheckResult result = std::move(*incoming_.mutable_result());
      if (result.outcome() != v1::PASSED) Fail("a result that did not pass");
      std::uint64_t number = 0;
      Take take;
      if (absl::SimpleAtoi(result.check_id(), &number)) {
        const absl::MutexLock lock(&mutex_);
        const auto found = waiting_.find(number);
        if (found == waiting_.end()) Fail("a result that nobody waits for");
        take = std::move(found->second);
        waiting_.erase(found);
      }
      if (take) take(std::move(result));
    }
    StartRead(&incoming_);
  }

  void OnWriteDone(bool /*ok*/) override {
    const absl::MutexLock lock(&mutex_);
    outgoing_.pop_front();
    if (!outgoing_.empty()) StartWrite(&outgoing_.front());
  }

  void OnDone(const grpc::Status& status) override {
    Fail(absl::StrCat("a stream ended: ", status.error_message()));
  }

 private:
  std::unique_ptr<v1::PerspectiveService::Stub> stub_;
  grpc::ClientContext context_;
  absl::Notification hello_;
  v1::CheckResponse incoming_;
  absl::Mutex mutex_;
  std::uint64_t last_number_ ABSL_GUARDED_BY(mutex_) = 0;
  std::unordered_map<std::uint64_t, Take> waiting_ ABSL_GUARDED_BY(mutex_);
  std::deque<v1::CheckRequest> outgoing_ ABSL_GUARDED_BY(mutex_);  // the first is being written
};

using Lines = std::vector<std::unique_ptr<Line>>;

// What a coordinator's answer says beside the results: the same fields, as long as there.
v1::Corroboration Verdict(std::size_t remotes) {
  v1::Corroboration verdict;
  verdict.set_verdict(v1::CORROBORATED);
  v1::Quorum& quorum = *verdict.mutable_quorum();
  quorum.set_corroborating(static_cast<std::uint32_t>(remotes));
  quorum.set_attempted(static_cast<std::uint32_t>(remotes));
  quorum.set_non_corroborations_allowed(1);
  for (const v1::Rir rir : {v1::ARIN, v1::RIPE_NCC, v1::APNIC}) quorum.add_corroborating_rirs(rir);
  quorum.set_text(absl::StrCat(remotes, "/", remotes));
  verdict.set_attempts(1);
  verdict.set_cohort_seed(0x0123456789abcdef);
  verdict.set_policy_phase("2026-06-15");
  verdict.set_method_reference("BR 3.2.2.4.7");
  verdict.set_tenant_id("ca");
  for (auto* time : {verdict.mutable_started_at(), verdict.mutable_finished_at(),
                     verdict.mutable_reusable_until()}) {
    *time = ToTimestamp(absl::Now());
  }
  verdict.mutable_audit()->set_sequence(1'000'000);
  verdict.mutable_audit()->set_hash(std::string(32, '#'));
  return verdict;
}

class Call final : public grpc::ServerUnaryReactor {
 public:
  Call(const Lines& lines, const v1::CorroborateRequest& request, v1::CorroborateResponse& response)
      : lines_(lines),
        request_(request),
        response_(response),
        remotes_(lines.size() - 1),
        answers_left_(static_cast<std::size_t>(request.inputs_size()) * remotes_) {}

  void Start() {
    response_.set_request_id(kRequestId);
    response_.set_traceparent(kTraceparent);
    // All places are made before the first is filled in, so that threads do not meet.
    for (const v1::CorroborationInput& input : request_.inputs()) {
      v1::Corroboration& corroboration = *response_.add_corroborations();
      corroboration = Verdict(remotes_);
      corroboration.set_check_id(input.check().check_id());
      *corroboration.mutable_identifier() = input.check().identifier();
      corroboration.set_authorization_domain_name(input.check().identifier().dns_name());
      for (std::size_t seat = 0; seat < remotes_; ++seat) {
        corroboration.add_remotes()->set_corroborates(true);
      }
    }
    for (int i = 0; i < request_.inputs_size(); ++i) {
      lines_[0]->Ask(request_.inputs(i).check(), [this, i](v1::CheckResult result) {
        *response_.mutable_corroborations(i)->mutable_primary() = std::move(result);
        AskRemotes(i);
      });
    }
  }

  void OnDone() override { delete this; }

 private:
  void AskRemotes(int i) {
    for (std::size_t seat = 0; seat < remotes_; ++seat) {
      lines_[seat + 1]->Ask(request_.inputs(i).check(), [this, i, seat](v1::CheckResult result) {
        v1::RemoteResult& remote =
            *response_.mutable_corroborations(i)->mutable_remotes(static_cast<int>(seat));
        remote.set_perspective_id(result.perspective().perspective_id());
        remote.set_rir(result.perspective().rir());
        remote.set_region(result.perspective().region());
        *remote.mutable_result() = std::move(result);
        if (--answers_left_ == 0) Finish(grpc::Status::OK);
      });
    }
  }

  const Lines& lines_;
  const v1::CorroborateRequest& request_;
  v1::CorroborateResponse& response_;
  const std::size_t remotes_;
  std::atomic<std::size_t> answers_left_;
};

class Relay final : public v1::MpicService::CallbackService {
 public:
  explicit Relay(const Lines& lines) : lines_(lines) {}

  grpc::ServerUnaryReactor* Corroborate(grpc::CallbackServerContext* /*context*/,
                                        const v1::CorroborateRequest* request,
                                        v1::CorroborateResponse* response) override {
    auto* call = new Call(lines_, *request, *response);
    call->Start();
    return call;
  }

 private:
  const Lines& lines_;
};

std::unique_ptr<Line> OpenLine(const std::string& perspective, const config::v1::Tls& tls) {
  const std::pair<std::string, std::string> parts =
      absl::StrSplit(perspective, absl::MaxSplits(',', 1));
  const auto credentials = ChannelCredentials(tls, parts.second, parts.first);
  if (!credentials.ok()) Fail(credentials.status().ToString());
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  return std::make_unique<Line>(grpc::CreateCustomChannel(parts.first, *credentials, arguments));
}

int Run(int argc, char** argv) {
  BeginPeer();
  std::string listen;
  std::vector<std::string> perspectives;
  config::v1::Tls tls;
  CLI::App app{"A relay without any logic."};
  app.add_option("--listen", listen)->required();
  app.add_option("--perspective", perspectives)->required();
  AddTlsOptions(app, tls);
  CLI11_PARSE(app, argc, argv);
  Lines lines;
  for (const std::string& perspective : perspectives) lines.push_back(OpenLine(perspective, tls));
  for (const auto& line : lines) line->WaitForHello();
  Relay relay(lines);
  const auto credentials = ServerCredentials(tls, listen);
  if (!credentials.ok()) Fail(credentials.status().ToString());
  grpc::ServerBuilder builder;
  builder.AddListeningPort(listen, *credentials);
  builder.RegisterService(&relay);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (!server) Fail("cannot listen on " + listen);
  std::puts("ready");
  std::fflush(stdout);
  WaitForSignal();
  // Its streams live for ever.
  std::_Exit(0);
}

}  // namespace
}  // namespace mpic::bench

int main(int argc, char** argv) { return mpic::bench::Run(argc, argv); }
