// Every bound of the perspective, with its source. Passed in by value, so that tests can narrow
// them.
#ifndef MPIC_PERSPECTIVE_LIMITS_H_
#define MPIC_PERSPECTIVE_LIMITS_H_

#include <cstddef>
#include <cstdint>

#include "absl/time/time.h"

namespace mpic::perspective {

struct Limits {
  // Work in flight. Configurable, but for streams.
  std::size_t checks_in_flight_per_stream_max = 10'000;
  std::size_t checks_in_flight_max = 20'000;
  // Against one target, over all streams: checks of a name, connections to an address.
  std::size_t checks_in_flight_per_name_max = 50;
  std::size_t connections_per_address_max = 100;
  // Open streams. A coordinator has one for each of its loops, 64 at most.
  std::size_t streams_max = 4'096;

  // A check's own time budget (protos/mpic/v1/check.proto).
  absl::Duration time_budget_min = absl::Milliseconds(100);
  absl::Duration time_budget_max = absl::Seconds(120);

  // DNS. One try of one query; with the tries it bounds a query that nobody answers. Configurable.
  absl::Duration dns_timeout = absl::Seconds(2);
  unsigned dns_tries_max = 3;
  // Aliases after which a chain is called a loop; resolvers themselves stop between 8 and 16.
  std::size_t dns_cname_chain_max = 16;
  // Records of one answer that are looked at; more is DNS_MALFORMED.
  std::size_t dns_records_max = 1'000;

  // HTTP. Configurable times: one address; one whole request and response.
  absl::Duration connect_timeout = absl::Seconds(5);
  absl::Duration http_timeout = absl::Seconds(10);
  // A status line and headers; nginx and Apache refuse requests with more, responses are alike.
  std::size_t http_head_octets_max = 16 * 1024;
  // A key authorization is at most 172 octets long (common/challenge.h); the rest is room for
  // trailing white space. Others take 128 and so refuse long tokens (spec 2.4 item 9).
  std::size_t http_01_body_octets_max = 256;
  std::size_t website_body_octets_max = 64 * 1024;  // spec 2.4 item 9
  // A page that is parsed for meta tags. HTML's rules let parsing cost the square of a hostile
  // page's size; this one's worst, a tag of attributes alone, takes 0.1 s.
  std::size_t html_body_octets_max = 32 * 1024;
  std::size_t redirects_max = 10;                // spec 2.4 item 5
  std::size_t redirect_path_octets_max = 2'000;  // spec 2.4 item 5

  // TLS. Configurable time: one handshake, from the TCP connection on.
  absl::Duration tls_handshake_timeout = absl::Seconds(10);
  // A challenge certificate has about 1 KiB and signs itself (perspective/net/certificate.h);
  // OpenSSL's own bound is 100 KiB.
  std::size_t tls_certificate_list_octets_max = std::size_t{32} * 1024;
  // All that a server says in a handshake: a few KiB beside its certificates.
  std::size_t tls_handshake_octets_max = std::size_t{64} * 1024;
};

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_LIMITS_H_
