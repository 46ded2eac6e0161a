// The perspective's sense of HTTP: one GET to exactly the given address. No DNS, no redirects.
#ifndef MPIC_PERSPECTIVE_NET_HTTP_FETCHER_H_
#define MPIC_PERSPECTIVE_NET_HTTP_FETCHER_H_

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "common/ip_address.h"
#include "perspective/net/url.h"
#include "perspective/problem.h"

namespace mpic::perspective {

struct HttpRequest {
  Url url;            // scheme, Host, SNI and target come from here
  IpAddress address;  // where to connect; the port is the URL's
  std::size_t body_octets_max = 0;
};

struct HttpReply {
  unsigned status = 0;                 // 0: no response; see problem
  std::vector<std::string> locations;  // every Location header, in order
  std::string body;                    // of a 2xx, never cut: a longer one is BODY_TOO_LARGE
  std::string tls_version;             // "TLSv1.3" on https
  bool connected = false;  // false: the connection itself failed, another address may be tried
  Problem problem;         // kind KIND_UNSPECIFIED: a whole response was read

  bool failed() const { return problem.kind != v1::Problem::KIND_UNSPECIFIED; }
};

// Lives on one loop and is used only there. Bounded in time by itself; honours cancellation at
// once. The body of anything but a 2xx is not read. Kinds: ADDR_RESERVED, CONN_REFUSED,
// CONN_TIMEOUT, CONN_RESET, CONN_UNREACHABLE, NOT_TLS, TLS_ALERT, TLS_VERSION, HTTP_MALFORMED,
// BODY_TOO_LARGE; OVERLOADED, before anything is sent, when we have too many connections to that
// address already. Details are printable ASCII, locations what the server sent.
class HttpFetcher {
 public:
  virtual ~HttpFetcher() = default;
  virtual boost::asio::awaitable<HttpReply> Get(HttpRequest request) = 0;
  // All that Get would send for `url`: what a challenge value must not occur in.
  virtual std::string RequestHead(const Url& url) const = 0;
};

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_NET_HTTP_FETCHER_H_
