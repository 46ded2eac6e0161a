#include "perspective/net/certificate.h"

#include <openssl/asn1.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/provider.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>
#include <cstdint>
#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "common/ip_address.h"

namespace mpic::perspective {
namespace {

struct FreeCertificate {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
struct FreeNames {
  void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
};
struct FreeOctets {
  void operator()(unsigned char* octets) const { OPENSSL_free(octets); }
};

// Where nobody decodes keys: no rule looks at the certificate's, and OpenSSL takes a quarter of all
// that a check of tls-alpn-01 costs to decode one. Lives as long as the process.
OSSL_LIB_CTX* WithoutAlgorithms() {
  static OSSL_LIB_CTX* const context = [] {
    OSSL_LIB_CTX* const made = OSSL_LIB_CTX_new();
    // Stands in the way of the default one.
    if (made != nullptr) OSSL_PROVIDER_load(made, "null");
    return made;
  }();
  return context;
}

// OIDs in use have some ten octets; beyond that, decimal text costs more than it tells.
constexpr int kDecimalOidOctetsMax = 32;

// OpenSSL reads by a pointer that it moves.
const unsigned char* Cursor(absl::string_view octets) {
  return reinterpret_cast<const unsigned char*>(octets.data());
}

bool AtEnd(const unsigned char* cursor, absl::string_view octets) {
  return cursor == Cursor(octets) + octets.size();
}

std::string OctetsOf(const ASN1_STRING* string) {
  const auto* octets = reinterpret_cast<const char*>(ASN1_STRING_get0_data(string));
  return {octets, static_cast<std::size_t>(ASN1_STRING_length(string))};
}

// One text for one OID, whatever the OID.
std::string OidText(const ASN1_OBJECT* oid) {
  if (OBJ_length(oid) <= kDecimalOidOctetsMax) {
    std::array<char, 256> text{};
    const int size = OBJ_obj2txt(text.data(), text.size(), oid, /*no_name=*/1);
    if (size > 0 && static_cast<std::size_t>(size) < text.size()) return text.data();
  }
  const auto* octets = reinterpret_cast<const char*>(OBJ_get0_data(oid));
  return absl::StrCat("0x", absl::BytesToHexString({octets, OBJ_length(oid)}));
}

std::string IpText(const std::string& octets) {
  const auto* data = reinterpret_cast<const std::uint8_t*>(octets.data());
  const auto address = IpAddress::FromOctets(absl::MakeConstSpan(data, octets.size()));
  return address.ok() ? address->text() : absl::StrCat("0x", absl::BytesToHexString(octets));
}

GeneralName OtherName(std::string text) { return {.text = std::move(text)}; }

GeneralName ReadName(const GENERAL_NAME& name) {
  switch (name.type) {
    case GEN_DNS: {
      std::string value = OctetsOf(name.d.dNSName);
      std::string text = absl::StrCat("DNS:", absl::CHexEscape(value));
      return {GeneralName::Type::kDnsName, std::move(value), std::move(text)};
    }
    case GEN_IPADD: {
      std::string value = OctetsOf(name.d.iPAddress);
      std::string text = absl::StrCat("IP:", IpText(value));
      return {GeneralName::Type::kIpAddress, std::move(value), std::move(text)};
    }
    case GEN_EMAIL:
      return OtherName("email:" + absl::CHexEscape(OctetsOf(name.d.rfc822Name)));
    case GEN_URI:
      return OtherName("URI:" + absl::CHexEscape(OctetsOf(name.d.uniformResourceIdentifier)));
    case GEN_RID:
      return OtherName("RID:" + OidText(name.d.registeredID));
    case GEN_DIRNAME:
      return OtherName("dirName");
    case GEN_X400:
      return OtherName("x400Address");
    case GEN_EDIPARTY:
      return OtherName("ediPartyName");
    default:
      return OtherName("otherName");
  }
}

// OpenSSL also reads BER, in which a name may come in pieces and many octets mean the same.
bool IsDer(const GENERAL_NAMES& names, absl::string_view value) {
  unsigned char* encoded = nullptr;
  const int size = i2d_GENERAL_NAMES(&names, &encoded);
  const std::unique_ptr<unsigned char, FreeOctets> owner(encoded);
  return size > 0 && absl::string_view(reinterpret_cast<const char*>(encoded),
                                       static_cast<std::size_t>(size)) == value;
}

// False when `value` is not the DER of a list of GeneralNames and nothing else.
bool AppendNames(absl::string_view value, std::vector<GeneralName>& names) {
  const unsigned char* cursor = Cursor(value);
  const std::unique_ptr<GENERAL_NAMES, FreeNames> read(
      d2i_GENERAL_NAMES(nullptr, &cursor, static_cast<long>(value.size())));
  if (read == nullptr || !AtEnd(cursor, value) || !IsDer(*read, value)) return false;
  for (int i = 0; i < sk_GENERAL_NAME_num(read.get()); ++i) {
    names.push_back(ReadName(*sk_GENERAL_NAME_value(read.get(), i)));
    std::string& text = names.back().text;
    if (text.size() > kGeneralNameTextOctetsMax) text.resize(kGeneralNameTextOctetsMax);
  }
  return true;
}

Problem Unreadable(absl::string_view why) {
  return {v1::Problem::CERT_NONE, absl::StrCat("the server's certificate ", why)};
}

// id-pe-acmeIdentifier (RFC 8737 section 6.1); OpenSSL 3.0 has no number for it.
constexpr char kAcmeIdentifierOid[] = "1.3.6.1.5.5.7.1.31";

// False when the extension is a subjectAltName that cannot be read.
bool ReadExtension(X509_EXTENSION* extension, Certificate& certificate) {
  const ASN1_OBJECT* const oid = X509_EXTENSION_get_object(extension);
  std::string value = OctetsOf(X509_EXTENSION_get_data(extension));
  certificate.extension_oids.push_back(OidText(oid));
  if (certificate.extension_oids.back() == kAcmeIdentifierOid) {
    certificate.acme_identifiers.push_back(
        {.critical = X509_EXTENSION_get_critical(extension) != 0, .value = std::move(value)});
    return true;
  }
  return OBJ_obj2nid(oid) != NID_subject_alt_name ||
         AppendNames(value, certificate.subject_alt_names);
}

OrProblem<Certificate> Read(const X509& read) {
  Certificate certificate;
  for (int i = 0; i < X509_get_ext_count(&read); ++i) {
    if (!ReadExtension(X509_get_ext(&read, i), certificate)) {
      return Problem{v1::Problem::CERT_SAN_COUNT,
                     "the certificate's subjectAltName is not a list of GeneralNames"};
    }
  }
  return certificate;
}

}  // namespace

OrProblem<Certificate> ParseCertificate(absl::string_view der) {
  if (der.empty()) return Problem{v1::Problem::CERT_NONE, "the server showed no certificate"};
  if (der.size() > kCertificateOctetsMax) {
    return Unreadable(
        absl::StrCat("has ", der.size(), " octets, over the limit of ", kCertificateOctetsMax));
  }
  const unsigned char* cursor = Cursor(der);
  X509* into = X509_new_ex(WithoutAlgorithms(), nullptr);
  d2i_X509(&into, &cursor, static_cast<long>(der.size()));
  const std::unique_ptr<X509, FreeCertificate> read(into);  // null when it could not be parsed
  OrProblem<Certificate> certificate = Unreadable("cannot be parsed");
  if (read != nullptr) {
    certificate = AtEnd(cursor, der) ? Read(*read) : Unreadable("is followed by other octets");
  }
  ERR_clear_error();  // what the parsers left behind
  return certificate;
}

}  // namespace mpic::perspective
