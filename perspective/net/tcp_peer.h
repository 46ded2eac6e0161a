// What the senses that connect by TCP share: where to, who really answered, and how a cancelled
// check ends.
#ifndef MPIC_PERSPECTIVE_NET_TCP_PEER_H_
#define MPIC_PERSPECTIVE_NET_TCP_PEER_H_

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/error_code.hpp>
#include <functional>
#include <optional>

#include "common/ip_address.h"
#include "perspective/problem.h"

namespace mpic::perspective {

// Waits for an operation; what went wrong is left in `error`.
inline auto Into(boost::system::error_code& error) {
  return boost::asio::redirect_error(boost::asio::use_awaitable, error);
}

boost::asio::ip::tcp::endpoint ToEndpoint(const IpAddress& address, std::uint16_t port);

// Asks the guard about the peer of a connected socket. Who answers is not always who was asked:
// rules of the local network may send us elsewhere. nullopt: the check may go on.
std::optional<Problem> RefusePeer(const boost::asio::ip::tcp::socket& socket,
                                  const std::function<bool(const IpAddress& address)>& may_connect);

// Throws operation_aborted when the calling coroutine has been cancelled. A cancelled operation
// ends like a broken one; only here the two are told apart.
boost::asio::awaitable<void> ThrowIfCancelled();

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_NET_TCP_PEER_H_
