#include "common/json_string.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "common/utf8.h"

namespace mpic {
namespace {

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

// How many octets at the beginning stand for themselves; nearly always all of them.
std::size_t PlainOctets(absl::string_view text) {
  const auto* const end = std::find_if(text.begin(), text.end(), [](char c) {
    return !absl::ascii_isprint(static_cast<unsigned char>(c)) || c == '"' || c == '\\';
  });
  return static_cast<std::size_t>(end - text.begin());
}

}  // namespace

void AppendJsonString(absl::string_view text, std::size_t bytes_max, std::string& out) {
  out += '"';
  std::size_t used = std::min(PlainOctets(text), bytes_max);
  out.append(text.data(), used);
  text.remove_prefix(used);
  while (!text.empty()) {
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
