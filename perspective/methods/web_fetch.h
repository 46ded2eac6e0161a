// One web resource as the domain serves it to this perspective: addresses, requests, redirects.
#ifndef MPIC_PERSPECTIVE_METHODS_WEB_FETCH_H_
#define MPIC_PERSPECTIVE_METHODS_WEB_FETCH_H_

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include "perspective/methods/check_run.h"

namespace mpic::perspective {

struct WebResource {
  Url start;
  std::size_t body_octets_max = 0;
  bool follow_redirects = true;  // false: a redirect is REDIRECT_STATUS
  // Asked before every request, the first included; a problem ends the fetch.
  std::function<std::optional<Problem>(const Url& url)> refuse_request;
};

// GETs the resource, follows redirects by rule set R (rules/redirect.h), and gives the body of the
// final 2xx response. Each hop is looked up anew, unless its host is an IP literal; its first IPv6
// and then its first IPv4 address are tried, the second only when no connection to the first came
// about. Addresses that the guard forbids are never connected to; ADDR_RESERVED when no other is
// left.
//
// Every lookup and request becomes a step of the result, and the result's HttpEvidence is filled
// up to the place where the fetch ended. Problems: those of LookUpAddresses, HttpFetcher and
// FollowRedirect, HTTP_STATUS, and those of `refuse_request`.
boost::asio::awaitable<OrProblem<std::string>> FetchBody(WebResource resource, CheckRun& run);

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_METHODS_WEB_FETCH_H_
