// How many things of a kind are alive, for a shutdown that waits until none is.
#ifndef MPIC_COMMON_LIVE_COUNT_H_
#define MPIC_COMMON_LIVE_COUNT_H_

#include <cstddef>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/steady_condition.h"

namespace mpic {

// Thread-safe.
class LiveCount {
 public:
  void Add() {
    const absl::MutexLock lock(&mutex_);
    ++count_;
  }
  void Remove() {
    const absl::MutexLock lock(&mutex_);
    --count_;
    // Before whoever waits may have destroyed this.
    changed_.NotifyAll();
  }
  std::size_t count() const {
    const absl::MutexLock lock(&mutex_);
    return count_;
  }
  // True when none is left within `patience`.
  bool WaitForNone(absl::Duration patience) {
    const absl::MutexLock lock(&mutex_);
    return changed_.WaitFor(mutex_, patience,
                            [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return count_ == 0; });
  }

 private:
  mutable absl::Mutex mutex_;
  SteadyCondition changed_;
  std::size_t count_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace mpic

#endif  // MPIC_COMMON_LIVE_COUNT_H_
