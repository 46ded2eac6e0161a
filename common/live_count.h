// How many things of a kind are alive, for a shutdown that waits until none is.
#ifndef MPIC_COMMON_LIVE_COUNT_H_
#define MPIC_COMMON_LIVE_COUNT_H_

#include <cstddef>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

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
  }
  std::size_t count() const {
    const absl::MutexLock lock(&mutex_);
    return count_;
  }
  // True when none is left before `deadline`.
  bool WaitForNone(absl::Time deadline) {
    const absl::MutexLock lock(&mutex_);
    const auto none = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return count_ == 0; };
    return mutex_.AwaitWithDeadline(absl::Condition(&none), deadline);
  }

 private:
  mutable absl::Mutex mutex_;
  std::size_t count_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace mpic

#endif  // MPIC_COMMON_LIVE_COUNT_H_
