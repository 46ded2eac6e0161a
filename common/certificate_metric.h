// When our own certificate ends, for the alert that must come before it does.
#ifndef MPIC_COMMON_CERTIFICATE_METRIC_H_
#define MPIC_COMMON_CERTIFICATE_METRIC_H_

#include <prometheus/registry.h>

#include "mpic/config/v1/common.pb.h"

namespace mpic {

// Sets mpic_tls_certificate_not_after_timestamp_seconds of `registry` from the certificate file of
// `tls`, once. Without one (plaintext on loopback) there is no such metric.
void PublishCertificateExpiry(const config::v1::Tls& tls, prometheus::Registry& registry);

}  // namespace mpic

#endif  // MPIC_COMMON_CERTIFICATE_METRIC_H_
