// DNS Change in its non-ACME form (BR 3.2.2.4.7).
#ifndef MPIC_PERSPECTIVE_METHODS_DNS_CHANGE_H_
#define MPIC_PERSPECTIVE_METHODS_DNS_CHANGE_H_

#include <boost/asio/awaitable.hpp>

#include "perspective/methods/check_run.h"

namespace mpic::perspective {

// Passes when some record of the asked type at the ADN, or at one underscore label before it, shows
// the Random Value or Request Token: a TXT record or CAA property value that equals it or holds it
// as a token, or a CNAME whose own target is it, compared as names. CAA is read at the name itself,
// no parent is asked, and only the tag of the check counts. The expected value is the observed one.
// BAD_REQUEST, TOKEN_EXPIRED, DNS kinds, RECORD_MALFORMED, RECORD_NOT_MATCHING.
boost::asio::awaitable<void> CheckDnsChange(CheckRun& run);

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_METHODS_DNS_CHANGE_H_
