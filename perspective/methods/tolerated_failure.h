// The proof without which a failed CAA lookup is no permission (BR 4.2.2.1, spec 5.7).
#ifndef MPIC_PERSPECTIVE_METHODS_TOLERATED_FAILURE_H_
#define MPIC_PERSPECTIVE_METHODS_TOLERATED_FAILURE_H_

#include <boost/asio/awaitable.hpp>
#include <vector>

#include "common/domain_name.h"
#include "perspective/methods/check_run.h"

namespace mpic::perspective {

// The delegation that is proven insecure and lies at or above every name of `failed`: CAA lookups
// of one name and its parents, nearest first, not empty, that can be permission
// (rules/caa_lookup_failure.h). Asks for DS from the TLD downwards, so that the parent answers also
// where the child's servers are what fails; then for CNAME at each name, because an alias would
// mean that another domain's lookup failed; at last for a name that no cache has, because all of
// this may come from one while our resolver reaches nobody. Every lookup becomes a step.
//
// Nothing but the validated denial of DS counts (INSECURE, net/dns_denial.h). Below a zone that
// opts out, as com and most large TLDs do, there is none, and so no permission: their resolvers
// clear AD (RFC 5155 section 9.2), and an attacker may have taken the DS away.
//
// CAA_LOOKUP_FAILED, with the first failure and what was not proven; DNSSEC_BOGUS and
// DNSSEC_INDETERMINATE when that is what the lookups of the proof came to.
boost::asio::awaitable<OrProblem<DomainName>> FindInsecureDelegation(std::vector<DnsAnswer> failed,
                                                                     CheckRun& run);

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_METHODS_TOLERATED_FAILURE_H_
