// Persistent TXT records (BR 3.2.2.4.22; for IP addresses BR 3.2.2.5.8; ACME dns-persist-01).
#ifndef MPIC_PERSPECTIVE_METHODS_DNS_PERSIST_H_
#define MPIC_PERSPECTIVE_METHODS_DNS_PERSIST_H_

#include <boost/asio/awaitable.hpp>

#include "perspective/methods/check_run.h"

namespace mpic::perspective {

// Passes when an acceptable record (rules/persistent_record.h) stands at _validation-persist.<ADN>,
// or at _ip-validation-persist.<Reverse Zone Domain Name>; neither label stands for the other. The
// ADN is the identifier's name or an ancestor, never an alias target. The accepted accounturi is
// the observed value. The scope rule of the ACME draft does not concern addresses.
// BAD_REQUEST, DNS kinds, RECORD_MALFORMED, and the kinds of rules/persistent_record.h.
boost::asio::awaitable<void> CheckDnsPersist(CheckRun& run);

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_METHODS_DNS_PERSIST_H_
