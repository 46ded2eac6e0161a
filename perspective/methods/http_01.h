// ACME http-01 for names (BR 3.2.2.4.19, RFC 8555 section 8.3) and IP addresses (BR 3.2.2.5.6, RFC
// 8738).
#ifndef MPIC_PERSPECTIVE_METHODS_HTTP_01_H_
#define MPIC_PERSPECTIVE_METHODS_HTTP_01_H_

#include <boost/asio/awaitable.hpp>

#include "perspective/methods/check_run.h"

namespace mpic::perspective {

// Passes when http://<identifier>/.well-known/acme-challenge/<token>, port 80, or where its
// redirects lead, answers 2xx with the key authorization and nothing after it but whitespace. The
// key authorization is the observed value. An IP address is asked without DNS, with itself in Host;
// its redirects may lead anywhere that a name's may. BAD_REQUEST, TOKEN_EXPIRED, the kinds of
// FetchBody, BODY_MISMATCH.
boost::asio::awaitable<void> CheckHttp01(CheckRun& run);

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_METHODS_HTTP_01_H_
