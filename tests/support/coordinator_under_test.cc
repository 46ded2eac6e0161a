#include "tests/support/coordinator_under_test.h"

#include <google/protobuf/wrappers.pb.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "common/credentials.h"
#include "tests/coordinator/coordinator_config.h"
#include "tests/support/tcp_exchange.h"

namespace mpic::testing {
namespace {

constexpr char kKeyAuthorization[] =
    "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ.9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI";

constexpr char kCoordinator[] = "spiffe://mpic.example/coordinator";
constexpr char kRa[] = "spiffe://mpic.example/ra";

// Ends a test that would otherwise wait for ever.
void SetDeadline(grpc::ClientContext& context) {
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::minutes(1));
}

v1::Check& AddCheck(v1::CorroborateRequest& request, const std::string& check_id) {
  v1::Check& check = *request.add_inputs()->mutable_check();
  check.set_check_id(check_id);
  check.mutable_identifier()->set_dns_name("shop.example.com");
  return check;
}

}  // namespace

PendingCall::PendingCall(v1::MpicService::Stub& stub, v1::CorroborateRequest request)
    : request_(std::move(request)) {
  SetDeadline(context_);
  status_ = std::async(std::launch::async,
                       [this, &stub] { return stub.Corroborate(&context_, request_, &response_); });
}

PendingCall::~PendingCall() {
  context_.TryCancel();
  if (status_.valid()) status_.wait();
}

CoordinatorUnderTest::CoordinatorUnderTest(test::TestCa* ca)
    : config(coordinator::SoundConfig()), ca_(ca) {
  std::string pattern = ::testing::TempDir() + "/coordinator-XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp " + pattern);
  directory_ = pattern;
  config.set_listen("127.0.0.1:0");
  config.set_admin_listen("127.0.0.1:0");
  config.set_threads(2);
  *config.mutable_tls() = TlsFor(kCoordinator, kRa);
  config.mutable_audit()->set_directory(directory_ + "/audit");
  for (auto& place : *config.mutable_perspectives()) {
    perspectives_[place.perspective_id()] =
        std::make_unique<ScriptedPerspective>(place, TlsFor(place.peer_name(), kCoordinator));
    if (ca_ == nullptr) place.clear_peer_name();
  }
}

CoordinatorUnderTest::~CoordinatorUnderTest() {
  // First, so that it does not look for perspectives that are gone.
  server_.reset();
  std::filesystem::remove_all(directory_);
}

void CoordinatorUnderTest::Start() {
  std::vector<std::string> all;
  for (const auto& [id, perspective] : perspectives_) all.push_back(id);
  Start(all);
}

void CoordinatorUnderTest::Start(const std::vector<std::string>& expected) {
  auto settings = coordinator::CheckSettings(config, absl::Now());
  if (!settings.ok()) throw std::runtime_error(settings.status().ToString());
  auto server = coordinator::CoordinatorServer::Start(*settings);
  if (!server.ok()) throw std::runtime_error(server.status().ToString());
  server_ = *std::move(server);
  channel_ = ChannelAs(kRa);
  stub_ = v1::MpicService::NewStub(channel_);
  for (const std::string& id : expected) {
    EXPECT_TRUE(WaitUntil([&] { return Connected(id); })) << id;
  }
}

absl::Status CoordinatorUnderTest::Reload(const std::function<bool()>& hurry) {
  return server_->Reload(coordinator::CheckSettings(config, absl::Now()), hurry);
}

config::v1::Tls CoordinatorUnderTest::TlsFor(const std::string& name, const std::string& caller) {
  if (ca_ != nullptr) return ca_->TlsFor(name, {caller});
  config::v1::Tls plaintext;
  plaintext.set_insecure_loopback(true);
  return plaintext;
}

std::shared_ptr<grpc::Channel> CoordinatorUnderTest::ChannelAs(const std::string& caller) {
  const std::string target = absl::StrCat("127.0.0.1:", server_->port());
  const auto credentials = ChannelCredentials(TlsFor(caller, kCoordinator), kCoordinator, target);
  if (!credentials.ok()) throw std::runtime_error(credentials.status().ToString());
  return grpc::CreateChannel(target, *credentials);
}

v1::CorroborateResponse CoordinatorUnderTest::Corroborate(const v1::CorroborateRequest& request) {
  grpc::ClientContext context;
  SetDeadline(context);
  v1::CorroborateResponse response;
  const grpc::Status status = stub_->Corroborate(&context, request, &response);
  EXPECT_TRUE(status.ok()) << status.error_code() << ' ' << status.error_message();
  return response;
}

v1::Corroboration CoordinatorUnderTest::CorroborateOne(const v1::CorroborateRequest& request) {
  const v1::CorroborateResponse response = Corroborate(request);
  return response.corroborations().empty() ? v1::Corroboration() : response.corroborations(0);
}

double CoordinatorUnderTest::Metric(const std::string& beginning) {
  const std::string page =
      Exchange(server_->admin_port(), "GET /metrics HTTP/1.0\r\nHost: localhost\r\n\r\n");
  for (const absl::string_view line : absl::StrSplit(page, '\n')) {
    if (!absl::StartsWith(line, beginning)) continue;
    double value = -1;
    EXPECT_TRUE(absl::SimpleAtod(line.substr(line.rfind(' ') + 1), &value)) << line;
    return value;
  }
  return -1;
}

bool CoordinatorUnderTest::Connected(const std::string& perspective_id) {
  // On each of its loops the coordinator has a stream of its own.
  return Metric(absl::StrCat("mpic_coordinator_perspective_streams{perspective=\"", perspective_id,
                             "\"")) == config.threads();
}

std::vector<std::string> CoordinatorUnderTest::Records() {
  std::ifstream file(config.audit().directory() + "/audit-00000000000000000001.jsonl");
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

// grpc.health.v1 by hand: a string in field 1 is asked, a number in field 1 is answered.
bool CoordinatorUnderTest::Serving(const std::string& service) {
  grpc::TemplatedGenericStub<google::protobuf::StringValue, google::protobuf::Int32Value> health(
      channel_);
  grpc::ClientContext context;
  SetDeadline(context);
  google::protobuf::StringValue request;
  request.set_value(service);
  google::protobuf::Int32Value response;
  std::promise<grpc::Status> ended;
  health.UnaryCall(&context, "/grpc.health.v1.Health/Check", {}, &request, &response,
                   [&](const grpc::Status& status) { ended.set_value(status); });
  const grpc::Status status = ended.get_future().get();
  EXPECT_TRUE(status.ok()) << status.error_message();
  constexpr int kServing = 1;
  return response.value() == kServing;
}

v1::CorroborateRequest Dns01Request(const std::string& request_id) {
  v1::CorroborateRequest request;
  request.set_request_id(request_id);
  AddCheck(request, "dcv").mutable_dns_01()->set_key_authorization(kKeyAuthorization);
  return request;
}

void AddHttp01(v1::CorroborateRequest& request, const std::string& check_id) {
  v1::Check& check = AddCheck(request, check_id);
  check.mutable_http_01()->set_key_authorization(kKeyAuthorization);
}

void AddCaa(v1::CorroborateRequest& request, const std::string& check_id) {
  AddCheck(request, check_id).mutable_caa()->add_issuer_domain_names("ca.example.com");
}

}  // namespace mpic::testing
