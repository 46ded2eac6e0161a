// Certificates of tls-alpn-01: their octets, what is read out of them, and the judgement.
//   input: one octet (which identifier), the certificate
#include "perspective/net/certificate.h"

#include <array>
#include <optional>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "perspective/rules/acme_certificate.h"
#include "tests/fuzz/fuzz_target.h"

namespace mpic::fuzz {
namespace {

using perspective::Certificate;
using perspective::GeneralName;
using perspective::NameOrAddress;

constexpr absl::string_view kDigest = "0123456789abcdef0123456789ABCDEF";
constexpr std::size_t kOidTextOctetsMax = 512;

NameOrAddress Identifier(unsigned choice) {
  switch (choice & 3U) {
    case 0:
      return IpAddress::Parse("192.0.2.10").value();
    case 1:
      return IpAddress::Parse("2001:db8::10").value();
    default:
      return DomainName::ParseHost("shop.example.com").value();
  }
}

// The identifier as it stands in a certificate.
std::string OctetsOf(const NameOrAddress& identifier) {
  if (const auto* name = std::get_if<DomainName>(&identifier)) return name->text();
  const auto octets = std::get<IpAddress>(identifier).octets();
  return {octets.begin(), octets.end()};
}

void RequireSoundCertificate(const Certificate& certificate, absl::string_view der) {
  for (const GeneralName& name : certificate.subject_alt_names) {
    Require(
        !name.text.empty() && IsPrintableAscii(name.text, perspective::kGeneralNameTextOctetsMax),
        "a name's text is short printable ASCII");
    Require(name.type != GeneralName::Type::kOther || name.value.empty(),
            "other names have no value");
    Require(absl::StrContains(der, name.value), "a name stands in the certificate");
  }
  for (const std::string& oid : certificate.extension_oids) {
    Require(!oid.empty() && IsPrintableAscii(oid, der.size() * 2 + kOidTextOctetsMax),
            "an OID is printable");
  }
  Require(certificate.acme_identifiers.size() <= certificate.extension_oids.size(),
          "every acmeIdentifier is an extension");
}

void RequireProof(const Certificate& certificate, absl::string_view der,
                  const NameOrAddress& identifier) {
  Require(certificate.subject_alt_names.size() == 1, "there is one name");
  const bool is_name = std::holds_alternative<DomainName>(identifier);
  Require(certificate.subject_alt_names[0].type ==
              (is_name ? GeneralName::Type::kDnsName : GeneralName::Type::kIpAddress),
          "the name is of the identifier's type");
  const std::string octets = OctetsOf(identifier);
  Require(absl::StrContains(is_name ? absl::AsciiStrToLower(der) : std::string(der), octets),
          "the identifier stands in the DER");
  Require(certificate.acme_identifiers.size() == 1 && certificate.acme_identifiers[0].critical,
          "there is one critical acmeIdentifier");
  Require(certificate.acme_identifiers[0].value == absl::StrCat("\x04\x20", kDigest),
          "the acmeIdentifier is the digest");
  for (unsigned other = 0; other < 3; ++other) {
    Require(OctetsOf(Identifier(other)) == octets ||
                RefuseAcmeCertificate(certificate, Identifier(other), kDigest).has_value(),
            "a certificate proves one identifier");
  }
  Require(RefuseAcmeCertificate(certificate, identifier, std::string(32, 'x')).has_value(),
          "a certificate proves one key authorization");
}

}  // namespace

MPIC_FUZZ_TARGET(certificate) {
  const NameOrAddress identifier = Identifier(input.U8());
  const absl::string_view der = input.Rest();
  const auto certificate = perspective::ParseCertificate(der);
  if (!certificate.ok()) {
    RequireSound(certificate.problem());
    return;
  }
  RequireSoundCertificate(*certificate, der);
  const auto problem = RefuseAcmeCertificate(*certificate, identifier, kDigest);
  if (problem.has_value()) {
    RequireSound(*problem);
  } else {
    RequireProof(*certificate, der, identifier);
  }
}

}  // namespace mpic::fuzz
