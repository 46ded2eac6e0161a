#include "common/interval_thread.h"

#include <utility>

namespace mpic {

IntervalThread::IntervalThread(absl::Duration interval, absl::AnyInvocable<void()> work)
    : interval_(interval), work_(std::move(work)), thread_([this] {
        while (!StoppedMeanwhile()) work_();
      }) {}

IntervalThread::~IntervalThread() {
  {
    const absl::MutexLock lock(&mutex_);
    stopped_ = true;
    changed_.NotifyAll();
  }
  thread_.join();
}

bool IntervalThread::StoppedMeanwhile() {
  const absl::MutexLock lock(&mutex_);
  return changed_.WaitFor(mutex_, interval_,
                          [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return stopped_; });
}

}  // namespace mpic
