#include "perspective/rules/acme_certificate.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"

namespace mpic::perspective {
namespace {

constexpr std::size_t kDigestOctets = 32;               // SHA-256
constexpr absl::string_view kOctetString = "\x04\x20";  // DER: OCTET STRING of 32 octets

std::optional<Problem> RefuseRepeatedExtension(const Certificate& certificate) {
  std::vector<std::string> oids = certificate.extension_oids;
  std::ranges::sort(oids);
  const auto repeated = std::ranges::adjacent_find(oids);
  if (repeated == oids.end()) return std::nullopt;
  return Problem{v1::Problem::CERT_DUP_EXT,
                 absl::StrCat("the certificate repeats extension ", *repeated)};
}

bool IsAddress(absl::string_view octets, const IpAddress& address) {
  return std::ranges::equal(octets, address.octets(), [](char a, std::uint8_t b) {
    return static_cast<std::uint8_t>(a) == b;
  });
}

bool Names(const GeneralName& name, const NameOrAddress& identifier) {
  if (const auto* address = std::get_if<IpAddress>(&identifier)) {
    return IsAddress(name.value, *address);
  }
  return absl::EqualsIgnoreCase(name.value, std::get<DomainName>(identifier).text());
}

std::optional<Problem> RefuseNames(const std::vector<GeneralName>& names,
                                   const NameOrAddress& identifier) {
  if (names.size() != 1) {
    return Problem{v1::Problem::CERT_SAN_COUNT,
                   absl::StrCat("the certificate has ", names.size(),
                                " subject alternative names; exactly one is needed")};
  }
  const GeneralName& name = names.front();
  const bool is_address = std::holds_alternative<IpAddress>(identifier);
  if (name.type != (is_address ? GeneralName::Type::kIpAddress : GeneralName::Type::kDnsName)) {
    return Problem{v1::Problem::CERT_SAN_TYPE,
                   absl::StrCat("the certificate is for ", name.text, ", which is not ",
                                is_address ? "an iPAddress" : "a dNSName")};
  }
  if (!Names(name, identifier)) {
    return Problem{v1::Problem::CERT_SAN_VALUE,
                   absl::StrCat("the certificate is for ", name.text, ", not for the identifier")};
  }
  return std::nullopt;
}

std::optional<Problem> RefuseAcmeIdentifier(const std::vector<AcmeIdentifier>& extensions,
                                            absl::string_view digest) {
  if (extensions.empty()) {
    return Problem{v1::Problem::CERT_NO_ACME_EXT, "the certificate has no acmeIdentifier"};
  }
  const AcmeIdentifier& extension = extensions.front();
  if (!extension.critical) {
    return Problem{v1::Problem::CERT_ACME_EXT_NOT_CRITICAL,
                   "the certificate's acmeIdentifier is not critical"};
  }
  absl::string_view value = extension.value;
  if (value.size() != kOctetString.size() + kDigestOctets ||
      !absl::StartsWith(value, kOctetString)) {
    return Problem{v1::Problem::CERT_ACME_EXT_MALFORMED,
                   absl::StrCat("the certificate's acmeIdentifier of ", value.size(),
                                " octets is not an OCTET STRING of 32 octets in DER")};
  }
  value.remove_prefix(kOctetString.size());
  if (value != digest) {
    return Problem{v1::Problem::CERT_DIGEST_MISMATCH,
                   "the certificate's acmeIdentifier is not the digest of the key authorization"};
  }
  return std::nullopt;
}

}  // namespace

std::optional<Problem> RefuseAcmeCertificate(const Certificate& certificate,
                                             const NameOrAddress& identifier,
                                             absl::string_view digest) {
  if (auto problem = RefuseRepeatedExtension(certificate)) return problem;
  if (auto problem = RefuseNames(certificate.subject_alt_names, identifier)) return problem;
  return RefuseAcmeIdentifier(certificate.acme_identifiers, digest);
}

}  // namespace mpic::perspective
