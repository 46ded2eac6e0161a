// SHA-256.
#ifndef MPIC_COMMON_SHA256_H_
#define MPIC_COMMON_SHA256_H_

#include <string>

#include "absl/strings/string_view.h"

namespace mpic {

// The 32 octets of the digest. OpenSSL's own SHA256() looks the algorithm up by its name at every
// call, which takes as long as the digest of a short text.
std::string Sha256(absl::string_view octets);
// Of one text after the other.
std::string Sha256(absl::string_view first, absl::string_view second);

}  // namespace mpic

#endif  // MPIC_COMMON_SHA256_H_
