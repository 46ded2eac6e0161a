#include "common/random.h"

#include <openssl/rand.h>

#include <array>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_format.h"

namespace mpic {

std::uint64_t RandomU64() {
  // Drawn ahead, because a call of OpenSSL's generator costs far more than its octets.
  thread_local std::array<std::uint64_t, 32> ahead;
  thread_local std::size_t left = 0;
  if (left == 0) {
    // Without randomness nothing here can be trusted; carrying on would be worse than ending.
    if (RAND_bytes(reinterpret_cast<unsigned char*>(ahead.data()), sizeof ahead) != 1) std::abort();
    left = ahead.size();
  }
  // Each is given once and not kept.
  return std::exchange(ahead[--left], 0);
}

std::string RandomOctets(std::size_t count, const RandomSource& random) {
  std::string octets;
  while (octets.size() < count) {
    std::uint64_t value = random();
    for (std::size_t i = 0; i < sizeof value && octets.size() < count; ++i, value >>= 8) {
      octets.push_back(static_cast<char>(value & 0xFF));
    }
  }
  return octets;
}

std::string RequestId(const RandomSource& random) {
  constexpr std::uint64_t kVersion4 = 0x4000;
  constexpr std::uint64_t kVariant = std::uint64_t{1} << 63;
  const std::uint64_t high = (random() & ~std::uint64_t{0xF000}) | kVersion4;
  const std::uint64_t low = (random() & ~(std::uint64_t{3} << 62)) | kVariant;
  return absl::StrFormat("%08x-%04x-%04x-%04x-%012x", high >> 32, high >> 16 & 0xFFFF,
                         high & 0xFFFF, low >> 48, low & 0xFFFF'FFFF'FFFF);
}

}  // namespace mpic
