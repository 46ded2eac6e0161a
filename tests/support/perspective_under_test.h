// A whole perspective in this process, asked over real gRPC on the loopback.
#ifndef MPIC_TESTS_SUPPORT_PERSPECTIVE_UNDER_TEST_H_
#define MPIC_TESTS_SUPPORT_PERSPECTIVE_UNDER_TEST_H_

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "mpic/v1/perspective.grpc.pb.h"
#include "perspective/perspective_server.h"

namespace mpic::testing {

// A configuration that passes: plaintext, ports of its own choice, laboratory.
inline config::v1::PerspectiveConfig LoopbackPerspective(const IpEndpoint& resolver) {
  config::v1::PerspectiveConfig config;
  config.set_perspective_id("lab-1");
  config.set_region("lab");
  config.set_rir("RIPE NCC");
  config.mutable_location()->set_latitude(50.1);
  config.mutable_location()->set_longitude(8.7);
  config.mutable_resolver()->set_address(resolver.text());
  config.mutable_resolver()->set_validates_dnssec(true);
  config.set_listen("127.0.0.1:0");
  config.mutable_tls()->set_insecure_loopback(true);
  config.mutable_lab()->add_allowed_reserved_prefixes("127.0.0.0/8");
  config.set_threads(2);
  return config;
}

// One Check stream, spoken by hand. Reads block; the deadline of a minute ends a test that would
// otherwise wait for ever.
class CheckConversation {
 public:
  explicit CheckConversation(v1::PerspectiveService::Stub& stub) {
    context_.set_deadline(std::chrono::system_clock::now() + std::chrono::minutes(1));
    stream_ = stub.Check(&context_);
  }

  void Ask(v1::Check check) {
    v1::CheckRequest request;
    *request.mutable_check() = std::move(check);
    Say(request);
  }
  void CancelCheck(const std::string& check_id) {
    v1::CheckRequest request;
    request.mutable_cancel()->set_check_id(check_id);
    Say(request);
  }
  // On a stream that has ended this does nothing.
  void Say(const v1::CheckRequest& request) { (void)stream_->Write(request); }
  void HalfClose() { stream_->WritesDone(); }
  void CancelCall() { context_.TryCancel(); }

  // nullopt at the stream's end.
  std::optional<v1::CheckResponse> Hear() {
    v1::CheckResponse response;
    if (!stream_->Read(&response)) return std::nullopt;
    return response;
  }
  // The next message, which must be a result.
  v1::CheckResult HearResult() {
    const auto response = Hear();
    EXPECT_TRUE(response.has_value() && response->has_result());
    return response.value_or(v1::CheckResponse()).result();
  }
  grpc::Status End() { return stream_->Finish(); }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::CheckRequest, v1::CheckResponse>> stream_;
};

class PerspectiveUnderTest {
 public:
  explicit PerspectiveUnderTest(const config::v1::PerspectiveConfig& config) {
    auto settings = perspective::CheckSettings(config);
    EXPECT_TRUE(settings.ok()) << settings.status();
    auto server = perspective::PerspectiveServer::Start(settings.value());
    EXPECT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    stub_ = v1::PerspectiveService::NewStub(grpc::CreateChannel(
        absl::StrCat("127.0.0.1:", server_->port()), grpc::InsecureChannelCredentials()));
  }

  perspective::PerspectiveServer& server() { return *server_; }
  // A stream whose Hello has been heard.
  std::unique_ptr<CheckConversation> Open() {
    auto conversation = std::make_unique<CheckConversation>(*stub_);
    const auto first = conversation->Hear();
    EXPECT_TRUE(first.has_value() && first->has_hello());
    return conversation;
  }
  v1::PerspectiveService::Stub& stub() { return *stub_; }
  // The result of one check on a stream of its own.
  v1::CheckResult Run(v1::Check check) {
    const auto conversation = Open();
    conversation->Ask(std::move(check));
    conversation->HalfClose();
    v1::CheckResult result = conversation->HearResult();
    EXPECT_FALSE(conversation->Hear().has_value());
    EXPECT_TRUE(conversation->End().ok());
    return result;
  }

 private:
  std::unique_ptr<perspective::PerspectiveServer> server_;
  std::unique_ptr<v1::PerspectiveService::Stub> stub_;
};

// "PASSED", or outcome and kind as in "ERROR DNSSEC_BOGUS".
inline std::string VerdictOf(const v1::CheckResult& result) {
  if (result.outcome() == v1::PASSED) return "PASSED";
  return absl::StrCat(v1::Outcome_Name(result.outcome()), " ",
                      v1::Problem::Kind_Name(result.problem().kind()));
}

}  // namespace mpic::testing

#endif  // MPIC_TESTS_SUPPORT_PERSPECTIVE_UNDER_TEST_H_
