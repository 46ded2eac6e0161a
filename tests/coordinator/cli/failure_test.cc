#include "coordinator/cli/failure.h"

#include <gtest/gtest.h>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace mpic::coordinator::cli {
namespace {

grpc::Status With(grpc::StatusCode code, const std::string& message,
                  const google::protobuf::Message& detail) {
  google::rpc::Status rich;
  rich.set_code(code);
  rich.add_details()->PackFrom(detail);
  return {code, message, rich.SerializeAsString()};
}

TEST(FailureTextTest, ListsEveryViolationOfARefusedRequest) {
  google::rpc::BadRequest refused;
  for (const char* field : {"inputs[0].check.identifier", "inputs[1].check.dns_01"}) {
    auto* violation = refused.add_field_violations();
    violation->set_field(field);
    violation->set_description("BAD_REQUEST: is required");
  }
  EXPECT_EQ(FailureText(With(grpc::StatusCode::INVALID_ARGUMENT, "the first of 2", refused)),
            "mpicctl: INVALID_ARGUMENT: the request breaks these rules\n"
            "inputs[0].check.identifier: BAD_REQUEST: is required\n"
            "inputs[1].check.dns_01: BAD_REQUEST: is required\n");
}

TEST(FailureTextTest, SaysWhenToComeBack) {
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(1);
  EXPECT_EQ(FailureText(With(grpc::StatusCode::RESOURCE_EXHAUSTED, "over the limit", retry)),
            "mpicctl: RESOURCE_EXHAUSTED: over the limit\ncome back in 1s\n");
}

TEST(FailureTextTest, SaysThatTheServerIsOfTheOtherKind) {
  EXPECT_EQ(
      FailureText({grpc::StatusCode::UNIMPLEMENTED, ""}),
      "mpicctl: UNIMPLEMENTED: the server does not know this call; a perspective knows check, "
      "a coordinator the others\n");
}

TEST(FailureTextTest, DetailsThatAreNoneAndControlCharactersDoNoHarm) {
  EXPECT_EQ(FailureText({grpc::StatusCode::INVALID_ARGUMENT, "bad\x1b[2J", "\xff\xff"}),
            "mpicctl: INVALID_ARGUMENT: bad\\x1b[2J\n");
}

}  // namespace
}  // namespace mpic::coordinator::cli
