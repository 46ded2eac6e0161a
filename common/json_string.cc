#include "common/json_string.h"

#include <array>

#include "absl/strings/str_format.h"
#include "common/utf8.h"

namespace mpic {
namespace {

// Of each octet, whether it stands in JSON as it is: most do, hence a table.
constexpr std::array<bool, 256> kIsPlain = [] {
  std::array<bool, 256> is_plain{};
  for (unsigned char c = ' '; c < 0x7F; ++c) is_plain[c] = c != '"' && c != '\\';
  return is_plain;
}();

// How many octets at the beginning are plain.
std::size_t PlainLength(absl::string_view text) {
  std::size_t length = 0;
  while (length < text.size() && kIsPlain[static_cast<unsigned char>(text[length])]) ++length;
  return length;
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

// What changes how a terminal shows the text around it, and is not to be seen itself: control
// characters of C1, soft hyphens, joiners, line separators, everything that turns the direction of
// writing, byte order marks, annotations and tags.
bool IsHidden(char32_t c) {
  return (c >= 0x80 && c <= 0x9F) || c == 0xAD || c == 0x61C || (c >= 0x200B && c <= 0x200F) ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF ||
         (c >= 0xFFF9 && c <= 0xFFFB) || (c >= 0xE0000 && c <= 0xE007F);
}

void AppendUtf8(absl::string_view sequence, std::string& out) {
  const char32_t c = Utf8CodePoint(sequence);
  if (!IsHidden(c)) {
    out.append(sequence.data(), sequence.size());
  } else if (c < 0x10000) {
    absl::StrAppendFormat(&out, "\\u%04x", static_cast<unsigned>(c));
  } else {
    const unsigned beyond = static_cast<unsigned>(c) - 0x10000;  // as UTF-16 (RFC 8259 section 7)
    absl::StrAppendFormat(&out, "\\u%04x\\u%04x", 0xD800 + (beyond >> 10),
                          0xDC00 + (beyond & 0x3FF));
  }
}

}  // namespace

void AppendJsonString(absl::string_view text, std::size_t bytes_max, std::string& out) {
  out += '"';
  for (std::size_t used = 0; !text.empty();) {
    const std::size_t plain = PlainLength(text.substr(0, bytes_max - used));
    out.append(text.data(), plain);
    used += plain;
    text.remove_prefix(plain);
    if (text.empty()) break;
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
      AppendUtf8(text.substr(0, length), out);
    }
    used += taken;
    text.remove_prefix(taken);
  }
  out += '"';
}

}  // namespace mpic
