// An X.509 certificate from its octets, as far as a proof of control looks at one.
#ifndef MPIC_PERSPECTIVE_NET_CERTIFICATE_H_
#define MPIC_PERSPECTIVE_NET_CERTIFICATE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "perspective/problem.h"

namespace mpic::perspective {

// A challenge certificate has about 1 KiB, with post-quantum signatures about 8 KiB.
inline constexpr std::size_t kCertificateOctetsMax = std::size_t{32} * 1024;

// RFC 5280 section 4.2.1.6.
struct GeneralName {
  enum class Type { kDnsName, kIpAddress, kOther };
  Type type = Type::kOther;
  std::string value;  // dNSName: its characters; iPAddress: its octets; else empty
  // "DNS:shop.example.com", "IP:192.0.2.10", "email:a@example.com", "dirName": printable ASCII of
  // at most kGeneralNameTextOctetsMax octets.
  std::string text;
};

inline constexpr std::size_t kGeneralNameTextOctetsMax = 256;

// The extension of RFC 8737 section 3.
struct AcmeIdentifier {
  bool critical = false;
  std::string value;  // the content of extnValue, undecoded
};

struct Certificate {
  // Of every subjectAltName extension, in order.
  std::vector<GeneralName> subject_alt_names;
  // Of every extension, in order, repeated ones included: dotted decimal, or "0x" and the octets in
  // hexadecimal when long.
  std::vector<std::string> extension_oids;
  std::vector<AcmeIdentifier> acme_identifiers;
};

// Reads exactly one certificate by OpenSSL's parsers. Nothing is verified: no signature, no date.
//   CERT_NONE       no octets, more than kCertificateOctetsMax, not a certificate, octets after it
//   CERT_SAN_COUNT  a subjectAltName that is not the DER of a list of GeneralNames
OrProblem<Certificate> ParseCertificate(absl::string_view der);

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_NET_CERTIFICATE_H_
