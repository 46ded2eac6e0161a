#include "common/certificate_watch.h"

#include <utility>

#include "absl/time/clock.h"

namespace mpic {

CertificateWatch::CertificateWatch(std::shared_ptr<RotatingCertificates> certificates,
                                   absl::Duration interval)
    : certificates_(std::move(certificates)), thread_([this, interval] { Watch(interval); }) {}

// Abseil's timed waits end by the wall clock: set back, it would stop the watch for that long.
void CertificateWatch::Watch(absl::Duration interval) {
  const auto period = absl::ToChronoMilliseconds(interval);
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, period, [this] { return stopped_; })) {
    lock.unlock();
    certificates_->Reload(absl::Now());
    lock.lock();
  }
}

CertificateWatch::~CertificateWatch() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

}  // namespace mpic
