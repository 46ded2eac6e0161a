// The wire side of a Check stream: what has been read and what waits to be written.
#ifndef MPIC_PERSPECTIVE_CHECK_WIRE_H_
#define MPIC_PERSPECTIVE_CHECK_WIRE_H_

#include <grpcpp/grpcpp.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <deque>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "common/admission.h"
#include "mpic/v1/perspective.pb.h"
#include "perspective/answer.h"

namespace mpic::perspective {

// A gRPC reactor that keeps the wire busy on gRPC's own threads: the next message is read and
// written there, and the loop is woken once for all that has come meanwhile. Waking another thread
// for every message costs more than all that is done with it. Protected members are for the loop.
class CheckWire : public grpc::ServerBidiReactor<v1::CheckRequest, v1::CheckResponse> {
 public:
  explicit CheckWire(boost::asio::io_context& loop) : loop_(loop) {}

  void OnReadDone(bool ok) final;
  void OnWriteDone(bool ok) final;

 protected:
  template <typename Work>
  void Post(Work work) {
    boost::asio::post(loop_, std::move(work));
  }

  // From now on requests are taken.
  void StartReading();
  // Answers leave in this order, soon after the loop has done what it is doing: those of one turn
  // go into one segment. `ticket` is given back when gRPC takes the answer: answers that wait for a
  // client that does not read are in no queue without a limit.
  void Write(AnswerPtr answer, Admission::Ticket ticket);
  // Nothing more is read, nor written but what gRPC has taken already.
  void Stop();
  // gRPC has written all answers and waits for nothing but reads, and the loop is not about to be
  // called: only then may the stream be finished, because it goes when gRPC is done with it.
  bool is_silent() const;

  // What the loop is called with, in this order; not from the calls above.
  virtual void Take(v1::CheckRequest request) = 0;
  // The client has half-closed, or is gone.
  virtual void TakeEndOfInput() = 0;
  // A write failed.
  virtual void TakeBrokenWire() = 0;
  // There is nothing left to write, after the end of input or Stop.
  virtual void TakeSilence() = 0;

 private:
  struct Outgoing {
    AnswerPtr answer;
    Admission::Ticket ticket;
  };

  void ReadNext() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void WriteNext() ABSL_LOCKS_EXCLUDED(mutex_);
  // What is to be written now, and how; null: nothing. It stays where it is until it is written.
  const v1::CheckResponse* NextToWrite(grpc::WriteOptions& options)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Has Attend run on the loop, once for all that happens until it does.
  void CallLoop() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Attend();

  boost::asio::io_context& loop_;
  v1::CheckRequest incoming_;  // gRPC writes into it while a read is under way
  mutable absl::Mutex mutex_;
  std::vector<v1::CheckRequest> came_ ABSL_GUARDED_BY(mutex_);
  std::deque<Outgoing> outgoing_ ABSL_GUARDED_BY(mutex_);
  bool loop_called_ ABSL_GUARDED_BY(mutex_) = false;
  bool reading_ ABSL_GUARDED_BY(mutex_) = false;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool input_ended_ ABSL_GUARDED_BY(mutex_) = false;
  bool broken_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  bool end_of_input_told_ = false;  // on the loop
};

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_CHECK_WIRE_H_
