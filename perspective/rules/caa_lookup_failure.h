// CAA lookups that failed: what they are called, and which of them could be permission
// (BR 4.2.2.1).
#ifndef MPIC_PERSPECTIVE_RULES_CAA_LOOKUP_FAILURE_H_
#define MPIC_PERSPECTIVE_RULES_CAA_LOOKUP_FAILURE_H_

#include <string>

#include "perspective/net/dns_answer.h"

namespace mpic::perspective {

using LookupFailureRule = v1::CaaCheck::LookupFailure;

// CAA_LOOKUP_FAILED with the cause; DNSSEC_BOGUS and DNSSEC_INDETERMINATE keep their kind.
Problem CaaLookupFailed(const DnsAnswer& answer);

// Why the failed lookup `answer` is no permission under `rule`, whatever else may be proven; empty
// when it can be one. Only REFUSED and, where the rule has it, SERVFAIL can, after two tries that
// failed alike. Extended DNS Errors may blame the domain's servers (RFC 8914: 22, 23) and nothing
// else; REFUSED needs one. That leaves out what may lie on our side: silence, a resolver that
// cannot be reached or refuses us by itself, a reply cut short and no TCP to our resolver, one that
// cannot be read, filters, stale or cached errors, and every DNSSEC failure.
std::string WhyNeverPermission(const DnsAnswer& answer, LookupFailureRule rule);

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_RULES_CAA_LOOKUP_FAILURE_H_
