#include "common/utf8.h"

#include <cstdint>

namespace mpic {

std::size_t Utf8Length(absl::string_view text) {
  if (text.empty()) return 0;
  const auto octet = [text](std::size_t i) {
    return i < text.size() ? static_cast<std::uint8_t>(text[i]) : std::uint8_t{0};
  };
  const auto continues = [&](std::size_t i) { return (octet(i) & 0xC0) == 0x80; };
  const std::uint8_t first = octet(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return continues(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const bool overlong = first == 0xE0 && octet(1) < 0xA0;
    const bool surrogate = first == 0xED && octet(1) > 0x9F;
    return continues(1) && continues(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const bool overlong = first == 0xF0 && octet(1) < 0x90;
    const bool beyond = first == 0xF4 && octet(1) > 0x8F;
    return continues(1) && continues(2) && continues(3) && !overlong && !beyond ? 4 : 0;
  }
  return 0;
}

char32_t Utf8CodePoint(absl::string_view sequence) {
  const auto first = static_cast<std::uint8_t>(sequence.front());
  if (sequence.size() == 1) return first;
  char32_t code_point = first & (0x7FU >> sequence.size());
  for (const char c : sequence.substr(1)) {
    code_point = code_point << 6U | (static_cast<std::uint8_t>(c) & 0x3FU);
  }
  return code_point;
}

}  // namespace mpic
