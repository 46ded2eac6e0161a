// The addresses of a host by the perspective's own resolver.
#ifndef MPIC_PERSPECTIVE_METHODS_HOST_ADDRESSES_H_
#define MPIC_PERSPECTIVE_METHODS_HOST_ADDRESSES_H_

#include <boost/asio/awaitable.hpp>
#include <vector>

#include "common/domain_name.h"
#include "common/ip_address.h"
#include "perspective/methods/check_run.h"

namespace mpic::perspective {

// Asks for AAAA and A at once and records both lookups as steps. At least one address, those of
// AAAA first, each in the resolver's order; reserved ones included.
//
// DNSSEC_BOGUS and DNSSEC_INDETERMINATE of either lookup stand, whatever the other says: somebody
// may have tampered with the name. Any other lookup error matters only when the other family gives
// no address either. DNS_NXDOMAIN; ADDR_NONE: the name exists without an address.
boost::asio::awaitable<OrProblem<std::vector<IpAddress>>> LookUpAddresses(DomainName host,
                                                                          CheckRun& run);

// Those of `resolved`, which is not empty, that the guard lets a check connect to; at least one,
// else ADDR_RESERVED.
OrProblem<std::vector<IpAddress>> UsableAddresses(const std::vector<IpAddress>& resolved,
                                                  const Senses& senses);

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_METHODS_HOST_ADDRESSES_H_
