// The CAA check (BR 4.2.2.1, RFC 8659, RFC 8657): do the domain's records permit this issuance?
#ifndef MPIC_PERSPECTIVE_METHODS_CAA_H_
#define MPIC_PERSPECTIVE_METHODS_CAA_H_

#include <boost/asio/awaitable.hpp>

#include "absl/time/time.h"
#include "perspective/methods/check_run.h"

namespace mpic::perspective {

// Looks at the identifier, never at an Authorization Domain Name. Fills CaaEvidence whenever the
// Relevant RRset could be read; valid_until only with a permission. observed_value stays empty,
// because perspectives agree on the meaning, not on the octets.
//
// BAD_REQUEST without a query: an IP address, an Onion Domain Name, an unparsable name, no or over
// 16 issuer domain names. CAA_FORBIDS and CAA_CRITICAL_UNKNOWN: the records do not permit. Lookup
// errors as in relevant_caa_set.h. Fails closed: no failure is read as permission, unless the check
// says that it may be and tolerated_failure.h finds the proof (BR 4.2.2.1).
boost::asio::awaitable<void> CheckCaa(CheckRun& run);

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_METHODS_CAA_H_
