// Baseline of the Check stream: reads the same messages over the same TLS and writes an answer that
// a perspective once gave, with the id of the check that came.
#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <deque>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <utility>

#include "absl/synchronization/mutex.h"
#include "common/credentials.h"
#include "common/program.h"
#include "mpic/v1/perspective.grpc.pb.h"

namespace mpic::bench {
namespace {

class EchoStream final : public grpc::ServerBidiReactor<v1::CheckRequest, v1::CheckResponse> {
 public:
  explicit EchoStream(const v1::CheckResponse& answer) : answer_(answer) {
    const absl::MutexLock lock(&mutex_);
    v1::CheckResponse greeting;
    greeting.mutable_hello();
    outgoing_.push_back(std::move(greeting));
    StartWrite(&outgoing_.front());
    StartRead(&incoming_);
  }

  void OnReadDone(bool ok) override {
    const absl::MutexLock lock(&mutex_);
    if (!ok) {
      ended_ = true;
      if (outgoing_.empty()) Finish(grpc::Status::OK);
      return;
    }
    outgoing_.push_back(answer_);
    outgoing_.back().mutable_result()->set_check_id(incoming_.check().check_id());
    if (outgoing_.size() == 1) StartWrite(&outgoing_.front());
    StartRead(&incoming_);
  }
  void OnWriteDone(bool /*ok*/) override {
    const absl::MutexLock lock(&mutex_);
    outgoing_.pop_front();
    if (!outgoing_.empty()) {
      StartWrite(&outgoing_.front());
    } else if (ended_) {
      Finish(grpc::Status::OK);
    }
  }
  void OnDone() override { delete this; }

 private:
  const v1::CheckResponse& answer_;
  v1::CheckRequest incoming_;
  absl::Mutex mutex_;
  std::deque<v1::CheckResponse> outgoing_ ABSL_GUARDED_BY(mutex_);
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
};

class EchoService final : public v1::PerspectiveService::CallbackService {
 public:
  explicit EchoService(v1::CheckResponse answer) : answer_(std::move(answer)) {}

  grpc::ServerBidiReactor<v1::CheckRequest, v1::CheckResponse>* Check(
      grpc::CallbackServerContext* /*context*/) override {
    return new EchoStream(answer_);
  }

 private:
  const v1::CheckResponse answer_;
};

int Run(const std::string& listen, const config::v1::Tls& tls, const std::string& answer_file) {
  std::ifstream file(answer_file, std::ios::binary);
  const std::string octets{std::istreambuf_iterator<char>(file), {}};
  v1::CheckResponse answer;
  const auto credentials = ServerCredentials(tls, listen);
  if (!answer.ParseFromString(octets) || !answer.has_result() || !credentials.ok()) {
    std::cerr << "no result in " << answer_file << ", or: " << credentials.status() << '\n';
    return 2;
  }
  EchoService service(std::move(answer));
  grpc::ServerBuilder builder;
  builder.AddListeningPort(listen, *credentials);
  builder.RegisterService(&service);
  const auto server = builder.BuildAndStart();
  if (!server) return 2;
  server->Wait();
  return 0;
}

}  // namespace
}  // namespace mpic::bench

int main(int argc, char** argv) {
  std::string listen, answer_file, allowed_peer;
  mpic::config::v1::Tls tls;
  CLI::App app{"Answers every check with one answer, until it is ended."};
  app.add_option("--listen", listen)->required();
  app.add_option("--answer", answer_file)->required();
  app.add_option("--certificate-file", *tls.mutable_certificate_file())->required();
  app.add_option("--private-key-file", *tls.mutable_private_key_file())->required();
  app.add_option("--trusted-ca-file", *tls.mutable_trusted_ca_file())->required();
  app.add_option("--allowed-peer", *tls.add_allowed_peers())->required();
  CLI11_PARSE(app, argc, argv);
  mpic::LeaveLockOrderAlone();
  return mpic::bench::Run(listen, tls, answer_file);
}
