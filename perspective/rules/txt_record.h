// TXT records as the validation methods read them.
#ifndef MPIC_PERSPECTIVE_RULES_TXT_RECORD_H_
#define MPIC_PERSPECTIVE_RULES_TXT_RECORD_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "perspective/problem.h"

namespace mpic::perspective {

// The octets of one TXT record: its character-strings with nothing between them. Octets are data,
// quotes included; nothing is trimmed or normalised. RECORD_MALFORMED when a character-string
// overruns the RDATA or there is none at all (RFC 1035 section 3.3.14).
OrProblem<std::string> ParseTxtRdata(absl::string_view rdata);

// The same for each record of a set, in order, never joined across records. One malformed record
// spoils the set.
OrProblem<std::vector<std::string>> ParseTxtSet(absl::Span<const std::string> rdata);

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_RULES_TXT_RECORD_H_
