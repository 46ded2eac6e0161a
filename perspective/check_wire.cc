#include "perspective/check_wire.h"

#include <utility>

namespace mpic::perspective {
namespace {

// Requests that are read before the loop has looked at them.
constexpr std::size_t kReadAheadMax = 16;

// Answers that wait for a client that does not read; above it nothing more is read from that
// client.
constexpr std::size_t kOutgoingMax = 1'000;

}  // namespace

void CheckWire::OnReadDone(bool ok) {
  const absl::MutexLock lock(&mutex_);
  reading_ = false;
  if (ok) {
    came_.push_back(std::move(incoming_));
  } else {
    input_ended_ = true;
  }
  ReadNext();
  CallLoop();
}

void CheckWire::OnWriteDone(bool ok) {
  {
    const absl::MutexLock lock(&mutex_);
    writing_ = false;
    outgoing_.pop_front();
    if (!ok) broken_ = true;
  }
  WriteNext();
  const absl::MutexLock lock(&mutex_);
  ReadNext();
  const bool silent = !writing_ && (input_ended_ || stopped_);
  if (broken_ || silent) CallLoop();
}

void CheckWire::StartReading() {
  const absl::MutexLock lock(&mutex_);
  ReadNext();
}

void CheckWire::Write(AnswerPtr answer, Admission::Ticket ticket) {
  const absl::MutexLock lock(&mutex_);
  if (stopped_) return;
  outgoing_.push_back({.answer = std::move(answer), .ticket = std::move(ticket)});
  if (!writing_) CallLoop();
}

void CheckWire::Stop() {
  const absl::MutexLock lock(&mutex_);
  stopped_ = true;
  // gRPC still reads from the first while a write is under way.
  outgoing_.resize(writing_ ? 1 : 0);
}

// What the loop posts to itself comes after what gRPC's threads posted meanwhile, OnDone among it.
bool CheckWire::is_silent() const {
  const absl::MutexLock lock(&mutex_);
  return !writing_ && outgoing_.empty() && !loop_called_;
}

void CheckWire::ReadNext() {
  if (reading_ || input_ended_ || broken_ || stopped_ || came_.size() >= kReadAheadMax ||
      outgoing_.size() > kOutgoingMax) {
    return;
  }
  reading_ = true;
  incoming_.Clear();
  StartRead(&incoming_);
}

// Without the lock: gRPC encrypts and sends on this thread, and the loop must not wait for that.
void CheckWire::WriteNext() {
  grpc::WriteOptions options;
  const v1::CheckResponse* next = nullptr;
  {
    const absl::MutexLock lock(&mutex_);
    next = NextToWrite(options);
  }
  if (next != nullptr) StartWrite(next, options);
}

const v1::CheckResponse* CheckWire::NextToWrite(grpc::WriteOptions& options) {
  if (writing_ || broken_ || stopped_ || outgoing_.empty()) return nullptr;
  writing_ = true;
  Outgoing& next = outgoing_.front();
  // Before the client can know of it, and ask again.
  next.ticket = {};
  if (outgoing_.size() > 1) options.set_buffer_hint();  // the next follows at once
  return &next.answer->message();
}

void CheckWire::CallLoop() {
  if (loop_called_) return;
  loop_called_ = true;
  Post([this] { Attend(); });
}

void CheckWire::Attend() {
  std::vector<v1::CheckRequest> came;
  bool ended = false;
  bool broken = false;
  {
    const absl::MutexLock lock(&mutex_);
    loop_called_ = false;
    came.swap(came_);
    ended = input_ended_;
    broken = broken_;
    ReadNext();
  }
  WriteNext();
  for (v1::CheckRequest& request : came) Take(std::move(request));
  if (ended && !std::exchange(end_of_input_told_, true)) TakeEndOfInput();
  if (broken) TakeBrokenWire();
  if (is_silent()) TakeSilence();
}

}  // namespace mpic::perspective
