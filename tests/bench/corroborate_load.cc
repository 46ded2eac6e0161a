// An RA's load on a coordinator, or on whatever speaks like one: Corroborate calls of dns-01
// checks, each of a name of its own. Either a number of calls at a time (what can it do?), or calls
// at a fixed rate whatever comes back (how long does one wait?); then latency counts from the
// moment at which a call was due. Ends with a line of JSON.
//   mpic_corroborate_load --server ADDRESS --peer-name NAME --certificate-file ...
//       (--concurrency N | --rate CALLS_A_SECOND) --operations CALLS [--inputs CHECKS]
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "common/credentials.h"
#include "mpic/v1/coordinator.grpc.pb.h"
#include "tests/bench/peer_options.h"

namespace mpic::bench {
namespace {

constexpr char kKeyAuthorization[] =
    "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA.NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs";
constexpr std::size_t kErrorsToldMax = 5;
constexpr absl::Duration kCallMax = absl::Seconds(30);

struct Options {
  std::string server;
  std::string peer_name;
  config::v1::Tls tls;
  std::size_t operations = 1000;
  std::size_t concurrency = 0;
  double rate = 0;
  int inputs = 1;
};

// One call with all that must outlive it.
struct Exchange {
  grpc::ClientContext context;
  v1::CorroborateRequest request;
  v1::CorroborateResponse response;
  absl::Time due;
};

class Load {
 public:
  explicit Load(const Options& options, const std::shared_ptr<grpc::Channel>& channel)
      : options_(options), stub_(v1::MpicService::NewStub(channel)) {
    latencies_.reserve(options.operations);
  }

  void Run() {
    begun_ = absl::Now();
    if (options_.rate > 0) {
      RunAtRate();
    } else {
      for (std::size_t i = 0; i < std::min(options_.concurrency, options_.operations); ++i) Next();
    }
    const absl::MutexLock lock(&mutex_);
    const auto all_ended = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      return latencies_.size() == options_.operations;
    };
    mutex_.Await(absl::Condition(&all_ended));
    ended_ = absl::Now();
  }

  void Print() {
    const absl::MutexLock lock(&mutex_);
    std::sort(latencies_.begin(), latencies_.end());
    const auto quantile = [this](double part) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      const auto index = static_cast<std::size_t>(part * static_cast<double>(latencies_.size()));
      return absl::ToDoubleMilliseconds(latencies_[std::min(index, latencies_.size() - 1)]);
    };
    absl::PrintF(
        "{\"operations\": %d, \"seconds\": %.6f, \"errors\": %d, \"p50_ms\": %.3f, \"p90_ms\": "
        "%.3f, \"p99_ms\": %.3f, \"max_ms\": %.3f, \"checks\": %d}\n",
        latencies_.size(), absl::ToDoubleSeconds(ended_ - begun_), errors_, quantile(0.5),
        quantile(0.9), quantile(0.99), absl::ToDoubleMilliseconds(latencies_.back()),
        latencies_.size() * static_cast<std::size_t>(options_.inputs));
  }

 private:
  void RunAtRate() {
    for (std::size_t i = 0; i < options_.operations; ++i) {
      const absl::Time due = begun_ + absl::Seconds(static_cast<double>(i) / options_.rate);
      absl::SleepFor(due - absl::Now());
      Start(i, due);
    }
  }

  void Next() {
    std::size_t number = 0;
    {
      const absl::MutexLock lock(&mutex_);
      if (started_ == options_.operations) return;
      number = started_++;
    }
    Start(number, absl::Now());
  }

  void Start(std::size_t number, absl::Time due) {
    auto exchange = std::make_shared<Exchange>();
    exchange->due = due;
    exchange->context.set_deadline(absl::ToChronoTime(due + kCallMax));
    for (int i = 0; i < options_.inputs; ++i) {
      v1::Check& check = *exchange->request.add_inputs()->mutable_check();
      check.mutable_identifier()->set_dns_name(absl::StrCat("www.shop-", number, "-", i, ".com"));
      check.mutable_dns_01()->set_key_authorization(kKeyAuthorization);
    }
    Exchange& kept = *exchange;
    stub_->async()->Corroborate(&kept.context, &kept.request, &kept.response,
                                [this, exchange = std::move(exchange)](const grpc::Status& status) {
                                  End(*exchange, status);
                                });
  }

  void End(const Exchange& exchange, const grpc::Status& status) {
    const absl::Duration took = absl::Now() - exchange.due;
    const auto& answers = exchange.response.corroborations();
    const bool good = status.ok() && answers.size() == options_.inputs &&
                      std::all_of(answers.begin(), answers.end(), [](const auto& answer) {
                        return answer.verdict() == v1::CORROBORATED;
                      });
    {
      const absl::MutexLock lock(&mutex_);
      latencies_.push_back(took);
      if (!good && ++errors_ <= kErrorsToldMax) {
        std::fprintf(stderr, "a call failed: %d %s %s\n", status.error_code(),
                     status.error_message().c_str(),
                     exchange.response.ShortDebugString().substr(0, 400).c_str());
      }
    }
    if (options_.rate == 0) Next();
  }

  const Options& options_;
  const std::unique_ptr<v1::MpicService::Stub> stub_;
  absl::Time begun_;
  absl::Time ended_;
  absl::Mutex mutex_;
  std::size_t started_ ABSL_GUARDED_BY(mutex_) = 0;
  std::size_t errors_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<absl::Duration> latencies_ ABSL_GUARDED_BY(mutex_);
};

int Run(int argc, char** argv) {
  BeginPeer();
  Options options;
  CLI::App app{"Corroborate calls, many at a time or at a rate."};
  app.add_option("--server", options.server)->required();
  app.add_option("--peer-name", options.peer_name)->required();
  app.add_option("--operations", options.operations)->required();
  app.add_option("--concurrency", options.concurrency);
  app.add_option("--rate", options.rate);
  app.add_option("--inputs", options.inputs);
  AddTlsOptions(app, options.tls);
  CLI11_PARSE(app, argc, argv);
  if ((options.concurrency > 0) == (options.rate > 0)) Fail("--concurrency or --rate, one of them");
  const auto credentials = ChannelCredentials(options.tls, options.peer_name, options.server);
  if (!credentials.ok()) Fail(credentials.status().ToString());
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(64 << 20);
  const auto channel = grpc::CreateCustomChannel(options.server, *credentials, arguments);
  if (!channel->WaitForConnected(absl::ToChronoTime(absl::Now() + kCallMax))) {
    Fail("cannot connect to " + options.server);
  }
  Load load(options, channel);
  load.Run();
  load.Print();
  std::fflush(stdout);
  // The last call's thread may still be on its way out of the load.
  std::_Exit(0);
}

}  // namespace
}  // namespace mpic::bench

int main(int argc, char** argv) { return mpic::bench::Run(argc, argv); }
