// Measures a running coordinator: corroborations a second as a ratio to bare unary calls of the
// same server over the same connection, alternately in one run. `tests/bench/run` starts the
// laboratory.
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "common/credentials.h"
#include "mpic/v1/coordinator.grpc.pb.h"

namespace mpic {
namespace {

struct Options {
  std::string server;
  std::string peer_name;
  config::v1::Tls tls;
  std::string name = "shop.example.com";
  std::string key_authorization;
  int calls = 500;     // of each kind in each round
  int in_flight = 16;  // calls at a time
  int rounds = 5;
};

// Runs `calls` asynchronous calls, `in_flight` at a time, and returns calls a second; a failed call
// ends the program, because a rate of errors is no rate.
class Load {
 public:
  explicit Load(const Options& options) : options_(options) {}

  template <typename Call>
  double Run(const Call& call) {
    started_ = ended_ = 0;
    const absl::Time begin = absl::Now();
    {
      const absl::MutexLock lock(&mutex_);
      for (int i = 0; i < options_.in_flight; ++i) StartLocked(call);
      const auto all_ended = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
        return ended_ == options_.calls;
      };
      mutex_.Await(absl::Condition(&all_ended));
    }
    return options_.calls / absl::ToDoubleSeconds(absl::Now() - begin);
  }

 private:
  template <typename Call>
  void StartLocked(const Call& call) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (started_ == options_.calls) return;
    ++started_;
    call([this, &call](const std::string& error) {
      if (!error.empty()) {
        std::cerr << "a call failed: " << error << '\n';
        std::_Exit(1);
      }
      const absl::MutexLock lock(&mutex_);
      ++ended_;
      StartLocked(call);
    });
  }

  const Options& options_;
  absl::Mutex mutex_;
  int started_ ABSL_GUARDED_BY(mutex_) = 0;
  int ended_ ABSL_GUARDED_BY(mutex_) = 0;
};

// One call with everything that must outlive it.
template <typename Request, typename Response>
struct Exchange {
  grpc::ClientContext context;
  Request request;
  Response response;
};

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

int Measure(const Options& options) {
  const auto credentials = ChannelCredentials(options.tls, options.peer_name, options.server);
  if (!credentials.ok()) {
    std::cerr << credentials.status().message() << '\n';
    return 2;
  }
  const auto channel = grpc::CreateChannel(options.server, *credentials);
  const auto mpic_stub = v1::MpicService::NewStub(channel);
  grpc::GenericStub generic_stub(channel);

  const auto corroborate = [&](auto done) {
    using Pair = Exchange<v1::CorroborateRequest, v1::CorroborateResponse>;
    auto exchange = std::make_shared<Pair>();
    v1::Check& check = *exchange->request.add_inputs()->mutable_check();
    check.mutable_identifier()->set_dns_name(options.name);
    check.mutable_dns_01()->set_key_authorization(options.key_authorization);
    Pair& pair = *exchange;
    mpic_stub->async()->Corroborate(
        &pair.context, &pair.request, &pair.response,
        [exchange = std::move(exchange), done](const grpc::Status& status) {
          const bool good =
              status.ok() && exchange->response.corroborations(0).verdict() == v1::CORROBORATED;
          done(good ? "" : status.ok() ? "not corroborated" : status.error_message());
        });
  };
  // grpc.health.v1 by octets: an empty request asks for the server as a whole.
  const auto bare_call = [&](auto done) {
    using Pair = Exchange<grpc::ByteBuffer, grpc::ByteBuffer>;
    auto exchange = std::make_shared<Pair>();
    Pair& pair = *exchange;
    const grpc::Slice empty;
    pair.request = grpc::ByteBuffer(&empty, 1);
    generic_stub.UnaryCall(&pair.context, "/grpc.health.v1.Health/Check", grpc::StubOptions(),
                           &pair.request, &pair.response,
                           [exchange = std::move(exchange), done](const grpc::Status& status) {
                             done(status.error_message());
                           });
  };

  Load load(options);
  std::vector<double> corroborations;
  std::vector<double> bare;
  for (int round = 0; round < options.rounds; ++round) {
    bare.push_back(load.Run(bare_call));
    corroborations.push_back(load.Run(corroborate));
  }
  const double value = Median(corroborations);
  const double baseline = Median(bare);
  std::cout << absl::StreamFormat(
      "{\"figure\": \"dns_01_corroborations\", \"value\": %.0f, \"baseline\": %.0f, "
      "\"ratio\": %.3f, \"unit\": \"calls/s, 6 remotes and a primary, baseline: bare unary "
      "calls\"}\n",
      value, baseline, value / baseline);
  return 0;
}

}  // namespace
}  // namespace mpic

int main(int argc, char** argv) {
  mpic::Options options;
  std::string certificate, key, ca;
  CLI::App app{"Corroborations a second of a running coordinator, over bare calls."};
  app.add_option("--server", options.server)->required();
  app.add_option("--peer-name", options.peer_name)->required();
  app.add_option("--certificate-file", certificate)->required();
  app.add_option("--private-key-file", key)->required();
  app.add_option("--trusted-ca-file", ca)->required();
  app.add_option("--key-authorization", options.key_authorization)->required();
  app.add_option("--calls", options.calls);
  CLI11_PARSE(app, argc, argv);
  options.tls.set_certificate_file(certificate);
  options.tls.set_private_key_file(key);
  options.tls.set_trusted_ca_file(ca);
  return mpic::Measure(options);
}
