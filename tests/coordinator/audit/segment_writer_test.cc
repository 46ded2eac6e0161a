#include "coordinator/audit/segment_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>

#include "tests/coordinator/audit/log_on_disk.h"

namespace mpic::coordinator {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// A disk with so much room left, whose sync may fail.
struct FaultyDisk {
  std::size_t room = 1 << 30;
  bool sync_fails = false;
  bool truncate_fails = false;
  int syncs = 0;

  FileCalls Calls() {
    return {.pwrite = [this](int fd, const void* octets, std::size_t count, off_t at) -> ssize_t {
              if (room == 0) {
                errno = ENOSPC;
                return -1;
              }
              const std::size_t fits = std::min(count, room);
              room -= fits;
              return ::pwrite(fd, octets, fits, at);
            },
            .fdatasync =
                [this](int fd) {
                  ++syncs;
                  errno = EIO;
                  return sync_fails ? -1 : ::fdatasync(fd);
                },
            .ftruncate =
                [this](int fd, off_t length) {
                  errno = EIO;
                  return truncate_fails ? -1 : ::ftruncate(fd, length);
                }};
  }
};

class SegmentWriterTest : public ::testing::Test {
 protected:
  absl::StatusOr<SegmentWriter> Open() {
    return SegmentWriter::Open({.directory = log_.directory(),
                                .octets_max = octets_max_,
                                .age_max = absl::Hours(1),
                                .calls = disk_.Calls()},
                               clock_);
  }

  LogOnDisk log_;
  SetClock clock_;
  FaultyDisk disk_;
  std::uint64_t octets_max_ = 1 << 20;
};

TEST_F(SegmentWriterTest, ABatchIsOneSync) {
  auto writer = Open();
  ASSERT_TRUE(writer.ok()) << writer.status();
  const auto heads = writer->Append(BodiesOf({"a", "b", "c"}));
  ASSERT_TRUE(heads.ok()) << heads.status();
  EXPECT_EQ(disk_.syncs, 1);
  ASSERT_THAT(*heads, SizeIs(3));
  EXPECT_EQ(heads->back(), writer->head());
  EXPECT_THAT(log_.RequestIds(), ElementsAre("a", "b", "c"));
  EXPECT_EQ(writer->segment_octets(), ContentOf(log_.segment()).size());
}

TEST_F(SegmentWriterTest, FilesAreForTheirOwnerAlone) {
  std::filesystem::remove_all(log_.directory());
  auto writer = Open();
  ASSERT_TRUE(writer.ok()) << writer.status();
  ASSERT_TRUE(writer->Append(BodiesOf({"a"})).ok());
  struct stat info{};
  ASSERT_EQ(stat(log_.directory().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700U);
  ASSERT_EQ(stat(log_.segment().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600U);
}

TEST_F(SegmentWriterTest, ASecondWriterIsRefused) {
  const auto writer = Open();
  ASSERT_TRUE(writer.ok());
  const auto second = Open();
  EXPECT_TRUE(absl::IsFailedPrecondition(second.status()));
  EXPECT_THAT(std::string(second.status().message()), HasSubstr("another process"));
}

TEST_F(SegmentWriterTest, WhatIsNoDirectoryIsRefused) {
  for (const std::string& directory :
       {std::string("/nonexistent/audit"), std::string("/dev/null")}) {
    const auto writer = SegmentWriter::Open({.directory = directory}, clock_);
    EXPECT_TRUE(absl::IsFailedPrecondition(writer.status())) << writer.status();
    EXPECT_THAT(std::string(writer.status().message()), HasSubstr(directory));
  }
}

TEST_F(SegmentWriterTest, TheChainGoesOnAfterReopening) {
  for (const char* id : {"a", "b", "c"}) {
    auto writer = Open();
    ASSERT_TRUE(writer.ok()) << writer.status();
    ASSERT_TRUE(writer->Append(BodiesOf({id})).ok());
  }
  EXPECT_THAT(log_.RequestIds(), ElementsAre("a", "b", "c"));
  EXPECT_THAT(log_.Files("audit-"), SizeIs(1));
}

TEST_F(SegmentWriterTest, AFullSegmentIsFollowedByTheNext) {
  octets_max_ = 2 * LinesOf({"a"})[0].size();
  auto writer = Open();
  ASSERT_TRUE(writer.ok());
  for (const char* id : {"a", "b", "c", "d", "e"}) {
    ASSERT_TRUE(writer->Append(BodiesOf({id})).ok());
  }
  EXPECT_THAT(log_.Files("audit-"),
              ElementsAre("audit-00000000000000000001.jsonl", "audit-00000000000000000003.jsonl",
                          "audit-00000000000000000005.jsonl"));
  EXPECT_THAT(log_.RequestIds(), ElementsAre("a", "b", "c", "d", "e"));
}

TEST_F(SegmentWriterTest, AnOldSegmentIsFollowedByTheNextAlsoAfterReopening) {
  {
    auto writer = Open();
    ASSERT_TRUE(writer->Append(BodiesOf({"a"})).ok());
    clock_.now += absl::Minutes(59);
    ASSERT_TRUE(writer->Append(BodiesOf({"b"})).ok());
    EXPECT_THAT(log_.Files("audit-"), SizeIs(1));
  }
  auto writer = Open();
  clock_.now += absl::Minutes(1);
  ASSERT_TRUE(writer->Append(BodiesOf({"c"})).ok());
  EXPECT_THAT(log_.Files("audit-"), SizeIs(2));
  EXPECT_THAT(log_.RequestIds(), ElementsAre("a", "b", "c"));
}

TEST_F(SegmentWriterTest, AClockThatIsSetBackDisturbsNothing) {
  auto writer = Open();
  ASSERT_TRUE(writer->Append(BodiesOf({"a"})).ok());
  clock_.now -= absl::Hours(24 * 365);
  ASSERT_TRUE(writer->Append(BodiesOf({"b"})).ok());
  EXPECT_THAT(log_.Files("audit-"), SizeIs(1));
  // The segment still grows old.
  clock_.now += absl::Hours(1);
  ASSERT_TRUE(writer->Append(BodiesOf({"c"})).ok());
  EXPECT_THAT(log_.Files("audit-"), SizeIs(2));
  EXPECT_THAT(log_.RequestIds(), ElementsAre("a", "b", "c"));
}

TEST_F(SegmentWriterTest, AFullDiskLosesTheBatchAndNothingElse) {
  auto writer = Open();
  ASSERT_TRUE(writer->Append(BodiesOf({"a"})).ok());
  const std::string before = ContentOf(log_.segment());
  disk_.room = before.size() + 10;  // the batch's first record, and a part of its second
  const auto refused = writer->Append(BodiesOf({"b", "c"}));
  EXPECT_TRUE(absl::IsUnavailable(refused.status()));
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("No space left"));
  EXPECT_EQ(writer->head().sequence, 1U);
  // Still full: what was written in part is taken back, but there is no room.
  EXPECT_TRUE(absl::IsUnavailable(writer->Repair()));
  disk_.room = 1 << 20;
  EXPECT_TRUE(writer->Repair().ok());
  EXPECT_EQ(ContentOf(log_.segment()), before);
  ASSERT_TRUE(writer->Append(BodiesOf({"d"})).ok());
  EXPECT_THAT(log_.RequestIds(), ElementsAre("a", "d"));
  EXPECT_THAT(log_.Files("audit-"), SizeIs(2));
  EXPECT_THAT(log_.Files("probe"), IsEmpty());
}

TEST_F(SegmentWriterTest, ThereMustBeRoomForWhatFailed) {
  auto writer = Open();
  const std::string large(200'000, 'x');
  disk_.room = 100'000;
  ASSERT_FALSE(writer->Append(BodiesOf({large})).ok());
  disk_.room = 150'000;
  EXPECT_FALSE(writer->Repair().ok());
  disk_.room = 1 << 20;
  EXPECT_TRUE(writer->Repair().ok());
  EXPECT_TRUE(writer->Append(BodiesOf({large})).ok());
  EXPECT_THAT(log_.Files("audit-"), ElementsAre("audit-00000000000000000001.jsonl"));
}

TEST_F(SegmentWriterTest, AfterAFailedSyncTheSegmentIsClosed) {
  auto writer = Open();
  ASSERT_TRUE(writer->Append(BodiesOf({"a"})).ok());
  const std::string before = ContentOf(log_.segment());
  disk_.sync_fails = true;
  EXPECT_TRUE(absl::IsUnavailable(writer->Append(BodiesOf({"b"})).status()));
  EXPECT_TRUE(absl::IsUnavailable(writer->Repair()));
  disk_.sync_fails = false;
  EXPECT_TRUE(writer->Repair().ok());
  EXPECT_EQ(ContentOf(log_.segment()), before);
  ASSERT_TRUE(writer->Append(BodiesOf({"c"})).ok());
  EXPECT_THAT(log_.RequestIds(), ElementsAre("a", "c"));
  EXPECT_THAT(log_.Files("audit-"), SizeIs(2));
}

TEST_F(SegmentWriterTest, WhatCannotBeTakenBackKeepsTheLogClosed) {
  auto writer = Open();
  ASSERT_TRUE(writer->Append(BodiesOf({"a"})).ok());
  disk_.sync_fails = true;
  ASSERT_FALSE(writer->Append(BodiesOf({"b"})).ok());
  disk_.sync_fails = false;
  disk_.truncate_fails = true;
  EXPECT_TRUE(absl::IsUnavailable(writer->Repair()));
  disk_.truncate_fails = false;
  EXPECT_TRUE(writer->Repair().ok());
  EXPECT_THAT(log_.RequestIds(), ElementsAre("a"));
}

TEST_F(SegmentWriterTest, StorageThatLostARecordIsNotMended) {
  auto writer = Open();
  ASSERT_TRUE(writer->Append(BodiesOf({"a", "b"})).ok());
  std::string content = ContentOf(log_.segment());
  disk_.sync_fails = true;
  ASSERT_FALSE(writer->Append(BodiesOf({"c"})).ok());
  disk_.sync_fails = false;
  content[200] ^= 1;
  Overwrite(log_.segment(), content);
  EXPECT_TRUE(absl::IsDataLoss(writer->Repair()));
  Overwrite(log_.segment(), content.substr(0, 300));
  EXPECT_TRUE(absl::IsDataLoss(writer->Repair()));
}

// The process dies between a failed sync and the repair: what is whole stays, for it may be true.
TEST_F(SegmentWriterTest, ADeathBeforeTheRepairLeavesASoundLog) {
  {
    auto writer = Open();
    ASSERT_TRUE(writer->Append(BodiesOf({"a"})).ok());
    disk_.sync_fails = true;
    ASSERT_FALSE(writer->Append(BodiesOf({"b"})).ok());
  }
  disk_.sync_fails = false;
  auto writer = Open();
  ASSERT_TRUE(writer.ok()) << writer.status();
  ASSERT_TRUE(writer->Append(BodiesOf({"c"})).ok());
  EXPECT_THAT(log_.RequestIds(), ElementsAre("a", "b", "c"));
}

}  // namespace
}  // namespace mpic::coordinator
