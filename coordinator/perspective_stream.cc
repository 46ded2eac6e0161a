#include "coordinator/perspective_stream.h"

namespace mpic::coordinator {

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
  // Reads and writes are started from the loop, outside of gRPC's callbacks: the hold keeps the
  // call from being over in between.
  AddHold();
  StartRead(&incoming_);
  StartCall();
}

void PerspectiveStream::Send(v1::CheckRequest request) {
  outgoing_.push_back(std::move(request));
  WriteNext();
}

void PerspectiveStream::HalfClose() {
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
    StartWrite(&outgoing_.front());
  } else if (half_close_wanted_) {
    half_closed_ = true;
    StartWritesDone();
  }
}

void PerspectiveStream::OnReadDone(bool ok) {
  Post([this, ok] {
    if (!ok) {
      input_ended_ = true;
      ReleaseIfQuiet();
      return;
    }
    // A copy, because the owner may abandon this stream in its callback.
    const auto on_message = callbacks_.on_message;
    if (on_message) on_message(std::exchange(incoming_, {}));
    StartRead(&incoming_);
  });
}

void PerspectiveStream::OnWriteDone(bool /*ok*/) {
  // A failed write is followed by a failed read, which ends the stream.
  Post([this] {
    writing_ = false;
    outgoing_.pop_front();
    WriteNext();
    ReleaseIfQuiet();
  });
}

void PerspectiveStream::ReleaseIfQuiet() {
  if (!input_ended_ || writing_ || released_) return;
  released_ = true;
  RemoveHold();
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
