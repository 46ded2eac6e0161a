// The names that PTR records give (BR 3.2.2.5.3). Pure.
#ifndef MPIC_PERSPECTIVE_RULES_REVERSE_NAMES_H_
#define MPIC_PERSPECTIVE_RULES_REVERSE_NAMES_H_

#include <string>
#include <vector>

#include "absl/types/span.h"
#include "common/domain_name.h"

namespace mpic::perspective {

// The host names among the PTR records `rdata`, sorted, each once. All else is ignored: it could
// never be the FQDN that is validated next. That is broken RDATA, names with other characters than
// those of host names, Wildcard Domain Names and Onion Domain Names.
std::vector<DomainName> ReverseNames(absl::Span<const std::string> rdata);

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_RULES_REVERSE_NAMES_H_
