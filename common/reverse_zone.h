// The name of an IP address in DNS.
#ifndef MPIC_COMMON_REVERSE_ZONE_H_
#define MPIC_COMMON_REVERSE_ZONE_H_

#include "common/domain_name.h"
#include "common/ip_address.h"

namespace mpic {

// The Reverse Zone Domain Name (BR 1.6.1; RFC 1035 section 3.5, RFC 3596 section 2.5):
// 10.2.0.192.in-addr.arpa, or 32 nibbles before ip6.arpa.
DomainName ReverseZoneName(const IpAddress& address);

}  // namespace mpic

#endif  // MPIC_COMMON_REVERSE_ZONE_H_
