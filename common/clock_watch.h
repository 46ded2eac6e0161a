// Notices when the clock of the day is set, says so in the log, and keeps gRPC's timers going.
#ifndef MPIC_COMMON_CLOCK_WATCH_H_
#define MPIC_COMMON_CLOCK_WATCH_H_

#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "common/steady_condition.h"

namespace mpic {

// What we measure ourselves goes by steady clocks. gRPC's timers sleep until a time of day, though
// (https://github.com/grpc/grpc/issues/32176): set back by two hours, deadlines and keepalive would
// stand still for two hours. Woken once, they are right again. Those of its event engine cannot be
// woken: connections do not age by themselves until the clock has come to where it was.
//
// On a thread of its own from construction to destruction. One a process, after InitLog.
class ClockWatch {
 public:
  ClockWatch();
  ~ClockWatch();
  ClockWatch(const ClockWatch&) = delete;
  ClockWatch& operator=(const ClockWatch&) = delete;

 private:
  void Watch();
  // After one interval, unless it is stopped meanwhile.
  bool StoppedMeanwhile();

  absl::Mutex mutex_;
  SteadyCondition changed_;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace mpic

#endif  // MPIC_COMMON_CLOCK_WATCH_H_
