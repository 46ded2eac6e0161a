// Which addresses of a name are tried, and in which order.
#ifndef MPIC_PERSPECTIVE_NET_ADDRESS_PICKER_H_
#define MPIC_PERSPECTIVE_NET_ADDRESS_PICKER_H_

#include <vector>

#include "common/ip_address.h"

namespace mpic::perspective {

// The first IPv6 address, then the first IPv4 address of `usable`, which is in the order of the
// resolver's answers. The second is for when no connection to the first comes about, never for
// after a response (RFC 8305 in its simplest form; what other ACME validators do).
std::vector<IpAddress> AddressesToTry(const std::vector<IpAddress>& usable);

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_NET_ADDRESS_PICKER_H_
