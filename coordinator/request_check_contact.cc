// BR 3.2.2.4.13, .14 (email) and .16, .17 (phone).
#include <algorithm>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "common/domain_name.h"
#include "coordinator/request_check_methods.h"
#include "coordinator/request_check_values.h"

namespace mpic::coordinator {
namespace {

constexpr std::size_t kEmailOctetsMax = 320;  // RFC 5321 section 4.5.3.1: 64 "@" 255
constexpr std::size_t kPhoneOctetsMax = 64;

// RFC 6532 addr-spec as far as a request needs it: no display name, list, comment or blank. What is
// published is parsed by the perspectives.
bool IsEmailAddress(absl::string_view text) {
  const std::size_t at = text.rfind('@');
  if (at == absl::string_view::npos || at == 0 || text.size() > kEmailOctetsMax) return false;
  const absl::string_view local = text.substr(0, at);
  const bool clean = std::none_of(local.begin(), local.end(), [](char c) {
    return (c >= 0 && c <= ' ') || c == 0x7F || absl::StrContains("()<>[]:;,@\\\"", c);
  });
  return clean && DomainName::ParseHost(text.substr(at + 1)).ok();
}

// RFC 3966 section 5.1.4, global number without parameters.
bool IsGlobalNumber(absl::string_view text, absl::string_view separators) {
  if (text.size() > kPhoneOctetsMax || !absl::ConsumePrefix(&text, "+")) return false;
  const auto is_digit = [](char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); };
  return std::any_of(text.begin(), text.end(), is_digit) &&
         std::all_of(text.begin(), text.end(),
                     [&](char c) { return is_digit(c) || absl::StrContains(separators, c); });
}

}  // namespace

void CheckContactLookup(v1::ContactLookup& lookup, v1::Method method, const Field& field) {
  const std::string& contact = lookup.selected_contact();
  if (contact.empty()) return;
  const Field place = field["selected_contact"];
  switch (method) {
    case v1::CAA_PHONE_CONTACT:  // BR A.1.2 lets the CAA property hold blanks
      if (IsGlobalNumber(contact, "-.() ")) return;
      return place.Refuse(absl::StrCat(Quoted(contact), " is not a global number (RFC 3966)"));
    case v1::TXT_PHONE_CONTACT:
      if (IsGlobalNumber(contact, "-.()")) return;
      return place.Refuse(
          absl::StrCat(Quoted(contact), " is not a global number without blanks (RFC 3966)"));
    default:
      if (IsEmailAddress(contact)) return;
      return place.Refuse(absl::StrCat(Quoted(contact), " is not one email address (RFC 6532)"));
  }
}

}  // namespace mpic::coordinator
