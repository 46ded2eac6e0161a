#include "coordinator/perspective_stream.h"

#include <cstddef>

namespace mpic::coordinator {
namespace {

// What may wait for the loop before no more is read: a message can have some hundred times its size
// in memory, and whoever sends faster than they are taken has to wait.
constexpr std::size_t kArrivedMax = 32;
constexpr std::size_t kArrivedOctetsMax = 256 * 1024;

}  // namespace

std::shared_ptr<PerspectiveStream> PerspectiveStream::Open(boost::asio::io_context& loop,
                                                           v1::PerspectiveService::Stub& stub,
                                                           std::shared_ptr<LiveCount> live,
                                                           Callbacks callbacks) {
  auto stream = std::shared_ptr<PerspectiveStream>(
      new PerspectiveStream(loop, std::move(live), std::move(callbacks)));
  stream->self_ = stream;
  stream->Start(stub);
  return stream;
}

PerspectiveStream::PerspectiveStream(boost::asio::io_context& loop, std::shared_ptr<LiveCount> live,
                                     Callbacks callbacks)
    : loop_(loop), live_(std::move(live)), callbacks_(std::move(callbacks)) {
  live_->Add();
}

PerspectiveStream::~PerspectiveStream() { live_->Remove(); }

void PerspectiveStream::Start(v1::PerspectiveService::Stub& stub) {
  stub.async()->Check(&context_, this);
  // Reads and writes are started from the loop as well, outside of gRPC's callbacks: the hold keeps
  // the call from being over in between.
  AddHold();
  StartRead(&incoming_);
  StartCall();
}

void PerspectiveStream::Send(std::shared_ptr<const v1::CheckRequest> request) {
  const absl::MutexLock lock(&mutex_);
  outgoing_.push_back(std::move(request));
  WriteNext();
}

void PerspectiveStream::HalfClose() {
  const absl::MutexLock lock(&mutex_);
  half_close_wanted_ = true;
  WriteNext();
}

void PerspectiveStream::Abandon() {
  callbacks_ = {};
  context_.TryCancel();
}

void PerspectiveStream::WriteNext() {
  if (writing_ || input_ended_ || half_closed_) return;
  if (!outgoing_.empty()) {
    writing_ = true;
    grpc::WriteOptions options;
    // What more follows may go in one packet with it.
    if (outgoing_.size() > 1) options.set_buffer_hint();
    StartWrite(outgoing_.front().get(), options);
  } else if (half_close_wanted_) {
    half_closed_ = true;
    StartWritesDone();
  }
}

void PerspectiveStream::OnReadDone(bool ok) {
  bool quiet = false;
  bool deliver = false;
  {
    const absl::MutexLock lock(&mutex_);
    if (ok) {
      arrived_octets_ += incoming_.ByteSizeLong();
      arrived_.push_back(std::exchange(incoming_, {}));
      deliver = !std::exchange(delivery_posted_, true);
      reading_ = arrived_.size() < kArrivedMax && arrived_octets_ < kArrivedOctetsMax;
      if (reading_) StartRead(&incoming_);
    } else {
      input_ended_ = true;
      quiet = BecomesQuiet();
    }
  }
  if (deliver) Post([this] { Deliver(); });
  if (quiet) RemoveHold();
}

void PerspectiveStream::Deliver() {
  std::vector<v1::CheckResponse> messages;
  {
    const absl::MutexLock lock(&mutex_);
    messages.swap(arrived_);
    arrived_octets_ = 0;
    delivery_posted_ = false;
  }
  // A copy, because the owner may abandon this stream in its callback.
  const auto on_message = callbacks_.on_message;
  for (v1::CheckResponse& message : messages) {
    if (callbacks_.on_message) on_message(std::move(message));
  }
  // Where reading stopped it goes on now, not before: one such load at a time. What came meanwhile
  // has a delivery of its own.
  const absl::MutexLock lock(&mutex_);
  if (reading_ || !arrived_.empty()) return;
  reading_ = true;
  StartRead(&incoming_);
}

void PerspectiveStream::OnWriteDone(bool /*ok*/) {
  // A failed write is followed by a failed read, which ends the stream.
  bool quiet = false;
  {
    const absl::MutexLock lock(&mutex_);
    writing_ = false;
    outgoing_.pop_front();
    WriteNext();
    quiet = BecomesQuiet();
  }
  if (quiet) RemoveHold();
}

bool PerspectiveStream::BecomesQuiet() {
  if (!input_ended_ || writing_) return false;
  return !std::exchange(released_, true);
}

void PerspectiveStream::OnDone(const grpc::Status& status) {
  Post([this, status] {
    // Whoever holds this stream may let go of it in the callback.
    const std::shared_ptr<PerspectiveStream> alive = std::move(self_);
    const auto on_closed = std::exchange(callbacks_, {}).on_closed;
    if (on_closed) on_closed(status);
  });
}

}  // namespace mpic::coordinator
