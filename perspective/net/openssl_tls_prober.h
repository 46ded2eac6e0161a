// TlsProber by OpenSSL, through asio::ssl.
#ifndef MPIC_PERSPECTIVE_NET_OPENSSL_TLS_PROBER_H_
#define MPIC_PERSPECTIVE_NET_OPENSSL_TLS_PROBER_H_

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <functional>
#include <memory>

#include "absl/time/time.h"
#include "perspective/net/connection_place.h"
#include "perspective/net/lab_ports.h"
#include "perspective/net/tls_prober.h"

namespace boost::asio::ssl {
class context;
}

namespace mpic::perspective {

struct OpensslTlsProberOptions {
  absl::Duration connect_timeout;    // TCP
  absl::Duration handshake_timeout;  // from there to the handshake's end
  // The server's certificates together, and all that it says; more is TLS_ALERT.
  std::size_t certificate_list_octets_max = 0;
  std::size_t handshake_octets_max = 0;
  // The reserved-address guard. Asked before connecting, and again about the peer of the connection
  // before anything is sent.
  std::function<bool(const IpAddress& address)> may_connect;
  PlaceSource take_place = nullptr;  // null: no limit
  LabPorts lab_ports;
};

// Uses the executor of the coroutine that calls it; many Probes may run at once on its loop. The
// connection is dropped as soon as the handshake has ended. In TLS 1.2 OpenSSL itself ends a
// handshake with an ECDSA key that by its certificate's key usage may not sign (TLS_ALERT); RFC
// 8737 section 4 lets it.
class OpensslTlsProber final : public TlsProber {
 public:
  explicit OpensslTlsProber(OpensslTlsProberOptions options);
  ~OpensslTlsProber() override;

  // Besides the kinds of the interface: INTERNAL_ERROR when sockets or memory run out, or for a
  // protocol name that is empty or longer than 255 octets.
  boost::asio::awaitable<TlsProbeReply> Probe(TlsProbe probe) override;

 private:
  boost::asio::awaitable<void> Connect(const TlsProbe& probe, TlsProbeReply& reply);

  OpensslTlsProberOptions options_;
  std::unique_ptr<boost::asio::ssl::context> tls_;
};

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_NET_OPENSSL_TLS_PROBER_H_
