#include "perspective/net/uri_reference.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"

namespace mpic::perspective {
namespace {

bool IsAlnum(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)); }

bool IsHex(char c) { return absl::ascii_isxdigit(static_cast<unsigned char>(c)); }

// Unreserved characters, sub-delims, whole percent-encodings, and those of `more`.
bool HoldsOnly(absl::string_view part, absl::string_view more) {
  for (std::size_t at = 0; at < part.size(); ++at) {
    const char c = part[at];
    if (IsAlnum(c) || absl::StrContains("-._~!$&'()*+,;=", c) || absl::StrContains(more, c)) {
      continue;
    }
    if (c != '%' || at + 2 >= part.size() || !IsHex(part[at + 1]) || !IsHex(part[at + 2])) {
      return false;
    }
    at += 2;
  }
  return true;
}

bool IsScheme(absl::string_view text) {
  return !text.empty() && absl::ascii_isalpha(static_cast<unsigned char>(text.front())) &&
         std::ranges::all_of(text,
                             [](char c) { return IsAlnum(c) || absl::StrContains("+-.", c); });
}

// Takes `delimiter` and what follows it off the end of `text`.
std::optional<absl::string_view> TakeTail(absl::string_view& text, char delimiter) {
  const auto at = text.find(delimiter);
  if (at == absl::string_view::npos) return std::nullopt;
  const absl::string_view tail = text.substr(at + 1);
  text = text.substr(0, at);
  return tail;
}

// A colon in the first segment always ends a scheme.
std::optional<absl::string_view> TakeScheme(absl::string_view& text) {
  const auto at = text.find_first_of(":/");
  if (at == absl::string_view::npos || text[at] == '/') return std::nullopt;
  const absl::string_view scheme = text.substr(0, at);
  text.remove_prefix(at + 1);
  return scheme;
}

std::optional<absl::string_view> TakeAuthority(absl::string_view& text) {
  if (!absl::ConsumePrefix(&text, "//")) return std::nullopt;
  const absl::string_view authority = text.substr(0, text.find('/'));
  text.remove_prefix(authority.size());
  return authority;
}

}  // namespace

std::optional<UriReference> SplitUriReference(absl::string_view text) {
  UriReference reference;
  reference.fragment = TakeTail(text, '#');
  reference.query = TakeTail(text, '?');
  reference.scheme = TakeScheme(text);
  reference.authority = TakeAuthority(text);
  reference.path = text;
  const bool valid = (!reference.scheme || IsScheme(*reference.scheme)) &&
                     HoldsOnly(reference.authority.value_or(""), ":@[]") &&
                     HoldsOnly(reference.path, ":@/") &&
                     HoldsOnly(reference.query.value_or(""), ":@/?") &&
                     HoldsOnly(reference.fragment.value_or(""), ":@/?");
  return valid ? std::optional(reference) : std::nullopt;
}

}  // namespace mpic::perspective
