#include "coordinator/cli/terminal_text.h"

#include "absl/strings/str_cat.h"

namespace mpic::coordinator::cli {

std::string ForTerminal(absl::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (c == '\\') {
      out += "\\\\";
    } else if (c >= ' ' && c <= '~') {
      out += c;
    } else {
      absl::StrAppend(&out, "\\x", absl::Hex(static_cast<unsigned char>(c), absl::kZeroPad2));
    }
  }
  return out;
}

}  // namespace mpic::coordinator::cli
