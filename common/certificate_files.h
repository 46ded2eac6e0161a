// PEM files of a TLS identity, read and checked before anything is started with them.
#ifndef MPIC_COMMON_CERTIFICATE_FILES_H_
#define MPIC_COMMON_CERTIFICATE_FILES_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "mpic/config/v1/common.pb.h"

namespace mpic {

struct CertificateFiles {
  std::string certificate_chain;  // PEM, leaf first
  std::string private_key;        // PEM
  std::string trusted_cas;        // PEM
};

// Reads the three files that `tls` names. FAILED_PRECONDITION lists every violation, one a line,
// each naming the field and the file: unset, unreadable, not PEM, a key of another certificate, a
// leaf that is not valid at `now`.
absl::StatusOr<CertificateFiles> ReadCertificateFiles(const config::v1::Tls& tls, absl::Time now);

// When the first certificate of a PEM file expires, for a metric.
absl::StatusOr<absl::Time> CertificateNotAfter(const std::string& path);

}  // namespace mpic

#endif  // MPIC_COMMON_CERTIFICATE_FILES_H_
