// Which name the methods that look into DNS start from.
#ifndef MPIC_PERSPECTIVE_RULES_IDENTIFIER_NAME_H_
#define MPIC_PERSPECTIVE_RULES_IDENTIFIER_NAME_H_

#include "common/domain_name.h"
#include "perspective/problem.h"

namespace mpic::perspective {

// The identifier as a name. BAD_REQUEST: an IP address, nothing at all, not a name that a
// certificate can hold, or an Onion Domain Name, which never goes to DNS.
OrProblem<CertificateName> IdentifierName(const v1::Identifier& identifier);

// The Authorization Domain Name of a check by a DNS method: the one that the check names, else the
// identifier without "*.". BAD_REQUEST as above, and when the ADN is neither that name nor an
// ancestor of it: whoever asks, a perspective never looks at one name to prove another.
OrProblem<DomainName> AuthorizationDomainName(const v1::Check& check);

// The same for methods without a CNAME step (BR 3.2.2.4.21, .22), where it must be the identifier's
// name or an ancestor of it for every identifier.
OrProblem<DomainName> PrunedDomainName(const v1::Check& check);

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_RULES_IDENTIFIER_NAME_H_
