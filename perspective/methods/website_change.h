// Agreed-Upon Change to Website: v2 for names (BR 3.2.2.4.18), and for IP addresses (BR 3.2.2.5.1).
#ifndef MPIC_PERSPECTIVE_METHODS_WEBSITE_CHANGE_H_
#define MPIC_PERSPECTIVE_METHODS_WEBSITE_CHANGE_H_

#include <boost/asio/awaitable.hpp>

#include "perspective/methods/check_run.h"

namespace mpic::perspective {

// Passes when the file below /.well-known/pki-validation/ at the identifier, or where its redirects
// lead, answers 2xx with the expected value somewhere in it, not inside a longer token. The value
// must stand in no request on the way, redirect targets and their fragments included:
// TOKEN_IN_REQUEST. The expected value is the observed value. Of an IP address no redirect is
// followed: REDIRECT_STATUS; and the value may be asked for in an HTML meta tag
// (rules/html_meta.h). Further kinds: BAD_REQUEST, TOKEN_EXPIRED, those of FetchBody,
// BODY_MISMATCH.
boost::asio::awaitable<void> CheckWebsiteChange(CheckRun& run);

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_METHODS_WEBSITE_CHANGE_H_
