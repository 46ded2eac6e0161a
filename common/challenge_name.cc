#include "common/challenge_name.h"

#include <openssl/sha.h>

#include <array>
#include <cstddef>
#include <cstdint>

namespace mpic {
namespace {

constexpr std::size_t kAccountDigestOctets = 10;

// RFC 4648 section 6 in lower case; `Octets` is a multiple of 5, so there is no padding.
template <std::size_t Octets>
std::string Base32(const unsigned char* octets) {
  static_assert(Octets % 5 == 0);
  constexpr absl::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz234567";
  std::string text;
  std::uint32_t buffer = 0;
  int bits = 0;
  for (std::size_t i = 0; i < Octets; ++i) {
    buffer = (buffer << 8) | octets[i];
    for (bits += 8; bits >= 5; bits -= 5) text.push_back(kAlphabet[(buffer >> (bits - 5)) & 31U]);
  }
  return text;
}

}  // namespace

std::string DnsAccountLabel(absl::string_view account_url) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(account_url.data()), account_url.size(),
         digest.data());
  return "_" + Base32<kAccountDigestOctets>(digest.data());
}

}  // namespace mpic
