// http and https URLs as the validation methods use them.
#ifndef MPIC_PERSPECTIVE_NET_URL_H_
#define MPIC_PERSPECTIVE_NET_URL_H_

#include <cstdint>
#include <string>
#include <variant>

#include "absl/strings/string_view.h"
#include "common/domain_name.h"
#include "common/ip_address.h"
#include "perspective/problem.h"

namespace mpic::perspective {

// An absolute http or https URL whose host is an FQDN or an IP literal. A value. The fragment is
// kept apart: it is inherited by redirects, never sent.
struct Url {
  enum class Scheme { kHttp, kHttps };
  Scheme scheme = Scheme::kHttp;
  std::variant<DomainName, IpAddress> host;
  std::uint16_t port = 80;   // explicit or the scheme's default
  std::string target = "/";  // path and query as sent; starts with "/"
  std::string fragment;

  // Normal form: default port left out, IPv6 in brackets, no fragment.
  std::string text() const;
  // The Host header: as text(), without scheme and target.
  std::string host_header() const;
};

std::uint16_t DefaultPort(Url::Scheme scheme);

// Resolves a Location value against the URL of the request that it answers (RFC 7231 section 7.1.2,
// RFC 3986 section 5). Dot segments are removed; the rest of the target is kept as it was written.
// REDIRECT_LOCATION: not a URI reference. REDIRECT_SCHEME: neither http nor https. REDIRECT_PORT:
// not a port. REDIRECT_HOST: user information, zone id, or a host that is neither FQDN nor IP
// literal.
OrProblem<Url> ResolveReference(const Url& base, absl::string_view location);

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_NET_URL_H_
