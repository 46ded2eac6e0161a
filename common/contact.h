// Contacts as domains publish them in CAA and TXT records (BR Appendix A.1): a record is one email
// address or one phone number, whole, or it is none. Pure. Canonical forms are valid UTF-8 without
// characters that do not show; two contacts are the same when their canonical forms are equal.
#ifndef MPIC_COMMON_CONTACT_H_
#define MPIC_COMMON_CONTACT_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace mpic {

// The email address that `text` is: an addr-spec of RFC 5322 with UTF-8 in it (RFC 6532), the
// domain a host name. Returns the local part octet for octet, "@", and the domain in lower-case
// A-labels. INVALID_ARGUMENT names the broken rule. Refused although the grammar has them: comments
// and blanks inside, address literals, control and invisible characters beyond ASCII.
absl::StatusOr<std::string> CanonicalEmailAddress(absl::string_view text);

// The phone number that `text` is: a global number of RFC 3966 section 5.1.4 without parameters.
// Returns "+" and the digits. INVALID_ARGUMENT names the broken rule.
absl::StatusOr<std::string> CanonicalPhoneNumber(absl::string_view text);
// The same, with blanks between the digits allowed as well: the form of a CAA property, not of a
// TXT record.
absl::StatusOr<std::string> CanonicalSpacedPhoneNumber(absl::string_view text);

// False also when one of the two is no contact at all. Local parts are compared octet for octet,
// domains as names; of phone numbers only the digits count (RFC 3966 section 4).
bool SameEmailAddress(absl::string_view a, absl::string_view b);
bool SamePhoneNumber(absl::string_view a, absl::string_view b);

}  // namespace mpic

#endif  // MPIC_COMMON_CONTACT_H_
