#include "common/log.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <limits>
#include <thread>

#include "absl/strings/str_cat.h"
#include "common/file_text.h"

namespace mpic {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

// Logs as program "test" into memory.
class LogTest : public ::testing::Test {
 protected:
  LogTest() {
    InitLog("test", LogLevel::kInfo, [this](absl::string_view line) { lines_.emplace_back(line); });
  }
  ~LogTest() override { InitLog("mpic", LogLevel::kInfo); }

  // The one line so far as JSON; other tools must be able to read it.
  google::protobuf::Struct Parsed() const {
    google::protobuf::Struct object;
    EXPECT_THAT(lines_, SizeIs(1));
    EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(lines_.at(0), &object).ok())
        << lines_.at(0);
    return object;
  }
  std::string Text(const char* field) const { return Parsed().fields().at(field).string_value(); }

  std::vector<std::string> lines_;
};

TEST_F(LogTest, WritesOneJsonObjectALine) {
  const std::string id = "r-1";
  Log(LogLevel::kWarning, "corroboration",
      {{"request_id", id},
       {"verdict", "CORROBORATED"},
       {"attempts", 1},
       {"lab", true},
       {"seconds", 0.25},
       {"sequence", std::numeric_limits<std::uint64_t>::max()}});
  EXPECT_THAT(lines_.at(0),
              MatchesRegex("\\{\"time\":\"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}"
                           "\\.[0-9]{3}Z\",.*"));
  EXPECT_THAT(lines_.at(0),
              EndsWith("\"level\":\"warning\",\"logger\":\"test\",\"msg\":\"corroboration\","
                       "\"request_id\":\"r-1\",\"verdict\":\"CORROBORATED\",\"attempts\":1,"
                       "\"lab\":true,\"seconds\":0.25,\"sequence\":18446744073709551615}"));
  EXPECT_EQ(Text("request_id"), "r-1");
}

TEST_F(LogTest, TakesASingleFieldNoFieldsAndGatheredFields) {
  Log(LogLevel::kInfo, "one", {{"a", "b"}});
  Log(LogLevel::kInfo, "none");
  std::vector<LogField> gathered = {{"x", -5}};
  gathered.emplace_back("y", absl::string_view("z"));
  Log(LogLevel::kInfo, "gathered", gathered);
  ASSERT_THAT(lines_, SizeIs(3));
  EXPECT_THAT(lines_[0], EndsWith("\"msg\":\"one\",\"a\":\"b\"}"));
  EXPECT_THAT(lines_[1], EndsWith("\"msg\":\"none\"}"));
  EXPECT_THAT(lines_[2], EndsWith("\"msg\":\"gathered\",\"x\":-5,\"y\":\"z\"}"));
}

TEST_F(LogTest, EscapesWhatWouldBreakALineOrTheJson) {
  Log(LogLevel::kInfo, "a\nb\r\t\"\\\x01\x7f", {{"v", absl::string_view("\0\x1b", 2)}});
  EXPECT_THAT(lines_.at(0), Not(HasSubstr("\n")));
  EXPECT_EQ(Text("msg"), "a\nb\r\t\"\\\x01\x7f");
  EXPECT_EQ(Text("v"), std::string("\0\x1b", 2));
}

TEST_F(LogTest, ReplacesWhatIsNotUtf8) {
  struct Case {
    const char* name;
    absl::string_view value;
    const char* expected;
  };
  const Case cases[] = {
      {"good sequences stay", "\u00e9\u20ac\U0001f600", "\u00e9\u20ac\U0001f600"},
      {"a stray continuation", "a\x80z", "a\uFFFDz"},
      {"a sequence cut short", "\xe2\x82", "\uFFFD\uFFFD"},
      {"an overlong slash", "\xc0\xaf", "\uFFFD\uFFFD"},
      {"an overlong three octets", "\xe0\x80\x80", "\uFFFD\uFFFD\uFFFD"},
      {"a surrogate", "\xed\xa0\x80", "\uFFFD\uFFFD\uFFFD"},
      {"beyond Unicode", "\xf4\x90\x80\x80", "\uFFFD\uFFFD\uFFFD\uFFFD"},
      {"no such octet", "\xff", "\uFFFD"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    lines_.clear();
    Log(LogLevel::kInfo, "m", {{"v", c.value}});
    EXPECT_EQ(Text("v"), c.expected);
  }
}

TEST_F(LogTest, CutsLongValuesBetweenCharacters) {
  Log(LogLevel::kInfo, "m", {{"v", std::string(kLogValueBytesMax - 1, 'x') + "\u20ac"}});
  EXPECT_EQ(Text("v"), std::string(kLogValueBytesMax - 1, 'x') + "\u2026");
  lines_.clear();
  Log(LogLevel::kInfo, "m", {{"v", std::string(kLogValueBytesMax, 'x')}});
  EXPECT_EQ(Text("v"), std::string(kLogValueBytesMax, 'x'));
}

TEST_F(LogTest, WritesNumbersThatJsonHasNoWordForAsNull) {
  Log(LogLevel::kInfo, "m",
      {{"a", std::numeric_limits<double>::infinity()}, {"b", 1e-9}, {"c", 3.0f}});
  EXPECT_THAT(lines_.at(0), EndsWith("\"a\":null,\"b\":1e-09,\"c\":3}"));
}

TEST_F(LogTest, ObeysALevelSetAtRunTime) {
  Log(LogLevel::kDebug, "unseen");
  SetLogLevel(LogLevel::kDebug);
  EXPECT_TRUE(LogEnabled(LogLevel::kDebug));
  Log(LogLevel::kDebug, "seen");
  SetLogLevel(LogLevel::kError);
  Log(LogLevel::kWarning, "unseen");
  EXPECT_FALSE(LogEnabled(LogLevel::kWarning));
  EXPECT_THAT(lines_, SizeIs(1));
}

TEST_F(LogTest, KeepsLinesOfManyThreadsApart) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([i] {
      for (int j = 0; j < 200; ++j) Log(LogLevel::kInfo, "m", {{"thread", i}, {"line", j}});
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(lines_, SizeIs(800));
  EXPECT_THAT(lines_, ::testing::Each(EndsWith("}")));
}

// What two lines look like on a stderr that is a file, with JOURNAL_STREAM naming that file or not.
std::string StderrWithJournal(bool names_this_file) {
  const std::string path = absl::StrCat(::testing::TempDir(), "/log_test_", ::getpid());
  const int file = ::open(path.c_str(), O_CREAT | O_TRUNC | O_RDWR | O_CLOEXEC, 0600);
  struct stat status{};
  ::fstat(file, &status);
  const std::string journal =
      absl::StrCat(status.st_dev, ":", status.st_ino + (names_this_file ? 0 : 1));
  const int saved = ::dup(STDERR_FILENO);
  ::dup2(file, STDERR_FILENO);
  ::setenv("JOURNAL_STREAM", journal.c_str(), 1);
  InitLog("test", LogLevel::kInfo);
  Log(LogLevel::kError, "e");
  Log(LogLevel::kInfo, "i");
  std::fflush(stderr);
  ::unsetenv("JOURNAL_STREAM");
  ::dup2(saved, STDERR_FILENO);
  ::close(saved);
  ::close(file);
  const std::string text = ReadFileText(path, 1 << 20).value_or("");
  std::remove(path.c_str());
  return text;
}

TEST_F(LogTest, PrefixesPrioritiesForTheJournal) {
  const std::string text = StderrWithJournal(true);
  EXPECT_THAT(text, StartsWith("<3>{\"time\":"));
  EXPECT_THAT(text, HasSubstr("}\n<6>{\"time\":"));
  EXPECT_THAT(text, EndsWith("}\n"));
}

TEST_F(LogTest, HasNoPrioritiesWhenStderrIsNotTheJournal) {
  EXPECT_THAT(StderrWithJournal(false), StartsWith("{\"time\":"));
}

}  // namespace
}  // namespace mpic
