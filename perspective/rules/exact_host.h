// Which host the web methods ask, for names and for IP addresses.
#ifndef MPIC_PERSPECTIVE_RULES_EXACT_HOST_H_
#define MPIC_PERSPECTIVE_RULES_EXACT_HOST_H_

#include <variant>

#include "common/domain_name.h"
#include "common/ip_address.h"
#include "perspective/problem.h"

namespace mpic::perspective {

// What shall be in the certificate, as the host of a URL: the FQDN (BR 3.2.2.4.18, .19) or the
// address itself (BR 3.2.2.5.1, .6). BAD_REQUEST as from ExactName and IdentifierAddress.
OrProblem<std::variant<DomainName, IpAddress>> ExactHost(const v1::Check& check);

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_RULES_EXACT_HOST_H_
