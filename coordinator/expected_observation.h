// What a perspective that passed a check must have seen.
#ifndef MPIC_COORDINATOR_EXPECTED_OBSERVATION_H_
#define MPIC_COORDINATOR_EXPECTED_OBSERVATION_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "mpic/v1/check.pb.h"

namespace mpic::coordinator {

// True for a check that expects no value and asks which there are: a contact lookup without a
// selected contact, a reverse lookup without an expected name.
bool IsDiscovery(const v1::Check& check);

// Whether `observed` (CheckResult.observed_value) can belong to a PASSED result of `check`:
//   DNS_CHANGE, WEBSITE_CHANGE        expected_value; for CNAME compared as names
//   DNS_01, DNS_ACCOUNT_01            base64url of the key authorization's digest
//   TLS_ALPN_01                       the same
//   HTTP_01                           the key authorization
//   contacts                          the selected contact
//   DNS_PERSIST                       one of the acceptable account URIs
//   REVERSE_LOOKUP                    the expected name
//   CAA                               nothing
//   discovery                         nothing
// INVALID_ARGUMENT says what was expected, never repeating secrets. `check` has passed the request
// check.
absl::Status CheckObservation(const v1::Check& check, absl::string_view observed);

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_EXPECTED_OBSERVATION_H_
