// One Check stream to a perspective, client side: messages in, messages out, on the loop.
#ifndef MPIC_COORDINATOR_PERSPECTIVE_STREAM_H_
#define MPIC_COORDINATOR_PERSPECTIVE_STREAM_H_

#include <grpcpp/grpcpp.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <utility>

#include "common/live_count.h"
#include "mpic/v1/perspective.grpc.pb.h"

namespace mpic::coordinator {

// A gRPC reactor that keeps itself alive until gRPC is done with it. Used only on the loop's
// thread, except gRPC's own callbacks, which are posted there. After Abandon the owner hears
// nothing more.
class PerspectiveStream final : public grpc::ClientBidiReactor<v1::CheckRequest, v1::CheckResponse>,
                                public std::enable_shared_from_this<PerspectiveStream> {
 public:
  struct Callbacks {
    std::function<void(v1::CheckResponse)> on_message;
    std::function<void(const grpc::Status&)> on_closed;  // last, exactly once
  };

  // Opens the stream; failures to connect arrive at on_closed.
  // `live` counts the stream until gRPC has let go of it: the loop must not end before.
  static std::shared_ptr<PerspectiveStream> Open(boost::asio::io_context& loop,
                                                 v1::PerspectiveService::Stub& stub,
                                                 std::shared_ptr<LiveCount> live,
                                                 Callbacks callbacks);
  ~PerspectiveStream() override;

  void Send(v1::CheckRequest request);
  // No more requests, cancellations neither; what is in flight is still answered.
  void HalfClose();
  // Cancels the call; no callback comes any more.
  void Abandon();

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnDone(const grpc::Status& status) override;

 private:
  PerspectiveStream(boost::asio::io_context& loop, std::shared_ptr<LiveCount> live,
                    Callbacks callbacks);
  void Start(v1::PerspectiveService::Stub& stub);
  void WriteNext();
  void ReleaseIfQuiet();
  template <typename Work>
  void Post(Work work) {
    boost::asio::post(loop_, [self = self_, work = std::move(work)]() mutable { work(); });
  }

  boost::asio::io_context& loop_;
  const std::shared_ptr<LiveCount> live_;
  Callbacks callbacks_;
  grpc::ClientContext context_;
  std::shared_ptr<PerspectiveStream> self_;  // until OnDone
  v1::CheckResponse incoming_;
  std::deque<v1::CheckRequest> outgoing_;
  bool writing_ = false;
  bool half_close_wanted_ = false;
  bool half_closed_ = false;
  bool input_ended_ = false;
  bool released_ = false;
};

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_PERSPECTIVE_STREAM_H_
