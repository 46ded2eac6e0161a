#include "coordinator/audit/chained_audit_log.h"

#include <algorithm>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/this_coro.hpp>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/log.h"
#include "common/status_macros.h"

namespace mpic::coordinator {
namespace asio = boost::asio;
namespace {

using SteadyClock = std::chrono::steady_clock;

// A batch is one buffer and one write.
constexpr std::size_t kBatchOctetsMax = std::size_t{8} * 1024 * 1024;

SteadyClock::time_point After(absl::Duration span) {
  return SteadyClock::now() + absl::ToChronoMilliseconds(span);
}

}  // namespace

absl::StatusOr<std::unique_ptr<ChainedAuditLog>> ChainedAuditLog::Open(
    ChainedAuditLogOptions options, const Clock& clock, AuditMetrics& metrics) {
  MPIC_ASSIGN_OR_RETURN(SegmentWriter writer,
                        SegmentWriter::Open({.directory = options.settings.directory,
                                             .octets_max = options.settings.segment_octets_max,
                                             .age_max = options.settings.segment_age_max,
                                             .calls = options.calls},
                                            clock));
  auto log = std::unique_ptr<ChainedAuditLog>(
      new ChainedAuditLog(std::move(options), std::move(writer), clock, metrics));
  MPIC_RETURN_IF_ERROR(log->OpenCheckpoints());
  metrics.healthy.Set(1);
  metrics.last_sequence.Set(static_cast<double>(log->writer_.head().sequence));
  metrics.segment_octets.Set(static_cast<double>(log->writer_.segment_octets()));
  log->thread_ = std::thread([raw = log.get()] { raw->Run(); });
  return log;
}

ChainedAuditLog::ChainedAuditLog(ChainedAuditLogOptions options, SegmentWriter writer,
                                 const Clock& clock, AuditMetrics& metrics)
    : options_(std::move(options)), clock_(clock), metrics_(metrics), writer_(std::move(writer)) {}

ChainedAuditLog::~ChainedAuditLog() { Close(); }

absl::Status ChainedAuditLog::OpenCheckpoints() {
  const AuditSettings& settings = options_.settings;
  MPIC_ASSIGN_OR_RETURN(const auto last, LastCheckpoint(settings.directory));
  if (last) checkpoint_sequence_ = last->sequence();
  metrics_.checkpoint_sequence.Set(static_cast<double>(checkpoint_sequence_));
  if (settings.checkpoint_key_file.empty()) return absl::OkStatus();
  MPIC_ASSIGN_OR_RETURN(SigningKey key, LoadCheckpointKey(settings.checkpoint_key_file));
  Log(LogLevel::kInfo, "checkpoints of the audit log are signed", {{"key_id", key.id()}});
  MPIC_ASSIGN_OR_RETURN(checkpoints_, CheckpointWriter::Open(settings.directory, std::move(key),
                                                             options_.calls, clock_.Now()));
  checkpoint_at_ = After(settings.checkpoint_interval);
  return absl::OkStatus();
}

asio::awaitable<absl::StatusOr<v1::AuditReference>> ChainedAuditLog::Append(std::string body) {
  if (body.size() > kLineOctetsMax / 2) {
    co_return absl::ResourceExhaustedError(
        absl::StrCat("audit record: ", body.size(), " octets are too many"));
  }
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  auto& loop = static_cast<asio::io_context&>(asio::query(executor, asio::execution::context));
  co_return co_await AwaitCallback<Answer>(
      loop, [this, &loop, body = std::move(body)](
                const std::shared_ptr<Completion<Answer>>& completion) mutable {
        Enqueue(std::move(body), loop, completion);
      });
}

absl::Status ChainedAuditLog::Admit(std::size_t octets) const {
  if (closed_) return absl::UnavailableError("the audit log is closed");
  if (!health_.ok()) return health_;
  if (waiting_.size() < options_.waiting_records_max &&
      waiting_octets_ + octets <= options_.waiting_octets_max) {
    return absl::OkStatus();
  }
  return absl::ResourceExhaustedError("too many records wait for the audit log");
}

void ChainedAuditLog::Enqueue(std::string body, asio::io_context& loop,
                              const std::shared_ptr<Completion<Answer>>& completion) {
  absl::Status admitted;
  {
    const std::lock_guard lock(mutex_);
    admitted = Admit(body.size());
    if (admitted.ok()) {
      waiting_octets_ += body.size();
      waiting_.push_back(Waiting{.body = std::move(body),
                                 .loop = &loop,
                                 .completion = completion,
                                 .guard = asio::make_work_guard(loop)});
      metrics_.waiting.Increment();
    }
  }
  if (admitted.ok()) {
    work_.notify_one();
  } else {
    (*completion)(admitted);
  }
}

absl::Status ChainedAuditLog::Health() const {
  const std::lock_guard lock(mutex_);
  return health_;
}

void ChainedAuditLog::set_on_change(std::function<void()> on_change) {
  const std::lock_guard lock(on_change_mutex_);
  on_change_ = std::move(on_change);
}

void ChainedAuditLog::Close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  work_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void ChainedAuditLog::Run() {
  for (Batch batch; Next(batch); batch.clear()) {
    if (!batch.empty()) Write(std::move(batch));
    RepairIfDue();
    CheckpointIfDue(/*closing=*/false);
  }
  CheckpointIfDue(/*closing=*/true);
}

SteadyClock::time_point ChainedAuditLog::WakeTime() const {
  auto wake = SteadyClock::now() + std::chrono::hours(1);
  if (!health_.ok()) wake = std::min(wake, repair_at_);
  if (checkpoints_ && health_.ok() && writer_.head().sequence > checkpoint_sequence_) {
    wake = std::min(wake, checkpoint_at_);
  }
  return wake;
}

bool ChainedAuditLog::Next(Batch& batch) {
  std::unique_lock lock(mutex_);
  work_.wait_until(lock, WakeTime(), [this] { return closed_ || !waiting_.empty(); });
  std::size_t octets = 0;
  while (!waiting_.empty() &&
         (batch.empty() || octets + waiting_.front().body.size() <= kBatchOctetsMax)) {
    octets += waiting_.front().body.size();
    batch.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  waiting_octets_ -= octets;
  return !closed_ || !batch.empty();
}

void ChainedAuditLog::Write(Batch batch) {
  const auto began = SteadyClock::now();
  std::vector<std::string> bodies;
  bodies.reserve(batch.size());
  for (Waiting& waiting : batch) bodies.push_back(std::move(waiting.body));
  const absl::StatusOr<std::vector<ChainHead>> heads = writer_.Append(bodies);
  if (!heads.ok()) {
    FailAll(std::move(batch), heads.status());
    return;
  }
  const std::chrono::duration<double> took = SteadyClock::now() - began;
  metrics_.write_seconds.Observe(took.count());
  metrics_.batch_records.Observe(static_cast<double>(batch.size()));
  metrics_.waiting.Decrement(static_cast<double>(batch.size()));
  metrics_.last_sequence.Set(static_cast<double>(writer_.head().sequence));
  metrics_.segment_octets.Set(static_cast<double>(writer_.segment_octets()));
  for (std::size_t i = 0; i < batch.size(); ++i) {
    v1::AuditReference reference;
    reference.set_sequence((*heads)[i].sequence);
    reference.set_hash(ToOctets((*heads)[i].hash));
    Resume(std::move(batch[i]), std::move(reference));
  }
}

// Those behind in the queue would wait for the same disk.
void ChainedAuditLog::FailAll(Batch batch, const absl::Status& status) {
  metrics_.storage_failures.Increment();
  repair_at_ = After(options_.repair_interval);
  SetHealth(absl::UnavailableError(absl::StrCat("audit log: ", status.message())));
  {
    const std::lock_guard lock(mutex_);
    std::move(waiting_.begin(), waiting_.end(), std::back_inserter(batch));
    waiting_.clear();
    waiting_octets_ = 0;
  }
  metrics_.waiting.Decrement(static_cast<double>(batch.size()));
  for (Waiting& waiting : batch) Resume(std::move(waiting), status);
}

void ChainedAuditLog::RepairIfDue() {
  if (health_.ok() || SteadyClock::now() < repair_at_) return;
  const absl::Status repaired = writer_.Repair();
  repair_at_ = After(options_.repair_interval);
  if (!repaired.ok()) metrics_.storage_failures.Increment();
  SetHealth(repaired.ok()
                ? repaired
                : absl::UnavailableError(absl::StrCat("audit log: ", repaired.message())));
}

void ChainedAuditLog::CheckpointIfDue(bool closing) {
  if (!checkpoints_ || !health_.ok() || writer_.head().sequence <= checkpoint_sequence_) return;
  if (!closing && SteadyClock::now() < checkpoint_at_) return;
  checkpoint_at_ = After(options_.settings.checkpoint_interval);
  if (const absl::Status written = checkpoints_->Write(writer_.head(), clock_.Now());
      !written.ok()) {
    metrics_.checkpoint_failures.Increment();
    Log(LogLevel::kError, "checkpoint not written", {{"reason", written.message()}});
    return;
  }
  checkpoint_sequence_ = writer_.head().sequence;
  metrics_.checkpoint_sequence.Set(static_cast<double>(checkpoint_sequence_));
}

// Only this thread changes health_, so it may read it without the lock.
void ChainedAuditLog::SetHealth(const absl::Status& health) {
  if (health == health_) return;
  const bool was_healthy = health_.ok();
  {
    const std::lock_guard lock(mutex_);
    health_ = health;
  }
  metrics_.healthy.Set(health.ok() ? 1 : 0);
  if (health.ok()) {
    Log(LogLevel::kInfo, "the audit log writes again",
        {{"last_sequence", writer_.head().sequence}});
  } else if (was_healthy) {
    Log(LogLevel::kError, "the audit log cannot write; no verdict is given until it can",
        {{"reason", health.message()}});
  }
  const std::lock_guard lock(on_change_mutex_);
  if (on_change_) on_change_();
}

void ChainedAuditLog::Resume(Waiting waiting, Answer answer) {
  // Released after the post, which touches the loop to its very end: without that the answer might
  // be all that a loop still waits for, and its owner destroy it under our hands.
  const Guard guard = std::move(waiting.guard);
  asio::post(*waiting.loop,
             [completion = std::move(waiting.completion), answer = std::move(answer)]() mutable {
               (*completion)(std::move(answer));
             });
}

}  // namespace mpic::coordinator
