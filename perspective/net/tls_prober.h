// The perspective's sense of TLS: one handshake with exactly the given address. No DNS.
#ifndef MPIC_PERSPECTIVE_NET_TLS_PROBER_H_
#define MPIC_PERSPECTIVE_NET_TLS_PROBER_H_

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <string>

#include "common/domain_name.h"
#include "common/ip_address.h"
#include "perspective/problem.h"

namespace mpic::perspective {

struct TlsProbe {
  IpAddress address;  // where to connect
  std::uint16_t port = 443;
  DomainName server_name;  // SNI, without trailing dot (RFC 6066 section 3)
  std::string alpn;        // the only protocol offered
};

struct TlsProbeReply {
  std::string tls_version;    // "TLSv1.3"; empty: no handshake came about
  std::string selected_alpn;  // octets of the server; empty: it selected none
  // The server's certificate; empty: it showed none. Also set when the handshake failed after it,
  // so that a certificate alone proves nothing: ask failed() first.
  std::string leaf_der;
  bool connected = false;  // false: the connection itself failed, another address may be tried
  Problem problem;         // kind KIND_UNSPECIFIED: the handshake was completed

  bool failed() const { return problem.kind != v1::Problem::KIND_UNSPECIFIED; }
};

// Lives on one loop and is used only there. TLS 1.2 at least; the certificate is not verified, and
// no application data is sent. Bounded in time and octets by itself; honours cancellation at once.
// Kinds: ADDR_RESERVED, CONN_REFUSED, CONN_TIMEOUT, CONN_RESET, CONN_UNREACHABLE, NOT_TLS,
// TLS_ALERT, TLS_VERSION; ALPN_NOT_NEGOTIATED when the handshake ended because the server refused
// the protocol offered (RFC 7301 section 3.2) or selected another. One that selects none is no
// problem here: compare selected_alpn. OVERLOADED, before anything is sent, when we have too many
// connections to that address already.
class TlsProber {
 public:
  virtual ~TlsProber() = default;
  virtual boost::asio::awaitable<TlsProbeReply> Probe(TlsProbe probe) = 0;
};

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_NET_TLS_PROBER_H_
