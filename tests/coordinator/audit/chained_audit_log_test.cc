#include "coordinator/audit/chained_audit_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <cerrno>
#include <set>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "common/loop_task.h"
#include "coordinator/audit/chain_line.h"
#include "tests/coordinator/audit/log_on_disk.h"
#include "tests/support/run_awaitable.h"
#include "tests/support/test_certificates.h"

namespace mpic::coordinator {
namespace {

using mpic::testing::RunAwaitable;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

std::string BodyOf(const std::string& request_id) {
  v1::AuditRecord record;
  record.set_request_id(request_id);
  return EncodeBody(record.SerializeAsString()).value();
}

// A disk that the test holds up or breaks.
class HeldDisk {
 public:
  FileCalls Calls() {
    return {.fdatasync = [this](int fd) {
      if (holds_) {
        if (!reached_.HasBeenNotified()) reached_.Notify();
        released_.WaitForNotification();
      }
      ++syncs;
      errno = EIO;
      return broken ? -1 : ::fdatasync(fd);
    }};
  }
  void Hold() { holds_ = true; }
  void WaitUntilReached() { reached_.WaitForNotification(); }
  void Release() { released_.Notify(); }

  std::atomic<bool> broken = false;
  std::atomic<int> syncs = 0;

 private:
  std::atomic<bool> holds_ = false;
  absl::Notification reached_;
  absl::Notification released_;
};

class ChainedAuditLogTest : public ::testing::Test {
 protected:
  void Open() {
    options_.settings.directory = log_.directory();
    options_.calls = disk_.Calls();
    options_.repair_interval = absl::Milliseconds(1);
    auto opened = ChainedAuditLog::Open(options_, clock_, metrics_);
    ASSERT_TRUE(opened.ok()) << opened.status();
    audit_ = *std::move(opened);
  }
  absl::StatusOr<v1::AuditReference> Append(const std::string& request_id) {
    return RunAwaitable(audit_->Append(BodyOf(request_id)));
  }
  void UseCheckpoints() {
    options_.settings.checkpoint_key_file = ca_.TlsFor("spiffe://test/a").private_key_file();
  }
  std::vector<v1::AuditCheckpoint> Checkpoints() const {
    std::vector<v1::AuditCheckpoint> checkpoints;
    auto reader = CheckpointReader::Open(CheckpointsPath(log_.directory()));
    for (v1::AuditCheckpoint next; reader.ok() && *reader->Next(next);) checkpoints.push_back(next);
    return checkpoints;
  }

  test::TestCa ca_;
  LogOnDisk log_;
  SystemClock clock_;
  prometheus::Registry registry_;
  AuditMetrics metrics_{registry_};
  HeldDisk disk_;
  ChainedAuditLogOptions options_;
  std::unique_ptr<ChainedAuditLog> audit_;
};

TEST_F(ChainedAuditLogTest, AnswersWithPlaceAndHashOnceTheRecordIsDurable) {
  Open();
  const auto first = Append("a");
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(disk_.syncs, 1);
  EXPECT_EQ(first->sequence(), 1U);
  const std::string content = ContentOf(log_.segment());
  const auto line = ParseLine(absl::string_view(content).substr(0, content.size() - 1));
  ASSERT_TRUE(line.ok()) << line.status();
  EXPECT_EQ(first->hash(), ToOctets(line->hash));
  EXPECT_EQ(Append("b")->sequence(), 2U);
  EXPECT_THAT(log_.RequestIds(), ElementsAre("a", "b"));
  EXPECT_EQ(metrics_.last_sequence.Value(), 2);
  EXPECT_EQ(metrics_.waiting.Value(), 0);
}

TEST_F(ChainedAuditLogTest, WhatWaitsIsWrittenTogether) {
  disk_.Hold();
  Open();
  boost::asio::io_context loop;
  std::vector<std::uint64_t> sequences;
  const auto append = [&](const std::string& id) {
    LoopTask::Start(loop, audit_->Append(BodyOf(id)),
                    [&](absl::StatusOr<v1::AuditReference> answer) {
                      sequences.push_back(answer.ok() ? answer->sequence() : 0);
                    });
    loop.poll();
  };
  append("first");
  disk_.WaitUntilReached();
  for (int i = 0; i < 50; ++i) append("later");
  disk_.Release();
  loop.restart();
  loop.run();
  EXPECT_THAT(sequences, SizeIs(51));
  EXPECT_TRUE(std::is_sorted(sequences.begin(), sequences.end()));
  EXPECT_EQ(sequences.front(), 1U);
  EXPECT_EQ(disk_.syncs, 2);
  EXPECT_THAT(log_.RequestIds(), SizeIs(51));
}

TEST_F(ChainedAuditLogTest, RecordsOfManyThreadsStandInOneChain) {
  options_.settings.segment_octets_max = 65536;
  Open();
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 8; ++thread) {
    threads.emplace_back([this, thread] {
      for (int i = 0; i < 50; ++i) {
        EXPECT_TRUE(Append(absl::StrCat(thread, "-", i, std::string(1'000, 'x'))).ok());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const auto ids = log_.RequestIds();
  EXPECT_THAT(ids, SizeIs(400));
  EXPECT_THAT(std::set<std::string>(ids.begin(), ids.end()), SizeIs(400));
  EXPECT_GT(log_.Files("audit-").size(), 5U);
}

TEST_F(ChainedAuditLogTest, ACancelledAppenderLeavesItsRecordOnce) {
  disk_.Hold();
  Open();
  boost::asio::io_context loop;
  std::vector<absl::StatusCode> codes;
  std::vector<std::shared_ptr<LoopTask>> tasks;
  const auto append = [&](const std::string& id) {
    tasks.push_back(LoopTask::Start(loop, audit_->Append(BodyOf(id)),
                                    [&](absl::StatusOr<v1::AuditReference> answer) {
                                      codes.push_back(answer.status().code());
                                    }));
    loop.poll();
  };
  append("on its way to the disk");
  disk_.WaitUntilReached();
  append("in the queue");
  append("not cancelled");
  tasks[0]->Cancel();
  tasks[1]->Cancel();
  loop.restart();
  loop.poll();
  EXPECT_THAT(codes, ElementsAre(absl::StatusCode::kCancelled, absl::StatusCode::kCancelled));
  disk_.Release();
  loop.restart();
  loop.run();
  EXPECT_THAT(codes, SizeIs(3));
  EXPECT_EQ(codes.back(), absl::StatusCode::kOk);
  EXPECT_THAT(log_.RequestIds(),
              ElementsAre("on its way to the disk", "in the queue", "not cancelled"));
}

TEST_F(ChainedAuditLogTest, TheQueueIsBounded) {
  disk_.Hold();
  options_.waiting_records_max = 2;
  Open();
  boost::asio::io_context loop;
  std::vector<absl::StatusCode> codes;
  const auto append = [&] {
    LoopTask::Start(loop, audit_->Append(BodyOf("a")),
                    [&](absl::StatusOr<v1::AuditReference> answer) {
                      codes.push_back(answer.status().code());
                    });
    loop.restart();
    loop.poll();
  };
  append();
  disk_.WaitUntilReached();
  append();
  append();
  EXPECT_THAT(codes, SizeIs(0));
  append();
  EXPECT_THAT(codes, ElementsAre(absl::StatusCode::kResourceExhausted));
  disk_.Release();
  loop.restart();
  loop.run();
  EXPECT_THAT(log_.RequestIds(), SizeIs(3));
}

TEST_F(ChainedAuditLogTest, TheQueueIsBoundedInOctets) {
  options_.waiting_octets_max = 1'000;
  Open();
  EXPECT_EQ(Append(std::string(2'000, 'x')).status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_TRUE(Append("a").ok());
}

TEST_F(ChainedAuditLogTest, FailsAndHealsByItself) {
  Open();
  absl::Notification failed;
  absl::Notification healed;
  ASSERT_TRUE(Append("a").ok());
  audit_->set_on_change([&] { (audit_->Health().ok() ? healed : failed).Notify(); });
  disk_.broken = true;
  const auto refused = Append("b");
  EXPECT_TRUE(absl::IsUnavailable(refused.status()));
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("fdatasync"));
  failed.WaitForNotification();
  EXPECT_TRUE(absl::IsUnavailable(audit_->Health()));
  EXPECT_EQ(metrics_.healthy.Value(), 0);
  EXPECT_GE(metrics_.storage_failures.Value(), 1);
  // Nobody waits for a disk that is known to be broken.
  EXPECT_TRUE(absl::IsUnavailable(Append("c").status()));
  disk_.broken = false;
  healed.WaitForNotification();
  audit_->set_on_change(nullptr);
  EXPECT_EQ(metrics_.healthy.Value(), 1);
  const auto reference = Append("d");
  ASSERT_TRUE(reference.ok()) << reference.status();
  EXPECT_EQ(reference->sequence(), 2U);
  EXPECT_THAT(log_.RequestIds(), ElementsAre("a", "d"));
}

TEST_F(ChainedAuditLogTest, CloseWritesWhatWaitsAndTakesNoMore) {
  disk_.Hold();
  Open();
  boost::asio::io_context loop;
  absl::StatusOr<v1::AuditReference> answer;
  const auto append = [&] {
    LoopTask::Start(loop, audit_->Append(BodyOf("a")),
                    [&](absl::StatusOr<v1::AuditReference> given) { answer = std::move(given); });
    loop.poll();
  };
  append();
  disk_.WaitUntilReached();
  append();
  std::thread closing([&] { audit_->Close(); });
  disk_.Release();
  closing.join();
  loop.restart();
  loop.run();
  EXPECT_TRUE(answer.ok()) << answer.status();
  EXPECT_TRUE(absl::IsUnavailable(Append("c").status()));
  audit_->Close();
  EXPECT_THAT(log_.RequestIds(), SizeIs(2));
}

TEST_F(ChainedAuditLogTest, ALastCheckpointIsMadeAtTheEndWhenThereIsSomethingNew) {
  UseCheckpoints();
  Open();
  const auto reference = Append("a");
  audit_.reset();
  ASSERT_THAT(Checkpoints(), SizeIs(1));
  const v1::AuditCheckpoint checkpoint = Checkpoints()[0];
  EXPECT_EQ(checkpoint.sequence(), 1U);
  EXPECT_EQ(checkpoint.hash(), reference->hash());
  const auto key = SigningKey::Load(options_.settings.checkpoint_key_file);
  EXPECT_EQ(checkpoint.key_id(), key->id());
  EXPECT_TRUE(VerifyingKey::Parse(key->PublicKeyPem())
                  ->Verifies(SignedOctets(checkpoint), checkpoint.signature()));
  EXPECT_EQ(metrics_.checkpoint_sequence.Value(), 1);
  Open();
  audit_.reset();
  EXPECT_THAT(Checkpoints(), SizeIs(1));
}

TEST_F(ChainedAuditLogTest, CheckpointsAreMadeAlongTheWay) {
  UseCheckpoints();
  options_.settings.checkpoint_interval = absl::Milliseconds(1);
  absl::Notification written;
  Open();
  audit_.reset();
  options_.calls.pwrite = [&](int fd, const void* octets, std::size_t count, off_t at) {
    const absl::string_view text(static_cast<const char*>(octets), count);
    if (absl::StrContains(text, "\"signature\"") && !written.HasBeenNotified()) written.Notify();
    return ::pwrite(fd, octets, count, at);
  };
  auto opened = ChainedAuditLog::Open(options_, clock_, metrics_);
  ASSERT_TRUE(opened.ok()) << opened.status();
  audit_ = *std::move(opened);
  ASSERT_TRUE(Append("a").ok());
  written.WaitForNotification();
}

TEST_F(ChainedAuditLogTest, AKeyThatCannotBeUsedIsRefused) {
  options_.settings.directory = log_.directory();
  options_.settings.checkpoint_key_file = "/nonexistent.key";
  const auto opened = ChainedAuditLog::Open(options_, clock_, metrics_);
  EXPECT_TRUE(absl::IsFailedPrecondition(opened.status()));
  EXPECT_THAT(std::string(opened.status().message()),
              HasSubstr("audit.checkpoint_key_file: open /nonexistent.key"));
}

TEST_F(ChainedAuditLogTest, MetricsAreThereFromTheStart) {
  std::set<std::string> names;
  for (const auto& family : registry_.Collect()) {
    EXPECT_THAT(family.metric, SizeIs(1)) << family.name;
    names.insert(family.name);
  }
  EXPECT_THAT(names, SizeIs(9));
}

}  // namespace
}  // namespace mpic::coordinator
