#include "common/contact.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/domain_name.h"
#include "common/status_macros.h"
#include "common/utf8.h"

namespace mpic {
namespace {

constexpr std::size_t kEmailOctetsMax = 320;  // RFC 5321 section 4.5.3.1: 64 "@" 255
constexpr std::size_t kPhoneOctetsMax = 64;   // four times what E.164 allows

absl::Status Refuse(absl::string_view rule) { return absl::InvalidArgumentError(rule); }

bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }
bool IsGraph(char c) { return absl::ascii_isgraph(static_cast<unsigned char>(c)); }

// RFC 5322 section 3.2.3.
bool IsAtomText(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
         absl::StrContains("!#$%&'*+-/=?^_`{|}~", c);
}

// Beyond ASCII: controls, blanks, and what changes the look of other characters unseen. Somebody
// will read a contact before the mail goes out.
bool IsInvisible(char32_t c) {
  struct Range {
    char32_t first, last;
  };
  static constexpr Range kInvisible[] = {
      {0x80, 0xA0},     {0xAD, 0xAD},     {0x61C, 0x61C},    {0x1680, 0x1680}, {0x180E, 0x180E},
      {0x2000, 0x200F}, {0x2028, 0x202F}, {0x205F, 0x206F},  {0x3000, 0x3000}, {0xFEFF, 0xFEFF},
      {0xFFF0, 0xFFFB}, {0xFFFE, 0xFFFF}, {0xE0000, 0xE007F}};
  return std::any_of(std::begin(kInvisible), std::end(kInvisible),
                     [c](const Range& range) { return range.first <= c && c <= range.last; });
}

// ASCII characters that `accept` accepts, and visible ones beyond ASCII.
bool ConsistsOf(bool (*accept)(char c), absl::string_view text) {
  while (!text.empty()) {
    const std::size_t length = Utf8Length(text);
    if (length == 0) return false;
    if (length == 1 ? !accept(text[0]) : IsInvisible(Utf8CodePoint(text.substr(0, length)))) {
      return false;
    }
    text.remove_prefix(length);
  }
  return true;
}

bool IsDotAtom(absl::string_view text) {
  const std::vector<absl::string_view> atoms = absl::StrSplit(text, '.');
  return std::all_of(atoms.begin(), atoms.end(), [](absl::string_view atom) {
    return !atom.empty() && ConsistsOf(IsAtomText, atom);
  });
}

bool IsQuotedString(absl::string_view text) {
  if (text.size() < 3 || text.front() != '"' || text.back() != '"') return false;
  text = text.substr(1, text.size() - 2);
  std::string unescaped;
  while (!text.empty()) {
    const bool escape = text.front() == '\\';
    if (text.front() == '"' || (escape && (text.size() == 1 || !IsGraph(text[1])))) return false;
    if (!escape) unescaped.push_back(text.front());
    text.remove_prefix(escape ? 2 : 1);
  }
  return ConsistsOf(IsGraph, unescaped);
}

absl::StatusOr<std::string> CanonicalNumber(absl::string_view text, absl::string_view separators) {
  if (text.size() > kPhoneOctetsMax) return Refuse("over 64 octets");
  if (!absl::StartsWith(text, "+")) return Refuse("does not begin with \"+\"");
  if (text.back() == ' ') return Refuse("ends with a blank");
  std::string number = "+";
  for (const char c : text.substr(1)) {
    if (IsDigit(c)) {
      number.push_back(c);
    } else if (!absl::StrContains(separators, c)) {
      return Refuse("has other characters than digits and separators");
    }
  }
  if (number.size() == 1) return Refuse("has no digit");
  return number;
}

}  // namespace

absl::StatusOr<std::string> CanonicalEmailAddress(absl::string_view text) {
  if (text.size() > kEmailOctetsMax) return Refuse("over 320 octets");
  const std::size_t at = text.rfind('@');
  if (at == absl::string_view::npos) return Refuse("has no \"@\"");
  const absl::string_view local = text.substr(0, at);
  if (!IsDotAtom(local) && !IsQuotedString(local)) {
    return Refuse("what stands before \"@\" is neither words between dots nor a quoted string");
  }
  const absl::string_view domain = text.substr(at + 1);
  if (absl::EndsWith(domain, ".")) return Refuse("ends with a dot");
  MPIC_ASSIGN_OR_RETURN(const DomainName name, DomainName::ParseHost(domain));
  return absl::StrCat(local, "@", name.text());
}

absl::StatusOr<std::string> CanonicalPhoneNumber(absl::string_view text) {
  return CanonicalNumber(text, "-.()");
}

absl::StatusOr<std::string> CanonicalSpacedPhoneNumber(absl::string_view text) {
  return CanonicalNumber(text, "-.() ");
}

bool SameEmailAddress(absl::string_view a, absl::string_view b) {
  const absl::StatusOr<std::string> canonical = CanonicalEmailAddress(a);
  return canonical.ok() && canonical == CanonicalEmailAddress(b);
}

bool SamePhoneNumber(absl::string_view a, absl::string_view b) {
  const absl::StatusOr<std::string> canonical = CanonicalSpacedPhoneNumber(a);
  return canonical.ok() && canonical == CanonicalSpacedPhoneNumber(b);
}

}  // namespace mpic
