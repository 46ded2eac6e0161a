// ACME tls-alpn-01 (BR 3.2.2.4.20, RFC 8737; for IP addresses BR 3.2.2.5.7, RFC 8738).
#ifndef MPIC_PERSPECTIVE_METHODS_TLS_ALPN_01_H_
#define MPIC_PERSPECTIVE_METHODS_TLS_ALPN_01_H_

#include <boost/asio/awaitable.hpp>

#include "perspective/methods/check_run.h"

namespace mpic::perspective {

// Passes when a server on port 443 of the identifier completes a handshake with the protocol
// "acme-tls/1", the only one offered, and shows the certificate of rules/acme_certificate.h. A name
// is asked for by itself at its first IPv6 and then its first IPv4 address, the second only when no
// connection to the first came about; an IP address is asked for by its Reverse Zone Domain Name.
//
// Every lookup and handshake becomes a step, the certificate becomes TlsAlpnEvidence, and the
// key authorization's digest in base64url is the observed value. BAD_REQUEST, TOKEN_EXPIRED, the
// kinds of LookUpAddresses and TlsProber, ADDR_RESERVED, ALPN_NOT_NEGOTIATED, the CERT kinds.
boost::asio::awaitable<void> CheckTlsAlpn01(CheckRun& run);

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_METHODS_TLS_ALPN_01_H_
