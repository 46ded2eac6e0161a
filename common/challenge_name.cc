#include "common/challenge_name.h"

#include <cstddef>
#include <cstdint>

#include "common/sha256.h"

namespace mpic {
namespace {

constexpr std::size_t kAccountDigestOctets = 10;

// RFC 4648 section 6 in lower case, of a multiple of 5 octets, so that there is no padding.
std::string Base32(absl::string_view octets) {
  constexpr absl::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz234567";
  std::string text;
  std::uint32_t buffer = 0;
  int bits = 0;
  for (const char octet : octets) {
    buffer = (buffer << 8) | static_cast<unsigned char>(octet);
    for (bits += 8; bits >= 5; bits -= 5) text.push_back(kAlphabet[(buffer >> (bits - 5)) & 31U]);
  }
  return text;
}

}  // namespace

std::string DnsAccountLabel(absl::string_view account_url) {
  return "_" + Base32(absl::string_view(Sha256(account_url)).substr(0, kAccountDigestOctets));
}

}  // namespace mpic
