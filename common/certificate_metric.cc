#include "common/certificate_metric.h"

#include <prometheus/gauge.h>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/certificate_files.h"

namespace mpic {

void PublishCertificateExpiry(const config::v1::Tls& tls, prometheus::Registry& registry) {
  const absl::StatusOr<absl::Time> not_after = CertificateNotAfter(tls.certificate_file());
  if (!not_after.ok()) return;
  prometheus::BuildGauge()
      .Name("mpic_tls_certificate_not_after_timestamp_seconds")
      .Help("When the certificate that this program presents expires.")
      .Register(registry)
      .Add({})
      .Set(static_cast<double>(absl::ToUnixSeconds(*not_after)));
}

}  // namespace mpic
