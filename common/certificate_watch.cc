#include "common/certificate_watch.h"

#include <utility>

#include "absl/time/clock.h"

namespace mpic {

CertificateWatch::CertificateWatch(std::shared_ptr<RotatingCertificates> certificates,
                                   absl::Duration interval)
    : thread_(interval,
              [certificates = std::move(certificates)] { certificates->Reload(absl::Now()); }) {}

}  // namespace mpic
