// Perspectives that answer each check at once, as a real one would after it had seen the proof: the
// wire and whoever asks are all that is left to be measured. dns-01 only; one process stands for
// any number of places, each behind a port and a certificate of its own.
//   mpic_instant_perspective --certificates DIR --trusted-ca-file FILE --allowed-peer NAME
//       --place ID,PORT,RIR,LATITUDE,LONGITUDE...
// DIR holds perspective-ID.pem and perspective-ID.key, RIR is a number of mpic.v1.Rir.
#include <grpcpp/grpcpp.h>

#include <cstdio>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "common/challenge.h"
#include "common/credentials.h"
#include "common/proto_time.h"
#include "mpic/v1/perspective.grpc.pb.h"
#include "tests/bench/peer_options.h"

namespace mpic::bench {
namespace {

constexpr std::uint32_t kChecksInFlightMax = 100'000;
constexpr std::uint32_t kTxt = 16;
constexpr std::uint32_t kTtl = 300;
constexpr char kLabel[] = "_acme-challenge.";

struct Place {
  v1::PerspectiveIdentity identity;
  int port = 0;
};

Place ParsePlace(const std::string& text) {
  const std::vector<std::string> parts = absl::StrSplit(text, ',');
  Place place;
  int rir = 0;
  double latitude = 0;
  double longitude = 0;
  if (parts.size() != 5 || !absl::SimpleAtoi(parts[1], &place.port) ||
      !absl::SimpleAtoi(parts[2], &rir) || !v1::Rir_IsValid(rir) ||
      !absl::SimpleAtod(parts[3], &latitude) || !absl::SimpleAtod(parts[4], &longitude)) {
    Fail(absl::StrCat("--place ", text, ": not ID,PORT,RIR,LATITUDE,LONGITUDE"));
  }
  v1::PerspectiveIdentity& identity = place.identity;
  identity.set_perspective_id(parts[0]);
  identity.set_region(parts[0]);
  identity.set_rir(static_cast<v1::Rir>(rir));
  identity.mutable_location()->set_latitude(latitude);
  identity.mutable_location()->set_longitude(longitude);
  identity.mutable_resolver()->set_resolver_id(parts[0]);
  identity.mutable_resolver()->set_rir(identity.rir());
  *identity.mutable_resolver()->mutable_location() = identity.location();
  identity.mutable_resolver()->set_validates_dnssec(true);
  identity.set_software("instant-perspective/1");
  return place;
}

v1::CheckResponse HelloOf(const v1::PerspectiveIdentity& identity) {
  v1::CheckResponse response;
  *response.mutable_hello()->mutable_perspective() = identity;
  response.mutable_hello()->add_supported_methods(v1::DNS_01);
  response.mutable_hello()->set_checks_in_flight_max(kChecksInFlightMax);
  return response;
}

void SetProof(const v1::Check& check, v1::CheckResult& result) {
  const auto parsed = KeyAuthorization::Parse(check.dns_01().key_authorization());
  if (!parsed.ok()) return;
  const std::string digest = parsed->DigestText();
  const std::string name = absl::StrCat(kLabel, check.identifier().dns_name());
  result.set_outcome(v1::PASSED);
  result.set_observed_value(digest);
  v1::DnsStep& step = *result.add_steps()->mutable_dns();
  step.set_qname(name);
  step.set_qtype(kTxt);
  step.set_answered(true);
  step.set_dnssec(v1::NOT_SECURE);
  step.add_rdata(absl::StrCat(std::string(1, static_cast<char>(digest.size())), digest));
  step.set_min_ttl(kTtl);
  step.set_tries(1);
  step.mutable_elapsed()->set_nanos(1'000'000);
  result.mutable_dns_record()->set_queried_name(name);
  result.mutable_dns_record()->add_values(digest);
}

v1::CheckResponse AnswerTo(const v1::Check& check, const v1::PerspectiveIdentity& identity) {
  v1::CheckResponse response;
  v1::CheckResult& result = *response.mutable_result();
  result.set_check_id(check.check_id());
  result.set_attempt(check.attempt());
  *result.mutable_perspective() = identity;
  *result.mutable_started_at() = ToTimestamp(absl::Now());
  *result.mutable_finished_at() = result.started_at();
  result.set_outcome(v1::FAILED);
  SetProof(check, result);
  if (result.outcome() != v1::PASSED) {
    result.mutable_problem()->set_kind(v1::Problem::BAD_REQUEST);
  }
  return response;
}

class CheckStream final : public grpc::ServerBidiReactor<v1::CheckRequest, v1::CheckResponse> {
 public:
  explicit CheckStream(const v1::PerspectiveIdentity& identity) : identity_(identity) {
    const absl::MutexLock lock(&mutex_);
    Send(HelloOf(identity_));
    StartRead(&incoming_);
  }

  void OnReadDone(bool ok) override {
    const absl::MutexLock lock(&mutex_);
    if (!ok) {
      input_ended_ = true;
      FinishIfQuiet();
      return;
    }
    if (incoming_.has_check()) Send(AnswerTo(incoming_.check(), identity_));
    StartRead(&incoming_);
  }

  void OnWriteDone(bool ok) override {
    const absl::MutexLock lock(&mutex_);
    outgoing_.pop_front();
    if (!ok) outgoing_.clear();
    if (!outgoing_.empty()) StartWrite(&outgoing_.front());
    FinishIfQuiet();
  }

  void OnDone() override { delete this; }

 private:
  void Send(v1::CheckResponse response) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    outgoing_.push_back(std::move(response));
    if (outgoing_.size() == 1) StartWrite(&outgoing_.front());
  }

  void FinishIfQuiet() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (!input_ended_ || !outgoing_.empty() || std::exchange(finished_, true)) return;
    Finish(grpc::Status::OK);
  }

  const v1::PerspectiveIdentity& identity_;
  v1::CheckRequest incoming_;
  absl::Mutex mutex_;
  std::deque<v1::CheckResponse> outgoing_ ABSL_GUARDED_BY(mutex_);  // the first is being written
  bool input_ended_ ABSL_GUARDED_BY(mutex_) = false;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
};

class Perspective final : public v1::PerspectiveService::CallbackService {
 public:
  Perspective(Place place, const config::v1::Tls& tls) : place_(std::move(place)) {
    const std::string address = absl::StrCat("127.0.0.1:", place_.port);
    const auto credentials = ServerCredentials(tls, address);
    if (!credentials.ok()) Fail(credentials.status().ToString());
    grpc::ServerBuilder builder;
    builder.AddListeningPort(address, *credentials);
    builder.RegisterService(this);
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    // As mpic-perspective: whoever asks sends pings.
    builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 10'000);
    server_ = builder.BuildAndStart();
    if (!server_) Fail("cannot listen on " + address);
  }

  grpc::ServerBidiReactor<v1::CheckRequest, v1::CheckResponse>* Check(
      grpc::CallbackServerContext* /*context*/) override {
    return new CheckStream(place_.identity);
  }

 private:
  const Place place_;
  std::unique_ptr<grpc::Server> server_;
};

int Run(int argc, char** argv) {
  BeginPeer();
  std::string certificates;
  std::vector<std::string> places;
  config::v1::Tls tls;
  CLI::App app{"Perspectives that answer every check at once."};
  app.add_option("--certificates", certificates)->required();
  app.add_option("--place", places)->required();
  app.add_option_function<std::string>(
         "--trusted-ca-file", [&tls](const std::string& file) { tls.set_trusted_ca_file(file); })
      ->required();
  app.add_option_function<std::string>(
         "--allowed-peer", [&tls](const std::string& name) { tls.add_allowed_peers(name); })
      ->required();
  CLI11_PARSE(app, argc, argv);
  std::vector<std::unique_ptr<Perspective>> perspectives;
  for (const std::string& text : places) {
    Place place = ParsePlace(text);
    const std::string stem =
        absl::StrCat(certificates, "/perspective-", place.identity.perspective_id());
    tls.set_certificate_file(stem + ".pem");
    tls.set_private_key_file(stem + ".key");
    perspectives.push_back(std::make_unique<Perspective>(std::move(place), tls));
  }
  std::puts("ready");
  std::fflush(stdout);
  WaitForSignal();
  // Streams live for ever; nobody waits for them.
  std::_Exit(0);
}

}  // namespace
}  // namespace mpic::bench

int main(int argc, char** argv) { return mpic::bench::Run(argc, argv); }
