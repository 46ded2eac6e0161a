#include "coordinator/cli/perspective_call.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "common/proto_time.h"
#include "coordinator/cli/json.h"
#include "tests/support/test_attestations.h"

namespace mpic::coordinator::cli {
namespace {

using ::testing::HasSubstr;

constexpr char kHello[] = R"({"hello": {"checks_in_flight_max": 1}})";
constexpr char kGoingAway[] = R"({"going_away": {}})";
constexpr char kPassed[] = R"({"result": {"check_id": "1", "outcome": "PASSED"}})";
constexpr char kOther[] = R"({"result": {"check_id": "2", "outcome": "PASSED"}})";

// What a perspective says and how it ends, and what it was told.
struct Script {
  std::vector<const char*> responses;
  grpc::Status end;
  // The last word, which depends on the question.
  std::function<v1::CheckResponse(const v1::CheckRequest&)> answer = nullptr;

  std::size_t said = 0;
  std::vector<v1::CheckRequest> requests;
  bool half_closed = false;
};

class ScriptedStream final
    : public grpc::ClientReaderWriterInterface<v1::CheckRequest, v1::CheckResponse> {
 public:
  explicit ScriptedStream(Script& script) : script_(script) {}

  bool Read(v1::CheckResponse* response) override {
    if (script_.said == script_.responses.size()) {
      if (!script_.answer) return false;
      *response = std::exchange(script_.answer, nullptr)(script_.requests.at(0));
      return true;
    }
    response->Clear();
    const absl::Status parsed = FromJson(script_.responses[script_.said++], *response);
    EXPECT_TRUE(parsed.ok()) << parsed;
    return true;
  }
  bool Write(const v1::CheckRequest& request, grpc::WriteOptions) override {
    script_.requests.push_back(request);
    return true;
  }
  bool WritesDone() override {
    script_.half_closed = true;
    return true;
  }
  grpc::Status Finish() override { return script_.end; }
  void WaitForInitialMetadata() override {}
  bool NextMessageSize(std::uint32_t*) override { return false; }

 private:
  Script& script_;
};

class ScriptedStub final : public v1::PerspectiveService::StubInterface {
 public:
  explicit ScriptedStub(Script& script) : script_(script) {}

 private:
  using AsyncStream = grpc::ClientAsyncReaderWriterInterface<v1::CheckRequest, v1::CheckResponse>;

  ScriptedStream* CheckRaw(grpc::ClientContext*) override { return new ScriptedStream(script_); }
  AsyncStream* AsyncCheckRaw(grpc::ClientContext*, grpc::CompletionQueue*, void*) override {
    ADD_FAILURE() << "unexpected call";
    return nullptr;
  }
  AsyncStream* PrepareAsyncCheckRaw(grpc::ClientContext*, grpc::CompletionQueue*) override {
    ADD_FAILURE() << "unexpected call";
    return nullptr;
  }

  Script& script_;
};

PerspectiveAnswer Ask(Script& script) {
  v1::Check check;
  check.set_check_id("1");
  check.mutable_caa();
  Flags flags;
  flags.request_id = "r-1";
  ScriptedStub stub(script);
  return AskPerspective(stub, check, flags);
}

TEST(PerspectiveCallTest, AsksOnceAfterHelloAndHalfCloses) {
  Script script{.responses = {kHello, kGoingAway, kPassed, kGoingAway}};
  const PerspectiveAnswer answer = Ask(script);
  EXPECT_TRUE(answer.status.ok()) << answer.status.error_message();
  ASSERT_TRUE(answer.result.has_value());
  EXPECT_EQ(answer.result->outcome(), v1::PASSED);
  ASSERT_EQ(script.requests.size(), 1);
  EXPECT_EQ(script.requests[0].check().check_id(), "1");
  EXPECT_TRUE(script.requests[0].check().has_caa());
  EXPECT_EQ(script.requests[0].request_id(), "r-1");
  EXPECT_TRUE(script.half_closed);
}

// A perspective that signs; the check is that of Ask.
v1::AttestedResult SignedResult(const test::TestSigner& signer, const v1::CheckRequest& request) {
  v1::CheckResult result;
  result.set_check_id("1");
  result.set_outcome(v1::PASSED);
  *result.mutable_started_at() = ToTimestamp(absl::Now());
  *result.mutable_finished_at() = result.started_at();
  return test::Attested(signer, request, result);
}

std::string VerifiedBy(const PerspectiveAnswer& answer, const test::TestSigner& signer) {
  return std::string(VerifyAttestation(answer, signer.PublicKey(), absl::Now()).message());
}

TEST(PerspectiveCallTest, TakesAResultThatIsSigned) {
  const test::TestSigner signer = test::MakeTestSigner("k1", test::kEd25519Pem);
  const test::TestSigner other = test::MakeTestSigner("k1", test::kP256Pem);
  Script script{.responses = {kHello}};
  script.answer = [&](const v1::CheckRequest& request) {
    v1::CheckResponse response;
    *response.mutable_attested_result() = SignedResult(signer, request);
    return response;
  };
  PerspectiveAnswer answer = Ask(script);
  EXPECT_TRUE(answer.status.ok()) << answer.status.error_message();
  ASSERT_TRUE(answer.result.has_value() && answer.attested.has_value());
  EXPECT_EQ(answer.result->outcome(), v1::PASSED);
  EXPECT_EQ(answer.request.nonce().size(), 16U);
  EXPECT_EQ(VerifiedBy(answer, signer), "");
  EXPECT_THAT(VerifiedBy(answer, other), HasSubstr("its signature is none of key k1"));
  answer.request.set_nonce("another nonce...");
  EXPECT_THAT(VerifiedBy(answer, signer), HasSubstr("another nonce"));
}

TEST(PerspectiveCallTest, AResultThatIsNotSignedDoesNotVerify) {
  Script script{.responses = {kHello, kPassed}};
  EXPECT_THAT(VerifiedBy(Ask(script), test::MakeTestSigner("k1")), HasSubstr("is not"));
}

TEST(PerspectiveCallTest, SignedOctetsThatAreNoResultAreABreach) {
  Script script{.responses = {kHello, R"({"attested_result": {"result": "////"}})"}};
  EXPECT_THAT(Ask(script).status.error_message(), HasSubstr("else"));
}

struct FailureCase {
  const char* name;
  std::vector<const char*> responses;
  grpc::Status end;
  grpc::StatusCode code;
  const char* message;
};

TEST(PerspectiveCallTest, ReportsWhyThereIsNoResult) {
  const grpc::Status denied(grpc::StatusCode::PERMISSION_DENIED, "not listed");
  const grpc::Status late(grpc::StatusCode::DEADLINE_EXCEEDED, "late");
  const FailureCase kCases[] = {
      {"refused at once", {}, denied, grpc::StatusCode::PERMISSION_DENIED, "not listed"},
      {"ended before Hello", {}, {}, grpc::StatusCode::INTERNAL, "without a Hello"},
      {"a result first", {kPassed}, {}, grpc::StatusCode::INTERNAL, "no Hello"},
      {"no answer in time", {kHello}, late, grpc::StatusCode::DEADLINE_EXCEEDED, "late"},
      {"ended without a result", {kHello}, {}, grpc::StatusCode::INTERNAL, "without a result"},
      {"result of another check", {kHello, kOther}, {}, grpc::StatusCode::INTERNAL, "else"},
      {"two results", {kHello, kPassed, kPassed}, {}, grpc::StatusCode::INTERNAL, "else"},
      {"a second Hello", {kHello, kHello}, {}, grpc::StatusCode::INTERNAL, "else"},
  };
  for (const FailureCase& c : kCases) {
    SCOPED_TRACE(c.name);
    Script script{.responses = c.responses, .end = c.end};
    const PerspectiveAnswer answer = Ask(script);
    EXPECT_FALSE(answer.result.has_value());
    EXPECT_EQ(answer.status.error_code(), c.code);
    EXPECT_THAT(answer.status.error_message(), HasSubstr(c.message));
  }
}

}  // namespace
}  // namespace mpic::coordinator::cli
