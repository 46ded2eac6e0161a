#include "common/grpc_server_metrics.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <prometheus/text_serializer.h>

#include <atomic>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "mpic/v1/coordinator.grpc.pb.h"
#include "mpic/v1/perspective.grpc.pb.h"

namespace mpic {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Echoes request ids; "deny" is denied.
class UnaryService final : public v1::MpicService::CallbackService {
  grpc::ServerUnaryReactor* Corroborate(grpc::CallbackServerContext* context,
                                        const v1::CorroborateRequest* request,
                                        v1::CorroborateResponse* response) override {
    grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
    response->set_request_id(request->request_id());
    reactor->Finish(request->request_id() == "deny"
                        ? grpc::Status(grpc::StatusCode::PERMISSION_DENIED, "no")
                        : grpc::Status::OK);
    return reactor;
  }
};

// Answers each message at once, until the client is done or gone.
class EchoReactor final : public grpc::ServerBidiReactor<v1::CheckRequest, v1::CheckResponse> {
 public:
  EchoReactor() { StartRead(&request_); }

 private:
  void OnReadDone(bool ok) override {
    if (!ok) return Finish(cancelled_ ? grpc::Status::CANCELLED : grpc::Status::OK);
    response_.mutable_result()->set_check_id(request_.check().check_id());
    StartWrite(&response_);
  }
  void OnWriteDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::CANCELLED);
    StartRead(&request_);
  }
  void OnCancel() override { cancelled_ = true; }
  void OnDone() override { delete this; }

  std::atomic<bool> cancelled_{false};
  v1::CheckRequest request_;
  v1::CheckResponse response_;
};

class StreamService final : public v1::PerspectiveService::CallbackService {
  grpc::ServerBidiReactor<v1::CheckRequest, v1::CheckResponse>* Check(
      grpc::CallbackServerContext* /*context*/) override {
    return new EchoReactor;
  }
};

class GrpcServerMetricsTest : public ::testing::Test {
 protected:
  GrpcServerMetricsTest() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(&unary_);
    builder.RegisterService(&stream_);
    std::vector<std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface>> creators;
    creators.push_back(GrpcServerMetrics(registry_, {v1::MpicService::service_full_name(),
                                                     v1::PerspectiveService::service_full_name()}));
    builder.experimental().SetInterceptorCreators(std::move(creators));
    server_ = builder.BuildAndStart();
    channel_ =
        grpc::CreateChannel(absl::StrCat("127.0.0.1:", port_), grpc::InsecureChannelCredentials());
  }

  std::string Exposition() const {
    return prometheus::TextSerializer().prometheus::Serializer::Serialize(registry_.Collect());
  }

  // The value of the first series that begins with `name` and carries all of `labels`; -1 for none.
  double Value(const std::string& name, const std::vector<std::string>& labels) const {
    const std::string exposition = Exposition();
    for (const absl::string_view line : absl::StrSplit(exposition, '\n')) {
      bool matches = absl::StartsWith(line, name + "{");
      for (const std::string& label : labels) {
        matches = matches && absl::StrContains(line, label);
      }
      if (matches) return std::stod(std::string(line.substr(line.find("} ") + 2)));
    }
    return -1;
  }

  void Unary(const std::string& id) {
    grpc::ClientContext context;
    v1::CorroborateRequest request;
    request.set_request_id(id);
    v1::CorroborateResponse response;
    // The status is what the metrics are asked for.
    (void)v1::MpicService::NewStub(channel_)->Corroborate(&context, request, &response);
  }

  UnaryService unary_;
  StreamService stream_;
  prometheus::Registry registry_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

TEST_F(GrpcServerMetricsTest, EveryLabelSetExistsAtZero) {
  EXPECT_EQ(Value("grpc_server_started_total",
                  {"grpc_type=\"unary\"", "grpc_service=\"mpic.v1.MpicService\"",
                   "grpc_method=\"Corroborate\""}),
            0);
  EXPECT_EQ(Value("grpc_server_handled_total",
                  {"grpc_type=\"bidi_stream\"", "grpc_service=\"mpic.v1.PerspectiveService\"",
                   "grpc_method=\"Check\"", "grpc_code=\"Unauthenticated\""}),
            0);
  EXPECT_EQ(Value("grpc_server_handling_seconds_count", {"grpc_method=\"Check\""}), 0);
}

TEST_F(GrpcServerMetricsTest, CountsUnaryCallsByCode) {
  Unary("a");
  Unary("b");
  Unary("deny");
  EXPECT_EQ(Value("grpc_server_started_total", {"Corroborate"}), 3);
  EXPECT_EQ(Value("grpc_server_handled_total", {"Corroborate", "\"OK\""}), 2);
  EXPECT_EQ(Value("grpc_server_handled_total", {"Corroborate", "\"PermissionDenied\""}), 1);
  EXPECT_EQ(Value("grpc_server_handling_seconds_count", {"Corroborate"}), 3);
  EXPECT_EQ(Value("grpc_server_started_total", {"Check"}), 0);
}

TEST_F(GrpcServerMetricsTest, LeavesStreamsAsTheyAreAndCountsThemAtTheirEnd) {
  grpc::ClientContext context;
  const auto stub = v1::PerspectiveService::NewStub(channel_);
  const auto stream = stub->Check(&context);
  for (int i = 0; i < 500; ++i) {
    v1::CheckRequest request;
    request.mutable_check()->set_check_id(absl::StrCat(i));
    ASSERT_TRUE(stream->Write(request));
    v1::CheckResponse response;
    ASSERT_TRUE(stream->Read(&response));
    ASSERT_EQ(response.result().check_id(), absl::StrCat(i));
  }
  EXPECT_EQ(Value("grpc_server_started_total", {"Check"}), 1);
  EXPECT_EQ(Value("grpc_server_handling_seconds_count", {"Check"}), 0);
  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(Value("grpc_server_handled_total", {"Check", "\"OK\""}), 1);
  EXPECT_EQ(Value("grpc_server_handling_seconds_count", {"Check"}), 1);
}

TEST_F(GrpcServerMetricsTest, CountsACancelledStreamOnce) {
  {
    grpc::ClientContext context;
    const auto stub = v1::PerspectiveService::NewStub(channel_);
    const auto stream = stub->Check(&context);
    v1::CheckRequest request;
    ASSERT_TRUE(stream->Write(request));
    v1::CheckResponse response;
    ASSERT_TRUE(stream->Read(&response));
    context.TryCancel();
    EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
  }
  server_->Shutdown();  // waits for the reactor
  EXPECT_EQ(Value("grpc_server_started_total", {"Check"}), 1);
  EXPECT_EQ(Value("grpc_server_handling_seconds_count", {"Check"}), 1);
}

TEST_F(GrpcServerMetricsTest, SaysNothingOfServicesThatWereNotNamed) {
  EXPECT_THAT(Exposition(), Not(HasSubstr("grpc.health")));
}

}  // namespace
}  // namespace mpic
