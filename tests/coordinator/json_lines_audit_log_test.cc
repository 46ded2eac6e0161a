#include "coordinator/audit/json_lines_audit_log.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "absl/strings/str_split.h"
#include "tests/support/run_awaitable.h"

namespace mpic::coordinator {
namespace {

using mpic::testing::RunAwaitable;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class JsonLinesAuditLogTest : public ::testing::Test {
 protected:
  JsonLinesAuditLogTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "mpic-audit-XXXXXX").string();
    directory_ = mkdtemp(pattern.data());
    file_ = directory_ + "/audit.jsonl";
  }
  ~JsonLinesAuditLogTest() override { std::filesystem::remove_all(directory_); }

  absl::StatusOr<std::unique_ptr<JsonLinesAuditLog>> Open() {
    return JsonLinesAuditLog::Open(file_, clock_);
  }
  std::string Content() const {
    std::ifstream in(file_);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
  }
  std::vector<v1::AuditRecord> Records() const {
    std::vector<v1::AuditRecord> records;
    for (const auto line : absl::StrSplit(Content(), '\n', absl::SkipEmpty())) {
      records.emplace_back();
      EXPECT_TRUE(
          google::protobuf::util::JsonStringToMessage(std::string(line), &records.back()).ok())
          << line;
    }
    return records;
  }

  SystemClock clock_;
  std::string directory_;
  std::string file_;
};

absl::StatusOr<v1::AuditReference> Append(JsonLinesAuditLog& log, const std::string& request_id) {
  v1::AuditRecord record;
  record.set_request_id(request_id);
  return RunAwaitable(log.Append(record));
}

TEST_F(JsonLinesAuditLogTest, APlaceIsCheckedWithoutTouchingIt) {
  EXPECT_TRUE(JsonLinesAuditLog::CheckPlace(file_).ok());
  EXPECT_FALSE(std::filesystem::exists(file_));
  EXPECT_THAT(JsonLinesAuditLog::CheckPlace(directory_ + "/nowhere/audit.jsonl").message(),
              HasSubstr("No such file or directory, directory " + directory_ + "/nowhere"));
  const auto log = Open();
  ASSERT_TRUE(log.ok());
  EXPECT_TRUE(JsonLinesAuditLog::CheckPlace(file_).ok()) << "a running coordinator's";
}

TEST_F(JsonLinesAuditLogTest, AppendsOneReadableLineARecord) {
  const auto log = Open();
  ASSERT_TRUE(log.ok()) << log.status();
  const auto first = Append(**log, "a");
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->sequence(), 1U);
  EXPECT_THAT(Records(), SizeIs(1)) << "before Append answers";
  EXPECT_EQ(Append(**log, "line\nbreak \"quoted\"")->sequence(), 2U);
  const auto records = Records();
  ASSERT_THAT(records, SizeIs(2));
  EXPECT_EQ(records[1].request_id(), "line\nbreak \"quoted\"");
  EXPECT_EQ(records[1].sequence(), 2U);
  EXPECT_EQ(records[1].schema_version(), 1U);
  EXPECT_TRUE(records[1].has_recorded_at());
}

TEST_F(JsonLinesAuditLogTest, SequenceGoesOnAfterARestart) {
  {
    ASSERT_TRUE(Append(**Open(), "a").ok());
  }
  {
    ASSERT_TRUE(Append(**Open(), "b").ok());
  }
  EXPECT_EQ(Append(**Open(), "c")->sequence(), 3U);
  EXPECT_THAT(Records(), SizeIs(3));
}

TEST_F(JsonLinesAuditLogTest, FileIsForItsOwnerAlone) {
  const mode_t before = umask(0);
  const auto log = Open();
  umask(before);
  ASSERT_TRUE(log.ok());
  struct stat info{};
  ASSERT_EQ(stat(file_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
}

TEST_F(JsonLinesAuditLogTest, TornLastLineIsRefused) {
  std::ofstream(file_) << "{\"sequence\":\"1\"}\n{\"sequen";
  const auto log = Open();
  EXPECT_EQ(log.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(log.status().message()), HasSubstr("in the middle of a record"));
  EXPECT_THAT(std::string(log.status().message()), HasSubstr(file_));
}

TEST_F(JsonLinesAuditLogTest, SecondWriterIsRefused) {
  const auto log = Open();
  ASSERT_TRUE(log.ok());
  const auto second = Open();
  EXPECT_EQ(second.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(second.status().message()), HasSubstr("another process"));
}

TEST_F(JsonLinesAuditLogTest, WhatIsNoRegularFileInADirectoryIsRefused) {
  for (const std::string& file :
       {directory_ + "/missing/audit.jsonl", directory_, std::string("/dev/full")}) {
    const auto log = JsonLinesAuditLog::Open(file, clock_);
    EXPECT_EQ(log.status().code(), absl::StatusCode::kFailedPrecondition) << file;
    EXPECT_THAT(std::string(log.status().message()), HasSubstr("audit.file " + file));
  }
}

TEST_F(JsonLinesAuditLogTest, RecordsOfManyThreadsDoNotMix) {
  const auto log = Open();
  ASSERT_TRUE(log.ok());
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i) EXPECT_TRUE(Append(**log, std::string(5'000, 'x')).ok());
    });
  }
  for (std::thread& thread : threads) thread.join();
  const auto records = Records();
  ASSERT_THAT(records, SizeIs(200));
  for (std::size_t i = 0; i < records.size(); ++i) EXPECT_EQ(records[i].sequence(), i + 1);
}

// A disk that is full after `octets` of the file, until destruction.
class FullDisk {
 public:
  explicit FullDisk(rlim_t octets) {
    former_handler_ = std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &former_);
    const rlimit limit{octets, former_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() {
    setrlimit(RLIMIT_FSIZE, &former_);
    std::signal(SIGXFSZ, former_handler_);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  rlimit former_{};
  void (*former_handler_)(int) = SIG_DFL;
};

TEST_F(JsonLinesAuditLogTest, FullDiskIsAnErrorAndLeavesNoTornLine) {
  const auto log = Open();
  ASSERT_TRUE(log.ok());
  ASSERT_TRUE(Append(**log, "a").ok());
  const std::string before = Content();
  {
    const FullDisk full(before.size() + 10);
    const auto refused = Append(**log, "b");
    EXPECT_EQ(refused.status().code(), absl::StatusCode::kUnavailable);
    EXPECT_THAT(std::string(refused.status().message()), HasSubstr(file_));
  }
  EXPECT_EQ(Content(), before);
  EXPECT_EQ(Append(**log, "c")->sequence(), 2U);
  EXPECT_THAT(Records(), SizeIs(2));
}

}  // namespace
}  // namespace mpic::coordinator
