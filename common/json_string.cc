#include "common/json_string.h"

#include <cstdint>

#include "absl/strings/str_format.h"

namespace mpic {
namespace {

// Octets of the well-formed UTF-8 sequence at the start of `text` (Unicode table 3-7); 0 for none.
std::size_t Utf8Length(absl::string_view text) {
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

void AppendAscii(char c, std::string& out) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  // DEL is no JSON matter but upsets terminals.
  if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
    absl::StrAppendFormat(&out, "\\u%04x", static_cast<unsigned>(c));
  } else {
    out += c;
  }
}

}  // namespace

void AppendJsonString(absl::string_view text, std::size_t bytes_max, std::string& out) {
  out += '"';
  for (std::size_t used = 0; !text.empty();) {
    const std::size_t length = Utf8Length(text);
    const std::size_t taken = length == 0 ? 1 : length;
    if (used + taken > bytes_max) {
      out += "\u2026";
      break;
    }
    if (length == 0) {
      out += "\uFFFD";
    } else if (length == 1) {
      AppendAscii(text[0], out);
    } else {
      out.append(text.data(), length);
    }
    used += taken;
    text.remove_prefix(taken);
  }
  out += '"';
}

}  // namespace mpic
