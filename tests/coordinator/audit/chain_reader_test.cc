#include "coordinator/audit/chain_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "tests/coordinator/audit/log_on_disk.h"

namespace mpic::coordinator {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ChainReaderTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (std::size_t i = 0; i < lines_.size(); i += 2) {
      Overwrite(log_.segment(i + 1), lines_[i] + lines_[i + 1]);
    }
  }
  // What stops the reading; OK at the end.
  absl::Status ReadAll(std::uint64_t from = 1) {
    read_.clear();
    auto reader = ChainReader::Open(log_.directory(), from);
    if (!reader.ok()) return reader.status();
    for (ChainEntry entry;;) {
      const auto more = reader->Next(entry);
      if (!more.ok()) return more.status();
      if (!*more) return absl::OkStatus();
      read_.push_back(entry.line.sequence);
    }
  }

  LogOnDisk log_;
  const std::vector<std::string> lines_ = LinesOf({"a", "b", "c", "d", "e", "f"});
  std::vector<std::uint64_t> read_;
};

TEST_F(ChainReaderTest, ReadsAllSegmentsAsOneChain) {
  Overwrite(log_.directory() + "/audit-1.jsonl", "not a segment's name");
  Overwrite(log_.directory() + "/audit-0000000000000000000x.jsonl", "nor this");
  EXPECT_TRUE(ReadAll().ok());
  EXPECT_THAT(read_, ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST_F(ChainReaderTest, BeginsWithTheSegmentThatHoldsARecord) {
  EXPECT_TRUE(ReadAll(4).ok());
  EXPECT_THAT(read_, ElementsAre(3, 4, 5, 6));
  EXPECT_TRUE(ReadAll(100).ok());
  EXPECT_THAT(read_, ElementsAre(5, 6));
  std::filesystem::remove(log_.segment(1));
  EXPECT_TRUE(absl::IsOutOfRange(ReadAll(1)));
  EXPECT_TRUE(absl::IsUnavailable(ChainReader::Open("/nonexistent", 1).status()));
}

TEST_F(ChainReaderTest, StopsAtTheLastWholeLine) {
  Overwrite(log_.segment(5), lines_[4] + lines_[5].substr(0, 100));
  EXPECT_TRUE(ReadAll().ok());
  EXPECT_THAT(read_, ElementsAre(1, 2, 3, 4, 5));
  Overwrite(log_.segment(3), lines_[2] + lines_[3].substr(0, 100));
  EXPECT_THAT(std::string(ReadAll().message()),
              HasSubstr("audit-00000000000000000003.jsonl:2: incomplete"));
}

TEST_F(ChainReaderTest, EveryChangedBitIsFound) {
  for (const std::uint64_t first : {1U, 3U, 5U}) {
    const std::string content = ContentOf(log_.segment(first));
    for (std::size_t at = 0; at < content.size(); ++at) {
      std::string changed = content;
      changed[at] = static_cast<char>(changed[at] ^ 1);
      Overwrite(log_.segment(first), changed);
      const absl::Status status = ReadAll();
      // Without its line break the last line is one that somebody is writing.
      if (first == 5 && at + 1 == content.size()) {
        EXPECT_TRUE(status.ok());
        continue;
      }
      EXPECT_TRUE(absl::IsDataLoss(status)) << first << ' ' << at;
      EXPECT_THAT(std::string(status.message()), HasSubstr(log_.segment(first) + ":"));
    }
    Overwrite(log_.segment(first), content);
  }
}

TEST_F(ChainReaderTest, LongLinesAreReadWhole) {
  // Longer than the blocks that are read, so that lines cross their borders.
  const auto lines = LinesOf({std::string(700'000, 'x'), "b", std::string(300'000, 'y'), "d"});
  const LogOnDisk log;
  Overwrite(log.segment(), absl::StrCat(lines[0], lines[1], lines[2], lines[3]));
  const auto ids = log.RequestIds();
  ASSERT_EQ(ids.size(), 4U);
  EXPECT_EQ(ids[2], std::string(300'000, 'y'));
  EXPECT_EQ(LastLineOf(log.segment()).value() + "\n", lines[3]);
  Overwrite(log.segment(), lines[0]);
  EXPECT_EQ(LastLineOf(log.segment()).value() + "\n", lines[0]);
}

}  // namespace
}  // namespace mpic::coordinator
