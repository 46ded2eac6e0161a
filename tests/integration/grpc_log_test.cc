#include "common/grpc_log.h"

#include <gmock/gmock.h>
#include <grpc/support/log.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/log.h"

namespace mpic {
namespace {

using ::testing::HasSubstr;

TEST(GrpcLogTest, SpeaksThroughOurLog) {
  std::vector<std::string> lines;
  InitLog("test", LogLevel::kInfo, [&](absl::string_view line) { lines.emplace_back(line); });
  RouteGrpcLog();
  gpr_set_log_verbosity(GPR_LOG_SEVERITY_ERROR);
  gpr_log(GPR_ERROR, "No match found for server name: %s.", "127.0.0.1");  // not worth a line
  gpr_log(GPR_ERROR, "handshake of %d failed", 7);
  gpr_log(GPR_ERROR, "Handshake failed with fatal error SSL_ERROR_SSL: error:0A000086:SSL: %s",
          "certificate verify failed.");
  gpr_set_log_function(nullptr);
  InitLog("mpic", LogLevel::kInfo);
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_THAT(lines[1], HasSubstr("\"msg\":\"handshake failed\",\"reason\":\"untrusted\""));
  EXPECT_THAT(lines[0], HasSubstr("\"level\":\"warning\""));
  EXPECT_THAT(lines[0], HasSubstr("\"detail\":\"handshake of 7 failed\","
                                  "\"file\":\"grpc_log_test.cc\",\"line\":"));
}

}  // namespace
}  // namespace mpic
