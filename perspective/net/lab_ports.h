// Laboratories: TCP ports that stand in for the Authorized Ports of the web.
#ifndef MPIC_PERSPECTIVE_NET_LAB_PORTS_H_
#define MPIC_PERSPECTIVE_NET_LAB_PORTS_H_

#include <cstdint>

namespace mpic::perspective {

// Nothing but the connection sees the stand-ins; what is reported stays 80 and 443. 0: no change.
struct LabPorts {
  std::uint16_t http = 0;
  std::uint16_t https = 0;

  std::uint16_t StandInFor(std::uint16_t port) const {
    if (port == 80 && http != 0) return http;
    if (port == 443 && https != 0) return https;
    return port;
  }
};

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_NET_LAB_PORTS_H_
