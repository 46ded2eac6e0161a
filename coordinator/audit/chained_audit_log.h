// AuditLog as a hash chain in segments on stable storage; README.md beside this file describes it
// for auditors and operators.
#ifndef MPIC_COORDINATOR_AUDIT_CHAINED_AUDIT_LOG_H_
#define MPIC_COORDINATOR_AUDIT_CHAINED_AUDIT_LOG_H_

#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/await_callback.h"
#include "common/clock.h"
#include "coordinator/audit/audit_log.h"
#include "coordinator/audit/audit_metrics.h"
#include "coordinator/audit/audit_settings.h"
#include "coordinator/audit/checkpoint.h"
#include "coordinator/audit/posix_file.h"
#include "coordinator/audit/segment_writer.h"

namespace mpic::coordinator {

struct ChainedAuditLogOptions {
  AuditSettings settings;
  // What may wait for the disk: above what a coordinator has in flight (limits.checks_in_flight),
  // and a bound on memory.
  std::size_t waiting_records_max = 200'000;
  std::size_t waiting_octets_max = std::size_t{512} * 1024 * 1024;
  absl::Duration repair_interval = absl::Seconds(1);
  FileCalls calls;
};

// A thread of its own writes: whatever waits is written together, synced once, and answered.
// Thread-safe.
class ChainedAuditLog final : public AuditLog {
 public:
  // FAILED_PRECONDITION, UNAVAILABLE: as SegmentWriter::Open, and for a checkpoint key that cannot
  // be used. Clock and metrics must outlive it.
  static absl::StatusOr<std::unique_ptr<ChainedAuditLog>> Open(ChainedAuditLogOptions options,
                                                               const Clock& clock,
                                                               AuditMetrics& metrics);
  ~ChainedAuditLog() override;

  // Answers once the record is on stable storage. RESOURCE_EXHAUSTED when too much waits,
  // UNAVAILABLE while storage fails. An awaiting coroutine that is cancelled leaves its record in
  // the queue: it is written once. Only from a coroutine on an io_context, which must stay until
  // the answer or until Close has returned.
  boost::asio::awaitable<absl::StatusOr<v1::AuditReference>> Append(std::string body) override;

  absl::Status Health() const override;
  // Called after each change of Health, from the writer's thread. Once this returns, the former
  // function does not run and never will.
  void set_on_change(std::function<void()> on_change);

  // Takes no more records, writes what waits and a last checkpoint, and ends the thread. Blocks.
  // Idempotent, one thread at a time.
  void Close();

 private:
  using Answer = absl::StatusOr<v1::AuditReference>;
  using Guard = boost::asio::executor_work_guard<boost::asio::io_context::executor_type>;
  // A record that waits, and who waits for it.
  struct Waiting {
    std::string body;
    boost::asio::io_context* loop;
    std::shared_ptr<Completion<Answer>> completion;
    Guard guard;
  };
  using Batch = std::vector<Waiting>;

  ChainedAuditLog(ChainedAuditLogOptions options, SegmentWriter writer, const Clock& clock,
                  AuditMetrics& metrics);
  absl::Status OpenCheckpoints();
  absl::Status Admit(std::size_t octets) const;
  void Enqueue(std::string body, boost::asio::io_context& loop,
               const std::shared_ptr<Completion<Answer>>& completion);

  // The rest runs on the writer's thread.
  void Run();
  // False once the log is closed and nothing waits. An empty batch means that it is time to look
  // after storage or checkpoint.
  bool Next(Batch& batch);
  std::chrono::steady_clock::time_point WakeTime() const;
  void Write(Batch batch);
  void FailAll(Batch batch, const absl::Status& status);
  void RepairIfDue();
  void CheckpointIfDue(bool closing);
  void SetHealth(const absl::Status& health);
  static void Resume(Waiting waiting, Answer answer);

  const ChainedAuditLogOptions options_;
  const Clock& clock_;
  AuditMetrics& metrics_;
  SegmentWriter writer_;
  std::optional<CheckpointWriter> checkpoints_;
  std::uint64_t checkpoint_sequence_ = 0;
  std::chrono::steady_clock::time_point checkpoint_at_;
  std::chrono::steady_clock::time_point repair_at_;

  // The standard's, because Abseil's waits follow the wall clock, which may be set.
  mutable std::mutex mutex_;  // guards the next five
  std::condition_variable work_;
  std::deque<Waiting> waiting_;
  std::size_t waiting_octets_ = 0;
  absl::Status health_;
  bool closed_ = false;

  std::mutex on_change_mutex_;
  std::function<void()> on_change_;
  std::thread thread_;
};

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_AUDIT_CHAINED_AUDIT_LOG_H_
