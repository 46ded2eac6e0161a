#include "common/log_limit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace mpic {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

// Lines into memory, at a time of its own.
class LogLimitTest : public ::testing::Test {
 protected:
  LogLimitTest() {
    InitLog("test", LogLevel::kInfo, [this](absl::string_view line) { lines_.emplace_back(line); });
  }
  ~LogLimitTest() override { InitLog("mpic", LogLevel::kInfo); }

  void Refuse(int times, absl::string_view kind = "rate") {
    for (int i = 0; i < times; ++i) {
      limit_.Log(LogLevel::kWarning, kind, "refused", {{"kind", kind}});
    }
  }
  std::vector<std::string> TakeLines() { return std::exchange(lines_, {}); }

  static constexpr int kLines = LogLimit::kLinesPerSecond;
  absl::Duration now_ = absl::Hours(1);
  std::vector<std::string> lines_;
  LogLimit limit_{[this] { return now_; }};
};

TEST_F(LogLimitTest, WhatIsWithinTheLimitIsWrittenAsItIs) {
  Refuse(kLines);
  EXPECT_THAT(lines_, SizeIs(kLines));
  for (const std::string& line : lines_) {
    EXPECT_THAT(line, AllOf(HasSubstr(R"("level":"warning")"), HasSubstr(R"("kind":"rate")"),
                            Not(HasSubstr("suppressed"))));
  }
}

TEST_F(LogLimitTest, TheNextSecondTellsWhatWasLeftOutOnce) {
  Refuse(kLines + 1000);
  EXPECT_THAT(TakeLines(), SizeIs(kLines));
  now_ += absl::Milliseconds(999);
  Refuse(1);
  EXPECT_THAT(TakeLines(), SizeIs(0));
  now_ += absl::Milliseconds(1);
  Refuse(2);
  EXPECT_THAT(TakeLines(),
              ElementsAre(HasSubstr(R"("suppressed":1001)"), Not(HasSubstr("suppressed"))));
}

TEST_F(LogLimitTest, AFloodOfOneKindHidesNoOther) {
  Refuse(1000, "rate");
  TakeLines();
  Refuse(1, "target");
  EXPECT_THAT(TakeLines(),
              ElementsAre(AllOf(HasSubstr(R"("kind":"target")"), Not(HasSubstr("suppressed")))));
}

TEST_F(LogLimitTest, WhatTheLevelHidesTakesNoLineAway) {
  SetLogLevel(LogLevel::kError);
  Refuse(kLines + 1);
  SetLogLevel(LogLevel::kInfo);
  Refuse(kLines);
  EXPECT_THAT(lines_, SizeIs(kLines));
  EXPECT_THAT(lines_.front(), Not(HasSubstr("suppressed")));
}

}  // namespace
}  // namespace mpic
