// Comparison of challenge values with what a domain shows, octet by octet. The values themselves,
// and where they must not stand, are in common/challenge.h.
#ifndef MPIC_PERSPECTIVE_RULES_CHALLENGE_VALUE_H_
#define MPIC_PERSPECTIVE_RULES_CHALLENGE_VALUE_H_

#include <cstddef>

#include "absl/strings/string_view.h"

namespace mpic::perspective {

// True when `token` stands in `haystack` with no octet of [A-Za-z0-9_-] on either side, so that it
// is never found inside a longer token. `offset`, if given, gets the place of the first such match.
// An empty token occurs nowhere.
bool ContainsToken(absl::string_view haystack, absl::string_view token,
                   std::size_t* offset = nullptr);

// Without the trailing octets of { space, tab, LF, CR, VT, FF }; RFC 8555 section 8.3 lets
// provisioned key authorizations end in whitespace.
absl::string_view TrimTrailingWhitespace(absl::string_view text);

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_RULES_CHALLENGE_VALUE_H_
