#include "perspective/rules/challenge_value.h"

#include "absl/strings/ascii.h"

namespace mpic::perspective {
namespace {

bool IsTokenCharacter(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_';
}

}  // namespace

bool ContainsToken(absl::string_view haystack, absl::string_view token, std::size_t* offset) {
  if (token.empty()) return false;
  for (auto at = haystack.find(token); at != absl::string_view::npos;
       at = haystack.find(token, at + 1)) {
    const std::size_t end = at + token.size();
    if (at > 0 && IsTokenCharacter(haystack[at - 1])) continue;
    if (end < haystack.size() && IsTokenCharacter(haystack[end])) continue;
    if (offset != nullptr) *offset = at;
    return true;
  }
  return false;
}

absl::string_view TrimTrailingWhitespace(absl::string_view text) {
  const auto last = text.find_last_not_of(" \t\n\r\v\f");
  return text.substr(0, last == absl::string_view::npos ? 0 : last + 1);
}

}  // namespace mpic::perspective
