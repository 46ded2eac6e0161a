// ACME dns-01 (RFC 8555 section 8.4, used under BR 3.2.2.4.7).
#ifndef MPIC_PERSPECTIVE_METHODS_DNS_01_H_
#define MPIC_PERSPECTIVE_METHODS_DNS_01_H_

#include <boost/asio/awaitable.hpp>

#include "perspective/methods/check_run.h"

namespace mpic::perspective {

// Passes when some TXT record at _acme-challenge.<ADN> is exactly the digest of the key
// authorization: no trimming, no padding, no other case. The digest is the observed value.
// BAD_REQUEST, TOKEN_EXPIRED, DNS kinds, RECORD_MALFORMED, RECORD_NOT_MATCHING.
boost::asio::awaitable<void> CheckDns01(CheckRun& run);

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_METHODS_DNS_01_H_
