#include "common/certificate_watch.h"

#include <utility>

#include "absl/time/clock.h"

namespace mpic {

CertificateWatch::CertificateWatch(std::shared_ptr<RotatingCertificates> certificates,
                                   absl::Duration interval)
    : certificates_(std::move(certificates)), thread_([this, interval] { Watch(interval); }) {}

void CertificateWatch::Watch(absl::Duration interval) {
  while (true) {
    {
      const absl::MutexLock lock(&mutex_);
      const auto stopped = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return stopped_; };
      if (changed_.WaitFor(mutex_, interval, stopped)) return;
    }
    certificates_->Reload(absl::Now());
  }
}

CertificateWatch::~CertificateWatch() {
  {
    const absl::MutexLock lock(&mutex_);
    stopped_ = true;
    changed_.NotifyAll();
  }
  thread_.join();
}

}  // namespace mpic
