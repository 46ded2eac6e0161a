// Which address the methods for IP addresses look at.
#ifndef MPIC_PERSPECTIVE_RULES_IDENTIFIER_ADDRESS_H_
#define MPIC_PERSPECTIVE_RULES_IDENTIFIER_ADDRESS_H_

#include "common/ip_address.h"
#include "perspective/problem.h"

namespace mpic::perspective {

// The address that shall be in the certificate, exactly (BR 3.2.2.5). BAD_REQUEST: no address, not
// an address, or an Authorization Domain Name beside it. Reserved addresses are the guard's matter.
OrProblem<IpAddress> IdentifierAddress(const v1::Check& check);

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_RULES_IDENTIFIER_ADDRESS_H_
