// Looks at the files of RotatingCertificates again and again.
#ifndef MPIC_COMMON_CERTIFICATE_WATCH_H_
#define MPIC_COMMON_CERTIFICATE_WATCH_H_

#include <memory>

#include "absl/time/time.h"
#include "common/interval_thread.h"
#include "common/rotating_certificates.h"

namespace mpic {

// On a thread of its own from construction to destruction, which waits for a look under way:
// reading may block on a network file system. It compares what is in the files, so it does not
// matter how they are replaced: links that change (kubelet), renames, writing in place.
class CertificateWatch {
 public:
  CertificateWatch(std::shared_ptr<RotatingCertificates> certificates, absl::Duration interval);

 private:
  IntervalThread thread_;
};

}  // namespace mpic

#endif  // MPIC_COMMON_CERTIFICATE_WATCH_H_
