#include "coordinator/audit/recovery.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "coordinator/audit/checkpoint.h"
#include "tests/coordinator/audit/log_on_disk.h"
#include "tests/support/test_certificates.h"

namespace mpic::coordinator {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'100);

class RecoveryTest : public ::testing::Test {
 protected:
  void ExpectRefused(const std::string& complaint) {
    const auto recovered = Recover(log_.directory(), kNow);
    EXPECT_TRUE(absl::IsFailedPrecondition(recovered.status())) << recovered.status();
    EXPECT_THAT(std::string(recovered.status().message()), HasSubstr(complaint));
    EXPECT_THAT(log_.Files("torn-"), IsEmpty());
  }

  // Segments with records 1 and 2, 3 and 4, 5 and 6.
  void WriteThreeSegments() {
    const auto lines = LinesOf({"a", "b", "c", "d", "e", "f"});
    for (std::size_t i = 0; i < lines.size(); i += 2) {
      Overwrite(log_.segment(i + 1), lines[i] + lines[i + 1]);
    }
  }

  LogOnDisk log_;
};

TEST_F(RecoveryTest, NothingIsABeginning) {
  const auto recovered = Recover(log_.directory(), kNow);
  ASSERT_TRUE(recovered.ok()) << recovered.status();
  EXPECT_EQ(recovered->head, ChainHead());
  EXPECT_FALSE(recovered->segment.has_value());
}

TEST_F(RecoveryTest, GoesOnBehindTheLastRecord) {
  WriteThreeSegments();
  const auto recovered = Recover(log_.directory(), kNow);
  ASSERT_TRUE(recovered.ok()) << recovered.status();
  EXPECT_EQ(recovered->head.sequence, 6U);
  EXPECT_EQ(recovered->segment->path, log_.segment(5));
  EXPECT_EQ(recovered->before_segment->sequence, 4U);
  EXPECT_EQ(recovered->length, ContentOf(log_.segment(5)).size());
  EXPECT_EQ(recovered->segment_begun_at, absl::FromUnixSeconds(1'800'000'000));
}

// A crash may leave any part of what was being written.
TEST_F(RecoveryTest, TornAtEachOctetOfTheLastTwoLines) {
  const auto lines = LinesOf({"a", "b", "c"});
  const std::string whole = absl::StrJoin(lines, "");
  for (std::size_t size = lines[0].size(); size <= whole.size(); ++size) {
    SCOPED_TRACE(size);
    const LogOnDisk log;
    Overwrite(log.segment(), whole.substr(0, size));
    const std::size_t first_two = lines[0].size() + lines[1].size();
    const std::size_t records = size == whole.size() ? 3 : size >= first_two ? 2 : 1;
    const std::size_t kept = records == 3   ? whole.size()
                             : records == 2 ? first_two
                                            : lines[0].size();
    const auto recovered = Recover(log.directory(), kNow);
    ASSERT_TRUE(recovered.ok()) << recovered.status();
    EXPECT_EQ(recovered->head.sequence, records);
    EXPECT_EQ(ContentOf(log.segment()), whole.substr(0, kept));
    const auto torn = log.Files("torn-");
    ASSERT_EQ(torn.size(), size == kept ? 0U : 1U);
    if (!torn.empty()) {
      EXPECT_THAT(torn[0], HasSubstr(absl::StrCat("torn-", records + 1, "-20270115T0801")));
      EXPECT_EQ(ContentOf(log.directory() + "/" + torn[0]), whole.substr(kept, size - kept));
    }
  }
}

TEST_F(RecoveryTest, TornEndsOfOtherKinds) {
  const auto lines = LinesOf({"a", "b"});
  std::string flipped = lines[1];
  flipped[200] ^= 1;
  struct Case {
    const char* name;
    std::string end;
  };
  const Case cases[] = {
      {"pages of zeros", std::string(8192, '\0')},
      {"a line whose hash does not hold", flipped},
      {"zeros before the rest of a line", std::string(100, '\0') + lines[1].substr(100)},
      {"a line that does not hold, and a part of the next", flipped + "{\"previous"},
      {"an empty line", "\n"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const LogOnDisk log;
    Overwrite(log.segment(), lines[0] + c.end);
    const auto recovered = Recover(log.directory(), kNow);
    ASSERT_TRUE(recovered.ok()) << recovered.status();
    EXPECT_EQ(recovered->head.sequence, 1U);
    EXPECT_EQ(ContentOf(log.segment()), lines[0]);
    ASSERT_THAT(log.Files("torn-"), SizeIs(1));
    EXPECT_EQ(ContentOf(log.directory() + "/" + log.Files("torn-")[0]), c.end);
  }
}

TEST_F(RecoveryTest, AWholeRecordIsNeverCutOff) {
  const auto lines = LinesOf({"a", "b", "c"});
  std::string flipped = lines[1];
  flipped[200] ^= 1;
  struct Case {
    const char* name;
    std::string content;
    const char* complaint;
  };
  const Case cases[] = {
      {"a changed record before a sound one", lines[0] + flipped + lines[2],
       ".jsonl:2: the hash is not that of the record"},
      {"the same before a sound one and a torn one", lines[0] + flipped + lines[2] + "{",
       ".jsonl:2: the hash"},
      {"zeros before a sound record", lines[0] + std::string(50, '\0') + "\n" + lines[1],
       ".jsonl:2: not the form"},
      {"a record left out", lines[0] + lines[2], ".jsonl:2: sequence 3 where 2 is expected"},
      {"a record twice", lines[0] + lines[0], ".jsonl:2: sequence 1 where 2"},
      {"a record of another chain", lines[0] + LinesOf({"x", "y"})[1],
       ".jsonl:2: previous_hash is not the hash of record 1"},
      {"a chain that begins elsewhere", LinesOf({"a"}, {.sequence = 0, .hash = {1}})[0],
       ".jsonl:1: previous_hash"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    Overwrite(log_.segment(), c.content);
    ExpectRefused(c.complaint);
    EXPECT_EQ(ContentOf(log_.segment()), c.content);
  }
}

TEST_F(RecoveryTest, AMissingSegmentIsRefused) {
  WriteThreeSegments();
  std::filesystem::remove(log_.segment(3));
  ExpectRefused("audit-00000000000000000005.jsonl:1: the segment that begins with record 3");
}

TEST_F(RecoveryTest, OnlyTheLastSegmentMayBeTorn) {
  WriteThreeSegments();
  const std::string sound = ContentOf(log_.segment(3));
  for (const std::string& content :
       {sound + "{", sound.substr(0, sound.size() - 1), std::string(), std::string(100, '\0')}) {
    Overwrite(log_.segment(3), content);
    ExpectRefused("audit-00000000000000000003.jsonl");
    EXPECT_EQ(ContentOf(log_.segment(3)), content);
  }
}

TEST_F(RecoveryTest, SegmentsMustFollowEachOther) {
  WriteThreeSegments();
  const auto strangers = LinesOf({"u", "v", "w", "x"});
  Overwrite(log_.segment(3), strangers[2] + strangers[3]);
  ExpectRefused("audit-00000000000000000003.jsonl:1: previous_hash is not the hash of record 2");
}

TEST_F(RecoveryTest, OldSegmentsMayBeInAnArchive) {
  WriteThreeSegments();
  std::filesystem::remove(log_.segment(1));
  const auto recovered = Recover(log_.directory(), kNow);
  ASSERT_TRUE(recovered.ok()) << recovered.status();
  EXPECT_EQ(recovered->head.sequence, 6U);
  // But there must be a record to go on from.
  std::filesystem::remove(log_.segment(3));
  Overwrite(log_.segment(5), "");
  ExpectRefused("no whole record, and the segment before it is not here");
}

TEST_F(RecoveryTest, AnEmptyLastSegmentIsABeginning) {
  const auto lines = LinesOf({"a"});
  Overwrite(log_.segment(1), lines[0]);
  Overwrite(log_.segment(2), "");
  const auto recovered = Recover(log_.directory(), kNow);
  ASSERT_TRUE(recovered.ok()) << recovered.status();
  EXPECT_EQ(recovered->head.sequence, 1U);
  EXPECT_EQ(recovered->segment->path, log_.segment(2));
  EXPECT_EQ(recovered->length, 0U);
}

// What a checkpoint names was acknowledged: its loss is none of a torn end.
TEST_F(RecoveryTest, TheLastCheckpointMustBeKept) {
  test::TestCa ca;
  const auto lines = LinesOf({"a", "b"});
  const auto second = ParseLine(absl::string_view(lines[1]).substr(0, lines[1].size() - 1));
  auto key = SigningKey::Load(ca.TlsFor("spiffe://test/a").private_key_file());
  auto writer = CheckpointWriter::Open(log_.directory(), *std::move(key), {}, kNow);
  ASSERT_TRUE(writer.ok()) << writer.status();
  ASSERT_TRUE(writer->Write(second->head(), kNow).ok());
  Overwrite(log_.segment(), lines[0] + lines[1]);
  EXPECT_TRUE(Recover(log_.directory(), kNow).ok());
  Overwrite(log_.segment(), lines[0] + lines[1].substr(0, 100));
  ExpectRefused("ends with record 1, and the last checkpoint names 2");
  Overwrite(log_.segment(), LinesOf({"a", "another"})[0] + LinesOf({"a", "another"})[1]);
  ExpectRefused(".jsonl:2: not the record that the last checkpoint names");
  std::filesystem::remove(log_.segment());
  ExpectRefused("no segment, and the last checkpoint names record 2");
}

}  // namespace
}  // namespace mpic::coordinator
