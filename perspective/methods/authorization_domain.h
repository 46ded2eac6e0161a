// The Authorization Domain Name of the methods that may reach it by CNAME (BR 3.2.2.4 since
// BR 2.2.9): hops first, pruning afterwards.
#ifndef MPIC_PERSPECTIVE_METHODS_AUTHORIZATION_DOMAIN_H_
#define MPIC_PERSPECTIVE_METHODS_AUTHORIZATION_DOMAIN_H_

#include <boost/asio/awaitable.hpp>

#include "perspective/methods/check_run.h"

namespace mpic::perspective {

// The name to look at. Asks nothing when the check has no CNAME hops; otherwise takes every hop by
// a CNAME query of its own, notes steps and targets, and holds the name that the check gives
// against the last target: it must be that or an ancestor of it. How far above is not judged here:
// that takes the Public Suffix List, and the coordinator has it. BAD_REQUEST (see
// rules/identifier_name.h); DNS kinds, a name without CNAME record included; RECORD_MALFORMED;
// RECORD_NOT_MATCHING when the hops lead elsewhere.
boost::asio::awaitable<OrProblem<DomainName>> FindAuthorizationDomainName(CheckRun& run);

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_METHODS_AUTHORIZATION_DOMAIN_H_
