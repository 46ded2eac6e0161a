#include "coordinator/request_check_identifier.h"

#include <algorithm>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "coordinator/request_check_values.h"

namespace mpic::coordinator {
namespace {

constexpr v1::Problem::Kind kNotAllowed = v1::Problem::NAME_NOT_ALLOWED;

// RFC 5890 section 2.3.1: "--" as the third and fourth octet, and not an A-label.
bool HasReservedLabel(const DomainName& name) {
  const auto labels = name.labels();
  return std::any_of(labels.begin(), labels.end(), [](absl::string_view label) {
    return label.size() >= 4 && label.substr(2, 2) == "--" && label.substr(0, 2) != "xn";
  });
}

bool InReverseZone(const DomainName& name) {
  const std::string dotted = absl::StrCat(".", name.text());
  return absl::EndsWith(dotted, ".in-addr.arpa") || absl::EndsWith(dotted, ".ip6.arpa");
}

std::optional<CheckedIdentifier> CheckIpAddress(absl::string_view text, bool lab,
                                                const Field& field) {
  const absl::StatusOr<IpAddress> address = IpAddress::Parse(text);
  if (!address.ok()) {
    field.Refuse(absl::StrCat(Quoted(text), " is not an IPv4 or IPv6 address"));
    return std::nullopt;
  }
  const std::optional<absl::string_view> reserved = ReservedBlock(*address);
  if (reserved.has_value() && !lab) {
    field.Refuse(
        kNotAllowed,
        absl::StrCat(address->text(), " is a Reserved IP Address: ", *reserved, " (BR 4.2.2)"));
    return std::nullopt;
  }
  return *address;
}

}  // namespace

std::optional<CertificateName> CheckCertificateName(absl::string_view text,
                                                    const PublicSuffixList& suffixes,
                                                    const Field& field) {
  const absl::StatusOr<CertificateName> parsed = CertificateName::Parse(text);
  if (!parsed.ok()) {
    field.Refuse(parsed.status().message());
    return std::nullopt;
  }
  const DomainName& name = parsed->name;
  const std::string quoted = Quoted(parsed->text());
  if (name.labels().back() == "onion") {
    field.Refuse(absl::StrCat(
        quoted, " needs no corroboration: validate it over Tor yourself (BR Appendix B)"));
  } else if (HasReservedLabel(name)) {
    field.Refuse(kNotAllowed, absl::StrCat(quoted,
                                           " has a reserved label: \"--\" stands third and "
                                           "fourth in A-labels only (RFC 5890 section 2.3.1)"));
  } else if (InReverseZone(name)) {
    field.Refuse(kNotAllowed, absl::StrCat(quoted, " lies in an IP Reverse Zone (BR 4.2.2)"));
  } else if (!suffixes.KnownTld(name)) {
    field.Refuse(kNotAllowed, absl::StrCat(quoted, " is an Internal Name: the root zone has no \"",
                                           name.labels().back(), "\" (BR 4.2.2)"));
  } else if (suffixes.IsPublicSuffix(name)) {
    field.Refuse(kNotAllowed, parsed->wildcard
                                  ? absl::StrCat(quoted,
                                                 " is a wildcard directly under a public suffix "
                                                 "(BR 3.2.2.6)")
                                  : absl::StrCat(quoted,
                                                 " is a public suffix: it has no Base Domain Name "
                                                 "(BR 1.6.1)"));
  } else {
    return *parsed;
  }
  return std::nullopt;
}

std::optional<CheckedIdentifier> CheckIdentifier(const v1::Identifier& identifier,
                                                 const PublicSuffixList& suffixes, bool lab,
                                                 const Field& field) {
  switch (identifier.identifier_case()) {
    case v1::Identifier::kDnsName:
      return CheckCertificateName(identifier.dns_name(), suffixes, field["dns_name"]);
    case v1::Identifier::kIpAddress:
      return CheckIpAddress(identifier.ip_address(), lab, field["ip_address"]);
    case v1::Identifier::IDENTIFIER_NOT_SET:
      break;
  }
  field.Refuse("is required: dns_name or ip_address");
  return std::nullopt;
}

}  // namespace mpic::coordinator
