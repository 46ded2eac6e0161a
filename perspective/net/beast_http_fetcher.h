// HttpFetcher by Boost.Beast, and asio::ssl over OpenSSL for https.
#ifndef MPIC_PERSPECTIVE_NET_BEAST_HTTP_FETCHER_H_
#define MPIC_PERSPECTIVE_NET_BEAST_HTTP_FETCHER_H_

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "absl/time/time.h"
#include "perspective/net/connection_place.h"
#include "perspective/net/http_fetcher.h"
#include "perspective/net/lab_ports.h"

namespace boost::asio::ssl {
class context;
}

namespace mpic::perspective {

struct BeastHttpFetcherOptions {
  absl::Duration connect_timeout;  // TCP
  absl::Duration http_timeout;     // from there to the response's end, TLS handshake included
  std::size_t head_octets_max = 0;
  std::string user_agent;
  // The reserved-address guard. Asked before connecting, and again about the peer of the connection
  // before anything is sent.
  std::function<bool(const IpAddress& address)> may_connect;
  PlaceSource take_place = nullptr;  // null: no limit
  LabPorts lab_ports;
};

// Uses the executor of the coroutine that calls it; many Gets may run at once on its loop. TLS is
// 1.2 or 1.3 with no look at the certificate, which proves nothing here. SNI is sent for names
// alone (RFC 6066 section 3).
class BeastHttpFetcher final : public HttpFetcher {
 public:
  explicit BeastHttpFetcher(BeastHttpFetcherOptions options);
  ~BeastHttpFetcher() override;

  // At most kInterimResponsesMax responses of status 1xx are skipped. A response without
  // Content-Length or chunks ends with the connection, on https by close_notify. Chunks that bring
  // far more around the body than of it are BODY_TOO_LARGE. Besides the kinds of the interface:
  // INTERNAL_ERROR when sockets or memory run out.
  boost::asio::awaitable<HttpReply> Get(HttpRequest request) override;
  std::string RequestHead(const Url& url) const override;

  static constexpr unsigned kInterimResponsesMax = 5;

 private:
  boost::asio::awaitable<void> Fetch(const HttpRequest& request, HttpReply& reply);

  BeastHttpFetcherOptions options_;
  std::unique_ptr<boost::asio::ssl::context> tls_;
};

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_NET_BEAST_HTTP_FETCHER_H_
