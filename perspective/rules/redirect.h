// Rule set R: which redirects of a domain's web server are followed.
#ifndef MPIC_PERSPECTIVE_RULES_REDIRECT_H_
#define MPIC_PERSPECTIVE_RULES_REDIRECT_H_

#include <string>
#include <vector>

#include "perspective/limits.h"
#include "perspective/net/url.h"
#include "perspective/problem.h"

namespace mpic::perspective {

// Any 3xx: an answer that is either followed or a failure, and never the final one.
bool IsRedirect(unsigned status);

// Where a redirect leads (BR 3.2.2.4.18 and .19, tightened). `requested` holds every URL requested
// so far, the redirecting one last; at least one. Precondition: IsRedirect(status).
//   REDIRECT_STATUS    not 301, 302, 307 or 308
//   REDIRECT_LIMIT     more than Limits::redirects_max redirects
//   REDIRECT_LOCATION  not exactly one Location, not a URI reference, path and query too long
//   REDIRECT_SCHEME    neither http nor https
//   REDIRECT_PORT      neither 80 nor 443, the two Authorized Ports that speak HTTP
//   REDIRECT_HOST      user information, zone id, neither IP literal nor FQDN of two labels or
//   more,
//                      an Onion Domain Name (RFC 7686: never to be looked up)
//   REDIRECT_LOOP      a URL that was requested before
// Whether an IP literal is reserved is for the guard of the connection.
OrProblem<Url> FollowRedirect(const std::vector<Url>& requested, unsigned status,
                              const std::vector<std::string>& locations, const Limits& limits);

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_RULES_REDIRECT_H_
