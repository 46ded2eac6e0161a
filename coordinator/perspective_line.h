// One Check stream to a perspective and what has been said on it.
#ifndef MPIC_COORDINATOR_PERSPECTIVE_LINE_H_
#define MPIC_COORDINATOR_PERSPECTIVE_LINE_H_

#include <cstdint>
#include <memory>
#include <set>

#include "absl/time/time.h"
#include "coordinator/perspective_stream.h"

namespace mpic::coordinator {

// Keeps count of what the perspective has in flight for it. A check that is cancelled stays in
// flight until it is answered: cancelling alone makes no room over there. Used on one loop's
// thread.
class PerspectiveLine {
 public:
  std::shared_ptr<PerspectiveStream> stream;
  bool hello_taken = false;
  // Counted as connected: since its Hello, or because it takes over from one that was.
  bool up = false;
  v1::Hello hello;
  unsigned silences = 0;  // questions that timed out since the last message
  absl::Duration opened;  // of SteadyNow

  // Whether one more check may be sent.
  bool HasRoom() const { return hello_taken && in_flight_ < hello.checks_in_flight_max(); }
  void Send(std::shared_ptr<const v1::CheckRequest> request);
  void Cancel(std::uint64_t number);
  // Whether this was the answer to a check that had been cancelled.
  bool TakeCancelled(std::uint64_t number);
  // A check that was not cancelled has been answered, or will never be.
  void NoteAnswered();
  // It is asked nothing more. The stream is half-closed when all is answered, not before: what is
  // in flight may have to be cancelled.
  void NoteGoingAway();

 private:
  void HalfCloseIfDone();

  unsigned in_flight_ = 0;
  std::set<std::uint64_t> cancelled_;  // of those in flight
  bool going_away_ = false;
};

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_PERSPECTIVE_LINE_H_
