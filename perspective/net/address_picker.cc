#include "perspective/net/address_picker.h"

#include <algorithm>

namespace mpic::perspective {

std::vector<IpAddress> AddressesToTry(const std::vector<IpAddress>& usable) {
  std::vector<IpAddress> order;
  const auto v6 = std::ranges::find_if(usable, &IpAddress::is_v6);
  const auto v4 = std::ranges::find_if_not(usable, &IpAddress::is_v6);
  if (v6 != usable.end()) order.push_back(*v6);
  if (v4 != usable.end()) order.push_back(*v4);
  return order;
}

}  // namespace mpic::perspective
