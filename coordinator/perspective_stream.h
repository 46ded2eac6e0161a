// One Check stream to a perspective, client side: messages in, messages out, on the loop.
#ifndef MPIC_COORDINATOR_PERSPECTIVE_STREAM_H_
#define MPIC_COORDINATOR_PERSPECTIVE_STREAM_H_

#include <grpcpp/grpcpp.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "common/live_count.h"
#include "mpic/v1/perspective.grpc.pb.h"

namespace mpic::coordinator {

// A gRPC reactor that keeps itself alive until gRPC is done with it. Its owner uses it only on the
// loop's thread and is called back there. gRPC's callbacks come on gRPC's threads: there one write
// follows the other and one read the other, without the way to the loop and back; what has been
// read goes to the loop, as much at a time as there is. After Abandon the owner hears nothing more.
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

  // Shared, because who sent it holds the answer against it.
  void Send(std::shared_ptr<const v1::CheckRequest> request);
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
  void WriteNext() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // True when nothing is read or written any more, once: then the hold has to go.
  bool BecomesQuiet() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // On the loop: hands over what has been read.
  void Deliver();
  template <typename Work>
  void Post(Work work) {
    boost::asio::post(loop_, [self = self_, work = std::move(work)]() mutable { work(); });
  }

  boost::asio::io_context& loop_;
  const std::shared_ptr<LiveCount> live_;
  Callbacks callbacks_;  // touched on the loop only
  grpc::ClientContext context_;
  std::shared_ptr<PerspectiveStream> self_;  // until OnDone
  v1::CheckResponse incoming_;               // gRPC's while a read is under way
  absl::Mutex mutex_;
  std::vector<v1::CheckResponse> arrived_ ABSL_GUARDED_BY(mutex_);  // and not delivered yet
  std::size_t arrived_octets_ ABSL_GUARDED_BY(mutex_) = 0;
  bool delivery_posted_ ABSL_GUARDED_BY(mutex_) = false;
  bool reading_ ABSL_GUARDED_BY(mutex_) = true;
  std::deque<std::shared_ptr<const v1::CheckRequest>> outgoing_ ABSL_GUARDED_BY(mutex_);
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;  // the first of them
  bool half_close_wanted_ ABSL_GUARDED_BY(mutex_) = false;
  bool half_closed_ ABSL_GUARDED_BY(mutex_) = false;
  bool input_ended_ ABSL_GUARDED_BY(mutex_) = false;
  bool released_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_PERSPECTIVE_STREAM_H_
