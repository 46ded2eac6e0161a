// Whether a certificate is the proof of control that tls-alpn-01 asks for.
#ifndef MPIC_PERSPECTIVE_RULES_ACME_CERTIFICATE_H_
#define MPIC_PERSPECTIVE_RULES_ACME_CERTIFICATE_H_

#include <optional>
#include <variant>

#include "absl/strings/string_view.h"
#include "common/domain_name.h"
#include "common/ip_address.h"
#include "perspective/net/certificate.h"
#include "perspective/problem.h"

namespace mpic::perspective {

// The identifier of a check.
using NameOrAddress = std::variant<DomainName, IpAddress>;

// RFC 8737 section 3, RFC 8738 section 6: nullopt when `certificate` proves control of `identifier`
// to the holder of the key authorization with `digest` (32 octets). Chain, dates, key usage and
// other extensions do not matter.
//   CERT_DUP_EXT                any extension repeated
//   CERT_SAN_COUNT              not exactly one GeneralName
//   CERT_SAN_TYPE               not a dNSName for a name, an iPAddress for an address
//   CERT_SAN_VALUE              another name or address: names in any case without trailing dot,
//                               addresses octet for octet, so that IPv4-mapped never means IPv4
//   CERT_NO_ACME_EXT            no acmeIdentifier
//   CERT_ACME_EXT_NOT_CRITICAL
//   CERT_ACME_EXT_MALFORMED     its value is not the DER of an OCTET STRING of 32 octets
//   CERT_DIGEST_MISMATCH
std::optional<Problem> RefuseAcmeCertificate(const Certificate& certificate,
                                             const NameOrAddress& identifier,
                                             absl::string_view digest);

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_RULES_ACME_CERTIFICATE_H_
