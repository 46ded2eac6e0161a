// Revocation lists as "openssl rehash" lays them out: HASH.r0, HASH.r1, files or links.
#ifndef MPIC_COMMON_CRL_DIRECTORY_H_
#define MPIC_COMMON_CRL_DIRECTORY_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/x509_pem.h"

namespace mpic {

// The lists of `directory` in the order of their names, as PEM; other names are passed over, the
// hash is not looked at. FAILED_PRECONDITION names the file: unreadable, not PEM, not signed by the
// CA of `trusted` that it names, or the newest list of its issuer and outdated at `now`.
absl::StatusOr<std::string> ReadCrlDirectory(const std::string& directory,
                                             const std::vector<X509Certificate>& trusted,
                                             absl::Time now);

}  // namespace mpic

#endif  // MPIC_COMMON_CRL_DIRECTORY_H_
