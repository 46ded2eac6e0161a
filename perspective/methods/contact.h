// Contacts that a domain publishes in DNS (BR 3.2.2.4.13, .14, .16, .17).
#ifndef MPIC_PERSPECTIVE_METHODS_CONTACT_H_
#define MPIC_PERSPECTIVE_METHODS_CONTACT_H_

#include <boost/asio/awaitable.hpp>

#include "perspective/methods/check_run.h"

namespace mpic::perspective {

// With a selected contact, each passes when that one is published; its canonical form
// (common/contact.h) is the observed value. Without one it passes when any usable contact is
// published, and the observed value stays empty: the perspectives' usable contacts, which the
// evidence has either way, are for the asker to compare. BAD_REQUEST, CONTACT_NOT_FOUND,
// CONTACT_INVALID, CONTACT_DIFFERS.

// Properties "contactemail" and "contactphone" of the Relevant RRset of the ADN (RFC 8659 section
// 3). The search ends at the first CAA records, whether a contact is among them or not. Lookup
// errors as in relevant_caa_set.h; a record that cannot be decoded leaves open what it says, so
// that RECORD_MALFORMED is an ERROR here.
boost::asio::awaitable<void> CheckCaaEmailContact(CheckRun& run);
boost::asio::awaitable<void> CheckCaaPhoneContact(CheckRun& run);

// TXT records at _validation-contactemail.<ADN> and _validation-contactphone.<ADN>; a name without
// any is CONTACT_NOT_FOUND. DNS kinds of lookup errors, RECORD_MALFORMED.
boost::asio::awaitable<void> CheckTxtEmailContact(CheckRun& run);
boost::asio::awaitable<void> CheckTxtPhoneContact(CheckRun& run);

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_METHODS_CONTACT_H_
