#include "coordinator/audit/checkpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <filesystem>
#include <optional>

#include "absl/strings/escaping.h"
#include "tests/coordinator/audit/log_on_disk.h"
#include "tests/support/test_certificates.h"

namespace mpic::coordinator {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

const absl::Time kNow = absl::FromUnixMillis(1'800'000'000'900);

class CheckpointTest : public ::testing::Test {
 protected:
  SigningKey Key() { return SigningKey::Load(key_file_).value(); }
  absl::StatusOr<CheckpointWriter> Open(FileCalls calls = {}) {
    return CheckpointWriter::Open(log_.directory(), Key(), std::move(calls), kNow);
  }
  std::string file() const { return CheckpointsPath(log_.directory()); }

  test::TestCa ca_;
  const std::string key_file_ = ca_.TlsFor("spiffe://test/a").private_key_file();
  LogOnDisk log_;
};

TEST_F(CheckpointTest, SignsWhatTheContractSays) {
  const auto checkpoint = MakeCheckpoint(Key(), {.sequence = 258, .hash = {0xAB}}, kNow);
  ASSERT_TRUE(checkpoint.ok()) << checkpoint.status();
  EXPECT_EQ(checkpoint->signed_at().nanos(), 0);
  EXPECT_EQ(absl::BytesToHexString(SignedOctets(*checkpoint)),
            absl::BytesToHexString("mpic-checkpoint-v1") + "00" + "0000000000000102" + "ab" +
                std::string(62, '0') + "000000006b49d200");
  EXPECT_TRUE(VerifyingKey::Parse(Key().PublicKeyPem())
                  ->Verifies(SignedOctets(*checkpoint), checkpoint->signature()));
}

TEST_F(CheckpointTest, AreAppendedAcrossReopening) {
  EXPECT_FALSE(LastCheckpoint(log_.directory())->has_value());
  ASSERT_TRUE(Open()->Write({.sequence = 1}, kNow).ok());
  ASSERT_TRUE(Open()->Write({.sequence = 5}, kNow).ok());
  EXPECT_EQ((*LastCheckpoint(log_.directory()))->sequence(), 5U);
  auto reader = CheckpointReader::Open(file());
  v1::AuditCheckpoint checkpoint;
  EXPECT_TRUE(*reader->Next(checkpoint));
  EXPECT_EQ(checkpoint.sequence(), 1U);
  EXPECT_EQ(reader->where(), file() + ":1");
  EXPECT_TRUE(*reader->Next(checkpoint));
  EXPECT_FALSE(*reader->Next(checkpoint));
}

TEST_F(CheckpointTest, ATornEndIsSavedAndCutOff) {
  ASSERT_TRUE(Open()->Write({.sequence = 1}, kNow).ok());
  const std::string whole = ContentOf(file());
  Overwrite(file(), whole + whole.substr(0, 50));
  EXPECT_EQ((*LastCheckpoint(log_.directory()))->sequence(), 1U);
  ASSERT_TRUE(Open()->Write({.sequence = 2}, kNow).ok());
  EXPECT_THAT(log_.Files("torn-checkpoint-"), SizeIs(1));
  EXPECT_EQ((*LastCheckpoint(log_.directory()))->sequence(), 2U);
}

TEST_F(CheckpointTest, WhatIsNoCheckpointIsRefused) {
  ASSERT_TRUE(Open()->Write({.sequence = 7}, kNow).ok());
  const std::string seventh = ContentOf(file());
  std::filesystem::remove(file());
  ASSERT_TRUE(Open()->Write({.sequence = 3}, kNow).ok());
  const std::string third = ContentOf(file());
  struct Case {
    const char* name;
    std::string content;
    const char* complaint;
  };
  const Case cases[] = {
      {"junk", "junk\n", "checkpoints.jsonl:1: not a checkpoint"},
      {"an empty object", "{}\n", "checkpoints.jsonl:1: not a checkpoint"},
      {"a short hash",
       R"({"sequence":"1","hash":"AAAA"})"
       "\n",
       "checkpoints.jsonl:1: not a checkpoint"},
      {"backwards", seventh + third, "checkpoints.jsonl:2: sequence 3 behind 7"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    Overwrite(file(), c.content);
    for (const absl::Status& status :
         {LastCheckpoint(log_.directory()).status(), Open().status()}) {
      EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
      EXPECT_THAT(std::string(status.message()), HasSubstr(c.complaint));
    }
  }
}

TEST_F(CheckpointTest, AFailureIsTakenBack) {
  bool broken = true;
  auto writer = Open({.fdatasync = [&](int fd) {
    errno = EIO;
    return broken ? -1 : ::fdatasync(fd);
  }});
  EXPECT_TRUE(absl::IsUnavailable(writer->Write({.sequence = 1}, kNow)));
  EXPECT_EQ(ContentOf(file()), "");
  broken = false;
  EXPECT_TRUE(writer->Write({.sequence = 2}, kNow).ok());
  EXPECT_EQ((*LastCheckpoint(log_.directory()))->sequence(), 2U);
}

}  // namespace
}  // namespace mpic::coordinator
