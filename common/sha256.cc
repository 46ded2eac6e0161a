#include "common/sha256.h"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <cstdlib>
#include <memory>

namespace mpic {

namespace {

const EVP_MD* Algorithm() {
  // Lives as long as the process.
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  // Without digests nothing here can be trusted; carrying on would be worse than ending.
  if (algorithm == nullptr) std::abort();
  return algorithm;
}

}  // namespace

std::string Sha256(absl::string_view octets) {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  if (EVP_Digest(octets.data(), octets.size(), reinterpret_cast<unsigned char*>(digest.data()),
                 nullptr, Algorithm(), nullptr) != 1) {
    std::abort();
  }
  return digest;
}

std::string Sha256(absl::string_view first, absl::string_view second) {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        &EVP_MD_CTX_free);
  if (context == nullptr || EVP_DigestInit_ex(context.get(), Algorithm(), nullptr) != 1 ||
      EVP_DigestUpdate(context.get(), first.data(), first.size()) != 1 ||
      EVP_DigestUpdate(context.get(), second.data(), second.size()) != 1 ||
      EVP_DigestFinal_ex(context.get(), reinterpret_cast<unsigned char*>(digest.data()), nullptr) !=
          1) {
    std::abort();
  }
  return digest;
}

}  // namespace mpic
