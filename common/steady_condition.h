// Waiting under a mutex for something to become true, for so long at most.
#ifndef MPIC_COMMON_STEADY_CONDITION_H_
#define MPIC_COMMON_STEADY_CONDITION_H_

#include <condition_variable>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace mpic {

// In place of Abseil's own timed waits, which end by the time of day: where that is set back they
// last so much longer. Thread-safe. For `patience` below a century.
class SteadyCondition {
 public:
  // Whether `holds` came true within `patience`. It is asked with `mutex` held, which it is before
  // and afterwards as well; whatever may change its answer calls NotifyAll.
  template <typename Holds>
  bool WaitFor(absl::Mutex& mutex, absl::Duration patience, Holds holds)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    Held held{mutex};
    return changed_.wait_for(held, absl::ToChronoNanoseconds(patience), holds);
  }
  void NotifyAll() { changed_.notify_all(); }

 private:
  // What the standard library calls a lock.
  struct Held {
    absl::Mutex& mutex;
    void lock() ABSL_NO_THREAD_SAFETY_ANALYSIS { mutex.Lock(); }
    void unlock() ABSL_NO_THREAD_SAFETY_ANALYSIS { mutex.Unlock(); }
  };

  std::condition_variable_any changed_;
};

}  // namespace mpic

#endif  // MPIC_COMMON_STEADY_CONDITION_H_
