#include "perspective/rules/issue_value.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"

namespace mpic::perspective {
namespace {

bool IsAlphanumeric(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)); }

// Takes the longest prefix of octets that `accept` accepts.
template <typename Accept>
absl::string_view TakeWhile(absl::string_view& rest, Accept accept) {
  const auto end = std::find_if_not(rest.begin(), rest.end(), accept);
  const auto size = static_cast<std::size_t>(end - rest.begin());
  const absl::string_view taken = rest.substr(0, size);
  rest.remove_prefix(size);
  return taken;
}

void SkipBlanks(absl::string_view& rest) {
  TakeWhile(rest, [](char c) { return c == ' ' || c == '\t'; });
}

std::optional<absl::string_view> TakeLabel(absl::string_view& rest) {
  const absl::string_view label =
      TakeWhile(rest, [](char c) { return IsAlphanumeric(c) || c == '-'; });
  if (label.empty() || label.front() == '-' || label.back() == '-') return std::nullopt;
  return label;
}

std::optional<absl::string_view> TakeDomain(absl::string_view& rest) {
  const char* const start = rest.data();
  do {
    if (!TakeLabel(rest).has_value()) return std::nullopt;
  } while (absl::ConsumePrefix(&rest, "."));
  return absl::string_view(start, static_cast<std::size_t>(rest.data() - start));
}

std::optional<IssueParameter> TakeParameter(absl::string_view& rest) {
  const std::optional<absl::string_view> tag = TakeLabel(rest);
  if (!tag.has_value()) return std::nullopt;
  SkipBlanks(rest);
  if (!absl::ConsumePrefix(&rest, "=")) return std::nullopt;
  SkipBlanks(rest);
  const absl::string_view value =
      TakeWhile(rest, [](char c) { return c >= 0x21 && c <= 0x7e && c != ';'; });
  return IssueParameter{.tag = std::string(*tag), .value = std::string(value)};
}

// What follows the first ";"; false when it is off the grammar.
bool TakeParameters(absl::string_view& rest, std::vector<IssueParameter>& parameters) {
  SkipBlanks(rest);
  if (rest.empty()) return true;
  do {
    SkipBlanks(rest);
    std::optional<IssueParameter> parameter = TakeParameter(rest);
    if (!parameter.has_value()) return false;
    parameters.push_back(*std::move(parameter));
    SkipBlanks(rest);
  } while (absl::ConsumePrefix(&rest, ";"));
  return rest.empty();
}

}  // namespace

std::vector<absl::string_view> IssueValue::ValuesOf(absl::string_view tag) const {
  std::vector<absl::string_view> values;
  for (const IssueParameter& parameter : parameters) {
    if (absl::EqualsIgnoreCase(parameter.tag, tag)) values.emplace_back(parameter.value);
  }
  return values;
}

std::optional<IssueValue> ParseIssueValue(absl::string_view text) {
  IssueValue value;
  SkipBlanks(text);
  if (!text.empty() && text.front() != ';') {
    const std::optional<absl::string_view> domain = TakeDomain(text);
    if (!domain.has_value()) return std::nullopt;
    value.domain = std::string(*domain);
    SkipBlanks(text);
  }
  if (text.empty()) return value;
  if (!absl::ConsumePrefix(&text, ";")) return std::nullopt;
  if (!TakeParameters(text, value.parameters)) return std::nullopt;
  return value;
}

}  // namespace mpic::perspective
