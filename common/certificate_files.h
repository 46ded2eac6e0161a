// PEM files of a TLS identity, read and checked before anything is started with them, or goes on
// with them.
#ifndef MPIC_COMMON_CERTIFICATE_FILES_H_
#define MPIC_COMMON_CERTIFICATE_FILES_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/certificate_path.h"
#include "mpic/config/v1/common.pb.h"

namespace mpic {

// What the files hold, without what else may stand in them, so that only what was checked is used.
struct CertificateFiles {
  std::string certificate_chain;  // PEM, leaf first
  std::string private_key;        // PEM
  std::string trusted_cas;        // PEM
  std::string crls;               // PEM; empty without crl_directory
  absl::Time not_before;          // of the leaf
  absl::Time not_after;

  friend bool operator==(const CertificateFiles&, const CertificateFiles&) = default;
};

// Reads what `tls` names, for a program that is `role` with it. FAILED_PRECONDITION lists every
// violation, one a line, each naming the field and the file: unset, unreadable, not PEM, a key of
// another certificate, a leaf that is not valid at `now`, a path that breaks or does not serve
// `role`, a key that this machine's TLS policy finds too weak. Of crl_directory the files named as
// "openssl rehash" names revocation lists are read (HASH.r0); not PEM, not signed by the trusted CA
// that they name, or outdated without a newer one beside them is a violation, none at all is not.
absl::StatusOr<CertificateFiles> ReadCertificateFiles(const config::v1::Tls& tls, TlsRole role,
                                                      absl::Time now);

}  // namespace mpic

#endif  // MPIC_COMMON_CERTIFICATE_FILES_H_
