#include "common/domain_name.h"

#include <idn2.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/status_macros.h"

namespace mpic {
namespace {

absl::Status Refuse(absl::string_view text, absl::string_view rule) {
  return absl::InvalidArgumentError(
      absl::StrCat("domain name \"", absl::CHexEscape(text.substr(0, 300)), "\": ", rule));
}

bool IsAscii(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x80; });
}

absl::string_view WithoutTrailingDot(absl::string_view text) {
  if (absl::EndsWith(text, ".")) text.remove_suffix(1);
  return text;
}

enum class Alphabet { kHost, kDns };

bool Permitted(char c, Alphabet alphabet) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' ||
         (alphabet == Alphabet::kDns && c == '_');
}

absl::Status CheckLabel(absl::string_view name, absl::string_view label, Alphabet alphabet) {
  if (label.empty()) return Refuse(name, "has an empty label");
  if (label.size() > kLabelOctetsMax) return Refuse(name, "has a label over 63 octets");
  for (char c : label) {
    if (!Permitted(c, alphabet))
      return Refuse(name, "has a character outside letters, digits, '-'");
  }
  if (alphabet == Alphabet::kHost && (label.front() == '-' || label.back() == '-')) {
    return Refuse(name, "has a label that starts or ends with '-'");
  }
  return absl::OkStatus();
}

absl::Status CheckName(absl::string_view name, Alphabet alphabet) {
  if (name.empty()) return Refuse(name, "is empty");
  if (name.size() > kNameOctetsMax) return Refuse(name, "is over 253 octets");
  for (absl::string_view label : absl::StrSplit(name, '.')) {
    MPIC_RETURN_IF_ERROR(CheckLabel(name, label, alphabet));
  }
  return absl::OkStatus();
}

// Also applied to names that are ASCII already, so that a broken "xn--" label is refused.
absl::StatusOr<std::string> ToALabels(absl::string_view text) {
  char* converted = nullptr;
  const int rc = idn2_to_ascii_8z(std::string(text).c_str(), &converted,
                                  IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT | IDN2_ALABEL_ROUNDTRIP);
  const std::unique_ptr<char, decltype(&idn2_free)> owner(converted, &idn2_free);
  if (rc != IDN2_OK) return Refuse(text, absl::StrCat("IDNA: ", idn2_strerror(rc)));
  return absl::AsciiStrToLower(owner.get());
}

}  // namespace

absl::StatusOr<DomainName> DomainName::ParseHost(absl::string_view text) {
  // An embedded NUL would end the C string that the IDNA library reads.
  if (text.find('\0') != absl::string_view::npos) return Refuse(text, "contains NUL");
  const absl::string_view bare = WithoutTrailingDot(text);
  if (bare.size() > 4 * kNameOctetsMax) return Refuse(bare, "is over 253 octets");
  if (IsAscii(bare)) MPIC_RETURN_IF_ERROR(CheckName(bare, Alphabet::kHost));
  std::string ascii = absl::AsciiStrToLower(bare);
  if (!IsAscii(bare) || absl::StrContains(ascii, "xn--")) {
    MPIC_ASSIGN_OR_RETURN(ascii, ToALabels(bare));
    MPIC_RETURN_IF_ERROR(CheckName(ascii, Alphabet::kHost));
  }
  const absl::string_view tld = absl::string_view(ascii).substr(ascii.rfind('.') + 1);
  if (std::all_of(tld.begin(), tld.end(), absl::ascii_isdigit)) {
    return Refuse(text, "ends in an all-numeric label (an IP address is not a domain name)");
  }
  return DomainName(std::move(ascii));
}

absl::StatusOr<DomainName> DomainName::ParseDns(absl::string_view text) {
  const absl::string_view bare = WithoutTrailingDot(text);
  MPIC_RETURN_IF_ERROR(CheckName(bare, Alphabet::kDns));
  return DomainName(absl::AsciiStrToLower(bare));
}

std::vector<absl::string_view> DomainName::labels() const {
  std::vector<absl::string_view> labels;
  labels.reserve(label_count());
  absl::string_view rest = text_;
  for (std::size_t dot = rest.find('.'); dot != absl::string_view::npos; dot = rest.find('.')) {
    labels.push_back(rest.substr(0, dot));
    rest.remove_prefix(dot + 1);
  }
  labels.push_back(rest);
  return labels;
}

std::size_t DomainName::label_count() const {
  return 1 + static_cast<std::size_t>(std::count(text_.begin(), text_.end(), '.'));
}

DomainName DomainName::Parent() const { return DomainName(text_.substr(text_.find('.') + 1)); }

absl::StatusOr<DomainName> DomainName::WithPrefix(absl::string_view label) const {
  return ParseDns(absl::StrCat(label, ".", text_));
}

bool DomainName::IsAtOrBelow(const DomainName& ancestor) const {
  if (text_ == ancestor.text_) return true;
  return absl::EndsWith(text_, absl::StrCat(".", ancestor.text_));
}

bool DnsEquals(absl::string_view a, absl::string_view b) {
  return absl::EqualsIgnoreCase(WithoutTrailingDot(a), WithoutTrailingDot(b));
}

absl::StatusOr<CertificateName> CertificateName::Parse(absl::string_view text) {
  const bool wildcard = absl::ConsumePrefix(&text, "*.");
  if (absl::StrContains(text, "*")) {
    return Refuse(text, "\"*\" is allowed only as the whole leftmost label (BR 1.6.1)");
  }
  MPIC_ASSIGN_OR_RETURN(DomainName name, DomainName::ParseHost(text));
  return CertificateName{.name = std::move(name), .wildcard = wildcard};
}

}  // namespace mpic
