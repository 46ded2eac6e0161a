// A thread that does one thing again and again.
#ifndef MPIC_COMMON_INTERVAL_THREAD_H_
#define MPIC_COMMON_INTERVAL_THREAD_H_

#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/steady_condition.h"

namespace mpic {

// For what must go on whatever the loops are doing, or may block. From construction to destruction,
// which waits for a `work` under way.
class IntervalThread {
 public:
  // Calls `work` when an `interval` has passed, and an `interval` after each of its ends.
  IntervalThread(absl::Duration interval, absl::AnyInvocable<void()> work);
  ~IntervalThread();
  IntervalThread(const IntervalThread&) = delete;
  IntervalThread& operator=(const IntervalThread&) = delete;

 private:
  bool StoppedMeanwhile();

  const absl::Duration interval_;
  absl::AnyInvocable<void()> work_;
  absl::Mutex mutex_;
  SteadyCondition changed_;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;  // the last: it uses the others
};

}  // namespace mpic

#endif  // MPIC_COMMON_INTERVAL_THREAD_H_
