// Looks at the files of RotatingCertificates again and again.
#ifndef MPIC_COMMON_CERTIFICATE_WATCH_H_
#define MPIC_COMMON_CERTIFICATE_WATCH_H_

#include <memory>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/rotating_certificates.h"
#include "common/steady_condition.h"

namespace mpic {

// On a thread of its own from construction to destruction, which waits for a look under way:
// reading may block on a network file system. It compares what is in the files, so it does not
// matter how they are replaced: links that change (kubelet), renames, writing in place.
class CertificateWatch {
 public:
  CertificateWatch(std::shared_ptr<RotatingCertificates> certificates, absl::Duration interval);
  ~CertificateWatch();
  CertificateWatch(const CertificateWatch&) = delete;
  CertificateWatch& operator=(const CertificateWatch&) = delete;

 private:
  void Watch(absl::Duration interval);

  const std::shared_ptr<RotatingCertificates> certificates_;
  absl::Mutex mutex_;
  SteadyCondition changed_;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace mpic

#endif  // MPIC_COMMON_CERTIFICATE_WATCH_H_
