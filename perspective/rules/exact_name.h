// Which name the methods that look at exactly the requested FQDN start from.
#ifndef MPIC_PERSPECTIVE_RULES_EXACT_NAME_H_
#define MPIC_PERSPECTIVE_RULES_EXACT_NAME_H_

#include "common/domain_name.h"
#include "perspective/problem.h"

namespace mpic::perspective {

// The FQDN that shall be in the certificate, for methods without pruning, CNAME step and wildcard
// (BR 3.2.2.4.18, .19, .20). BAD_REQUEST: no name, an IP address, a Wildcard or Onion Domain Name,
// or another Authorization Domain Name.
OrProblem<DomainName> ExactName(const v1::Check& check);

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_RULES_EXACT_NAME_H_
