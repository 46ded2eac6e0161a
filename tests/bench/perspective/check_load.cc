// A client of the Check stream that keeps a number of checks in flight over mutual TLS, and takes
// nothing for an operation but the result that is expected.
#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "common/challenge.h"
#include "common/credentials.h"
#include "common/proto_time.h"
#include "mpic/v1/perspective.grpc.pb.h"
#include "tests/bench/perspective/bench_names.h"
#include "tests/bench/perspective/load_report.h"

namespace mpic::bench {
namespace {

struct Options {
  std::string server;
  std::string peer_name;
  config::v1::Tls tls;
  std::string method;
  std::uint64_t checks = 1'000;  // in all
  std::uint64_t in_flight = 64;  // at a time, in all
  std::uint64_t streams = 1;     // that share both
  std::uint64_t per_second = 0;  // how many are begun; 0: as fast as they end
  double budget_seconds = 10;    // of one check
  std::string problem;           // the kind that is expected instead of PASSED
  std::string save_answer;       // file for one answer as octets, for stream_echo
};

// Set once, before the load begins.
struct Expectation {
  v1::Method method = v1::METHOD_UNSPECIFIED;
  std::string observed_value;
  v1::Problem::Kind problem = v1::Problem::KIND_UNSPECIFIED;
};

std::optional<Expectation> Expect(const Options& options) {
  const KeyAuthorization proof = KeyAuthorization::Parse(kKeyAuthorization).value();
  Expectation expected;
  if (options.method == "dns-01") expected = {v1::DNS_01, proof.DigestText()};
  if (options.method == "http-01") expected = {v1::HTTP_01, proof.text()};
  if (options.method == "tls-alpn-01") expected = {v1::TLS_ALPN_01, proof.DigestText()};
  if (options.method == "caa") expected = {v1::CAA, ""};
  if (expected.method == v1::METHOD_UNSPECIFIED) return std::nullopt;
  const bool known =
      options.problem.empty() || v1::Problem::Kind_Parse(options.problem, &expected.problem);
  return known ? std::optional(expected) : std::nullopt;
}

v1::CheckRequest RequestOf(std::uint64_t number, v1::Method method, double budget_seconds) {
  v1::CheckRequest request;
  v1::Check& check = *request.mutable_check();
  check.set_check_id(absl::StrCat(number));
  check.mutable_identifier()->set_dns_name(NameOf(number));
  *check.mutable_time_budget() = ToProtoDuration(absl::Seconds(budget_seconds));
  check.set_attempt(1);
  if (method == v1::DNS_01) check.mutable_dns_01()->set_key_authorization(kKeyAuthorization);
  if (method == v1::HTTP_01) check.mutable_http_01()->set_key_authorization(kKeyAuthorization);
  if (method == v1::TLS_ALPN_01) {
    check.mutable_tls_alpn_01()->set_key_authorization(kKeyAuthorization);
  }
  if (method == v1::CAA) check.mutable_caa()->add_issuer_domain_names(kIssuer);
  // What a coordinator sends beside it.
  request.set_traceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  request.set_request_id("bench");
  request.set_nonce("0123456789abcdef");
  return request;
}

// Empty: what was expected.
std::string Judge(const v1::CheckResult& result, const Expectation& expected) {
  const bool problem_agrees = result.problem().kind() == expected.problem;
  const bool outcome_agrees =
      (result.outcome() == v1::PASSED) == (expected.problem == v1::Problem::KIND_UNSPECIFIED);
  const bool value_agrees =
      result.outcome() != v1::PASSED ||
      (expected.method == v1::CAA ? result.caa().found_at() == kZone
                                  : result.observed_value() == expected.observed_value);
  if (problem_agrees && outcome_agrees && value_agrees) return "";
  return absl::StrCat("not the result that is expected: ", result.ShortDebugString());
}

// One Check stream. gRPC calls it on its own threads.
class LoadStream final : public grpc::ClientBidiReactor<v1::CheckRequest, v1::CheckResponse> {
 public:
  // `first` and `checks`: the numbers of its checks.
  LoadStream(const Options& options, const Expectation& expected, std::uint64_t first,
             std::uint64_t checks)
      : options_(options),
        expected_(expected),
        first_(first),
        answered_(checks, false),
        allowed_(options.per_second > 0 ? 0 : checks),
        in_flight_max_(options.in_flight / options.streams) {}

  void Start(v1::PerspectiveService::Stub& stub) {
    stub.async()->Check(&context_, this);
    // Writes are started by Allow as well, outside of gRPC's callbacks.
    AddHold();
    StartRead(&incoming_);
    StartCall();
  }
  // Allow is called no more.
  void LetGo() { RemoveHold(); }
  // Lets so many of its checks begin.
  void Allow(std::uint64_t checks) {
    const absl::MutexLock lock(&mutex_);
    allowed_ = std::min<std::uint64_t>(checks, answered_.size());
    WriteNext();
  }
  void WaitForEnd() {
    const absl::MutexLock lock(&mutex_);
    mutex_.Await(absl::Condition(&done_));
  }
  // After the end.
  const std::vector<std::string>& errors() const { return errors_; }
  std::uint64_t succeeded() const { return succeeded_; }

  void OnReadDone(bool ok) override {
    const absl::MutexLock lock(&mutex_);
    if (!ok) return;
    if (incoming_.has_hello()) {
      greeted_ = true;
    } else {
      Take();
    }
    WriteNext();
    StartRead(&incoming_);
  }
  void OnWriteDone(bool ok) override {
    const absl::MutexLock lock(&mutex_);
    writing_ = false;
    if (ok) WriteNext();
  }
  void OnDone(const grpc::Status& status) override {
    const absl::MutexLock lock(&mutex_);
    if (!status.ok()) errors_.push_back(status.error_message());
    const std::uint64_t lost = answered_.size() - ended_;
    if (lost > 0) errors_.push_back(absl::StrCat(lost, " checks were not answered"));
    done_ = true;
  }

 private:
  void Take() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    v1::CheckResult attested;
    if (incoming_.has_attested_result() &&
        !attested.ParseFromString(incoming_.attested_result().result())) {
      errors_.push_back("an attested result that cannot be read");
      return;
    }
    if (!incoming_.has_result() && !incoming_.has_attested_result()) {
      errors_.push_back("a message that is no result");
      return;
    }
    const v1::CheckResult& result = incoming_.has_result() ? incoming_.result() : attested;
    std::uint64_t number = 0;
    if (!absl::SimpleAtoi(result.check_id(), &number) || number - first_ >= started_ ||
        answered_[number - first_]) {
      errors_.push_back("a result of no check that is in flight");
      return;
    }
    answered_[number - first_] = true;
    ++ended_;
    if (std::string error = Judge(result, expected_); error.empty()) {
      ++succeeded_;
    } else {
      errors_.push_back(std::move(error));
    }
    if (ended_ == 1 && !options_.save_answer.empty()) {
      std::ofstream(options_.save_answer, std::ios::binary) << incoming_.SerializeAsString();
    }
  }
  void WriteNext() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (writing_ || !greeted_ || half_closed_) return;
    if (ended_ == answered_.size()) {
      half_closed_ = true;
      StartWritesDone();
      return;
    }
    if (started_ == allowed_ || started_ - ended_ >= in_flight_max_) return;
    outgoing_ = RequestOf(first_ + started_, expected_.method, options_.budget_seconds);
    ++started_;
    writing_ = true;
    StartWrite(&outgoing_);
  }

  const Options& options_;
  const Expectation& expected_;
  const std::uint64_t first_;
  grpc::ClientContext context_;
  v1::CheckRequest outgoing_;
  v1::CheckResponse incoming_;
  absl::Mutex mutex_;
  std::vector<bool> answered_ ABSL_GUARDED_BY(mutex_);
  std::uint64_t allowed_ ABSL_GUARDED_BY(mutex_);
  const std::uint64_t in_flight_max_;
  std::uint64_t started_ ABSL_GUARDED_BY(mutex_) = 0;
  std::uint64_t ended_ ABSL_GUARDED_BY(mutex_) = 0;
  bool greeted_ ABSL_GUARDED_BY(mutex_) = false;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool half_closed_ ABSL_GUARDED_BY(mutex_) = false;
  bool done_ ABSL_GUARDED_BY(mutex_) = false;
  std::uint64_t succeeded_ = 0;
  std::vector<std::string> errors_;
};

// Lets checks begin at the rate that is asked for, until all may.
void Pace(const Options& options, std::vector<std::unique_ptr<LoadStream>>& streams) {
  const absl::Time started = absl::Now();
  for (std::uint64_t allowed = 0; allowed < options.checks;) {
    absl::SleepFor(absl::Milliseconds(10));
    const double seconds = absl::ToDoubleSeconds(absl::Now() - started);
    allowed = static_cast<std::uint64_t>(seconds * static_cast<double>(options.per_second));
    for (const auto& stream : streams) stream->Allow(allowed / streams.size());
  }
}

int Run(const Options& options) {
  const std::optional<Expectation> expected = Expect(options);
  const auto credentials = ChannelCredentials(options.tls, options.peer_name, options.server);
  if (!expected || !credentials.ok()) {
    std::cerr << "method, problem or certificates: " << credentials.status().ToString() << '\n';
    return 2;
  }
  const auto stub =
      v1::PerspectiveService::NewStub(grpc::CreateChannel(options.server, *credentials));
  const std::uint64_t share = options.checks / options.streams;
  std::vector<std::unique_ptr<LoadStream>> streams;
  LoadReport report;
  for (std::uint64_t i = 0; i < options.streams; ++i) {
    streams.push_back(std::make_unique<LoadStream>(options, *expected, i * share, share));
    streams.back()->Start(*stub);
  }
  if (options.per_second > 0) Pace(options, streams);
  for (const auto& stream : streams) {
    stream->LetGo();
    stream->WaitForEnd();
    for (std::uint64_t i = 0; i < stream->succeeded(); ++i) report.Succeeded();
    for (const std::string& error : stream->errors()) report.Failed(error);
  }
  return report.Print();
}

}  // namespace
}  // namespace mpic::bench

int main(int argc, char** argv) {
  mpic::bench::Options options;
  CLI::App app{"Keeps checks of one method in flight at a perspective and counts the results."};
  app.add_option("--server", options.server)->required();
  app.add_option("--peer-name", options.peer_name)->required();
  app.add_option("--certificate-file", *options.tls.mutable_certificate_file())->required();
  app.add_option("--private-key-file", *options.tls.mutable_private_key_file())->required();
  app.add_option("--trusted-ca-file", *options.tls.mutable_trusted_ca_file())->required();
  app.add_option("--method", options.method)->required();
  app.add_option("--checks", options.checks);
  app.add_option("--in-flight", options.in_flight);
  app.add_option("--streams", options.streams);
  app.add_option("--per-second", options.per_second);
  app.add_option("--budget-seconds", options.budget_seconds);
  app.add_option("--problem", options.problem);
  app.add_option("--save-answer", options.save_answer);
  CLI11_PARSE(app, argc, argv);
  return mpic::bench::Run(options);
}
