// ACME dns-account-01 (BR 3.2.2.4.21, draft-ietf-acme-dns-account-label).
#ifndef MPIC_PERSPECTIVE_METHODS_DNS_ACCOUNT_01_H_
#define MPIC_PERSPECTIVE_METHODS_DNS_ACCOUNT_01_H_

#include <boost/asio/awaitable.hpp>

#include "perspective/methods/check_run.h"

namespace mpic::perspective {

// As dns-01, at a name that belongs to one account: the label of the account URL before
// _acme-challenge.<ADN>. The ADN is the identifier's name or an ancestor, never an alias target.
// The same kinds; where nothing is found, the problem names the account URL.
boost::asio::awaitable<void> CheckDnsAccount01(CheckRun& run);

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_METHODS_DNS_ACCOUNT_01_H_
