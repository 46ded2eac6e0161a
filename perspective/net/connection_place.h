// The limit of connections that a perspective has open to one address, as the senses that connect
// by TCP are given it.
#ifndef MPIC_PERSPECTIVE_NET_CONNECTION_PLACE_H_
#define MPIC_PERSPECTIVE_NET_CONNECTION_PLACE_H_

#include <functional>
#include <optional>

#include "common/ip_address.h"
#include "common/target_limit.h"

namespace mpic::perspective {

// Asked before connecting; the place is kept for as long as the connection is. nullopt: as many are
// open as may be.
using PlaceSource = std::function<std::optional<TargetLimit::Place>(const IpAddress& address)>;

inline std::optional<TargetLimit::Place> TakePlace(const PlaceSource& source,
                                                   const IpAddress& address) {
  if (!source) return TargetLimit::Place();
  return source(address);
}

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_NET_CONNECTION_PLACE_H_
