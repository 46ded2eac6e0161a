// Notices when the clock of the day is set, says so in the log, and keeps gRPC's timers going.
#ifndef MPIC_COMMON_CLOCK_WATCH_H_
#define MPIC_COMMON_CLOCK_WATCH_H_

#include "absl/time/time.h"
#include "common/interval_thread.h"

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

 private:
  void Look();

  absl::Duration ahead_;   // the clock of the day, of the steady one
  IntervalThread thread_;  // the last: it uses the other
};

}  // namespace mpic

#endif  // MPIC_COMMON_CLOCK_WATCH_H_
