#include "coordinator/audit/verification.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "coordinator/audit/chain_reader.h"
#include "coordinator/audit/checkpoint.h"
#include "tests/coordinator/audit/log_on_disk.h"
#include "tests/support/test_certificates.h"

namespace mpic::coordinator {
namespace {

using ::testing::HasSubstr;

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'100);

// Three segments with two records each, checkpoints for 2 and 6.
class VerificationTest : public ::testing::Test {
 protected:
  void SetUp() override {
    Write({"a", "b", "c", "d", "e", "f"});
    Sign({2, 6});
    kept_ = log_.directory() + "/kept.jsonl";
    std::filesystem::copy_file(CheckpointsPath(log_.directory()), kept_);
    options_.directory = log_.directory();
  }
  void Write(const std::vector<std::string>& ids) {
    const auto lines = LinesOf(ids);
    heads_.assign(1, ChainHead());
    for (std::size_t i = 0; i < lines.size(); ++i) {
      heads_.push_back(
          ParseLine(absl::string_view(lines[i]).substr(0, lines[i].size() - 1))->head());
      if (i % 2 == 0)
        Overwrite(log_.segment(i + 1), lines[i] + (i + 1 < lines.size() ? lines[i + 1] : ""));
    }
  }
  void Sign(const std::vector<std::size_t>& sequences) {
    std::filesystem::remove(CheckpointsPath(log_.directory()));
    auto writer =
        CheckpointWriter::Open(log_.directory(), SigningKey::Load(key_file_).value(), {}, kNow);
    for (const std::size_t sequence : sequences) {
      ASSERT_TRUE(writer->Write(heads_[sequence], kNow).ok());
    }
  }
  void GiveKey(const std::string& key_file) {
    options_.keys.push_back(
        VerifyingKey::Parse(SigningKey::Load(key_file)->PublicKeyPem()).value());
  }
  void ExpectFault(const std::string& complaint) {
    const absl::Status status = VerifyLog(options_).status();
    EXPECT_TRUE(absl::IsDataLoss(status)) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(complaint));
  }

  test::TestCa ca_;
  const std::string key_file_ = ca_.TlsFor("spiffe://test/a").private_key_file();
  LogOnDisk log_;
  std::vector<ChainHead> heads_;
  std::string kept_;
  VerifyOptions options_;
};

TEST_F(VerificationTest, TellsWhatItVerified) {
  GiveKey(key_file_);
  options_.checkpoint_files = {kept_};
  const auto verified = VerifyLog(options_);
  ASSERT_TRUE(verified.ok()) << verified.status();
  EXPECT_EQ(verified->records, 6U);
  EXPECT_EQ(verified->segments, 3U);
  EXPECT_EQ(verified->checkpoints, 4U);
  EXPECT_EQ(verified->signatures, 4U);
  EXPECT_EQ(verified->first_sequence, 1U);
  EXPECT_EQ(verified->head, heads_[6]);
  EXPECT_EQ(verified->last_recorded_at, absl::FromUnixSeconds(1'800'000'000));
}

TEST_F(VerificationTest, StopsAtTheLastWholeLine) {
  const std::string whole = ContentOf(log_.segment(5));
  Sign({2});
  Overwrite(log_.segment(5), whole.substr(0, whole.size() - 1));
  const auto verified = VerifyLog(options_);
  ASSERT_TRUE(verified.ok()) << verified.status();
  EXPECT_EQ(verified->head, heads_[5]);
}

TEST_F(VerificationTest, ReadsAPartOnly) {
  GiveKey(key_file_);
  options_.from = 3;
  options_.to = 4;
  auto verified = VerifyLog(options_);
  ASSERT_TRUE(verified.ok()) << verified.status();
  EXPECT_EQ(verified->first_sequence, 3U);
  EXPECT_EQ(verified->head, heads_[4]);
  EXPECT_EQ(verified->checkpoints, 0U);
  EXPECT_EQ(verified->signatures, 2U);
  // Older segments in an archive.
  std::filesystem::remove(log_.segment(1));
  EXPECT_TRUE(VerifyLog(options_).ok());
  options_.from = 1;
  EXPECT_TRUE(absl::IsOutOfRange(VerifyLog(options_).status()));
  options_.from.reset();
  ExpectFault("audit-00000000000000000003.jsonl:1: the segments before this one are missing");
}

TEST_F(VerificationTest, FindsAChangedRecord) {
  std::string content = ContentOf(log_.segment(3));
  content[content.size() - 5] ^= 1;
  Overwrite(log_.segment(3), content);
  ExpectFault("audit-00000000000000000003.jsonl:2: the hash is not that of the record");
}

TEST_F(VerificationTest, FindsAMissingSegment) {
  std::filesystem::remove(log_.segment(3));
  ExpectFault("audit-00000000000000000005.jsonl:1: the segment that begins with record 3");
}

// All hashes are right again, and only who kept a checkpoint can tell.
TEST_F(VerificationTest, FindsARewrittenHistory) {
  Write({"a", "b", "c", "d", "forged", "f"});
  Sign({2, 6});
  EXPECT_TRUE(VerifyLog(options_).ok());
  options_.checkpoint_files = {kept_};
  ExpectFault("kept.jsonl:2: record 6 had hash ");
}

TEST_F(VerificationTest, FindsATruncatedHistory) {
  std::filesystem::remove(log_.segment(5));
  Sign({2, 4});
  EXPECT_TRUE(VerifyLog(options_).ok());
  options_.checkpoint_files = {kept_};
  ExpectFault("kept.jsonl:2: names record 6, and the log ends with 4");
}

TEST_F(VerificationTest, FindsACheckpointOfAnotherKey) {
  GiveKey(ca_.TlsFor("spiffe://test/other").private_key_file());
  ExpectFault("checkpoints.jsonl:1: signed with key ");
  GiveKey(key_file_);
  EXPECT_TRUE(VerifyLog(options_).ok());
}

TEST_F(VerificationTest, FindsASignatureThatDoesNotHold) {
  GiveKey(key_file_);
  std::string content = ContentOf(CheckpointsPath(log_.directory()));
  // The first line's sequence is not what was signed.
  const std::size_t at = content.find("\"2\"");
  ASSERT_NE(at, std::string::npos);
  content.replace(at, 3, "\"1\"");
  Overwrite(CheckpointsPath(log_.directory()), content);
  ExpectFault("checkpoints.jsonl:1: the signature does not hold");
}

TEST_F(VerificationTest, FindsThatCheckpointsAreGone) {
  std::filesystem::remove(CheckpointsPath(log_.directory()));
  EXPECT_TRUE(VerifyLog(options_).ok());
  GiveKey(key_file_);
  ExpectFault("keys are given, and there is no checkpoint");
}

TEST_F(VerificationTest, LooksIntoRecordsWhereAsked) {
  options_.check_record = [](const v1::AuditRecord& record) {
    return record.request_id() == "d" ? absl::DataLossError("not what was signed")
                                      : absl::OkStatus();
  };
  ExpectFault("audit-00000000000000000003.jsonl:2: not what was signed");
}

TEST_F(VerificationTest, WhatIsNoLogIsNotVerified) {
  const LogOnDisk empty;
  options_.directory = empty.directory();
  EXPECT_TRUE(absl::IsNotFound(VerifyLog(options_).status()));
  options_.directory = "/nonexistent";
  EXPECT_TRUE(absl::IsUnavailable(VerifyLog(options_).status()));
}

}  // namespace
}  // namespace mpic::coordinator
