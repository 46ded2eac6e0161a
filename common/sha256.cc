#include "common/sha256.h"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <cstdlib>

namespace mpic {

std::string Sha256(absl::string_view octets) {
  // Lives as long as the process.
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  // Without digests nothing here can be trusted; carrying on would be worse than ending.
  if (algorithm == nullptr ||
      EVP_Digest(octets.data(), octets.size(), reinterpret_cast<unsigned char*>(digest.data()),
                 nullptr, algorithm, nullptr) != 1) {
    std::abort();
  }
  return digest;
}

}  // namespace mpic
