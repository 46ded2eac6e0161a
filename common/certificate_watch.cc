#include "common/certificate_watch.h"

#include <utility>

#include "absl/time/clock.h"

namespace mpic {

CertificateWatch::CertificateWatch(std::shared_ptr<RotatingCertificates> certificates,
                                   absl::Duration interval)
    : certificates_(std::move(certificates)), thread_([this, interval] {
        while (!stopped_.WaitForNotificationWithTimeout(interval)) {
          certificates_->Reload(absl::Now());
        }
      }) {}

CertificateWatch::~CertificateWatch() {
  stopped_.Notify();
  thread_.join();
}

}  // namespace mpic
