#include "common/json_string.h"

#include "absl/strings/str_format.h"
#include "common/utf8.h"

namespace mpic {
namespace {

// How many octets at the beginning stand in JSON as they are.
std::size_t PlainLength(absl::string_view text) {
  std::size_t length = 0;
  while (length < text.size() && text[length] >= ' ' && text[length] < 0x7F &&
         text[length] != '"' && text[length] != '\\') {
    ++length;
  }
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
      out.append(text.data(), length);
    }
    used += taken;
    text.remove_prefix(taken);
  }
  out += '"';
}

}  // namespace mpic
