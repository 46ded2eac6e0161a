// Which name the methods that look into DNS start from.
#ifndef MPIC_PERSPECTIVE_RULES_IDENTIFIER_NAME_H_
#define MPIC_PERSPECTIVE_RULES_IDENTIFIER_NAME_H_

#include "common/domain_name.h"
#include "perspective/problem.h"

namespace mpic::perspective {

// The identifier as a name. BAD_REQUEST: an IP address, nothing at all, not a name that a
// certificate can hold, or an Onion Domain Name, which never goes to DNS.
OrProblem<CertificateName> IdentifierName(const v1::Identifier& identifier);

// What a check by a DNS method says about its Authorization Domain Name, before anybody has looked.
struct AdnClaim {
  DomainName name;           // the identifier without "*."
  unsigned cname_steps = 0;  // CNAME hops from there
  DomainName adn;            // where they lead, or above that; `name` itself when none is named
};

// The claim, as far as it can be judged without looking. BAD_REQUEST as above; hops for a Wildcard
// Domain Name, more than kAdnCnameStepsMax of them, or none although the ADN is neither the name
// nor an ancestor of it (BR 3.2.2.4). Methods that permit CNAME hops take them by
// methods/authorization_domain.h.
OrProblem<AdnClaim> ReadAdnClaim(const v1::Check& check);

// The Authorization Domain Name of a check by a DNS method without CNAME hops: the one that the
// check names, else the identifier without "*.". BAD_REQUEST as above, and for any hops.
OrProblem<DomainName> AuthorizationDomainName(const v1::Check& check);

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_RULES_IDENTIFIER_NAME_H_
