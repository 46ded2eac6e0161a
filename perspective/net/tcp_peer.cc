#include "perspective/net/tcp_peer.h"

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include "absl/types/span.h"
#include "perspective/net/connection_problem.h"

namespace mpic::perspective {
namespace {

namespace asio = boost::asio;

asio::ip::address ToAsio(const IpAddress& address) {
  const absl::Span<const std::uint8_t> octets = address.octets();
  if (address.is_v6()) {
    asio::ip::address_v6::bytes_type bytes;
    std::ranges::copy(octets, bytes.begin());
    return asio::ip::address_v6(bytes);
  }
  asio::ip::address_v4::bytes_type bytes;
  std::ranges::copy(octets, bytes.begin());
  return asio::ip::address_v4(bytes);
}

absl::StatusOr<IpAddress> FromAsio(const asio::ip::address& address) {
  if (address.is_v6()) return IpAddress::FromOctets(address.to_v6().to_bytes());
  return IpAddress::FromOctets(address.to_v4().to_bytes());
}

}  // namespace

asio::ip::tcp::endpoint ToEndpoint(const IpAddress& address, std::uint16_t port) {
  return {ToAsio(address), port};
}

std::optional<Problem> RefusePeer(
    const asio::ip::tcp::socket& socket,
    const std::function<bool(const IpAddress& address)>& may_connect) {
  boost::system::error_code error;
  const asio::ip::tcp::endpoint peer = socket.remote_endpoint(error);
  if (error) return ConnectionProblem("ask for the peer's address", error);
  const absl::StatusOr<IpAddress> address = FromAsio(peer.address());
  if (!address.ok()) return Problem{v1::Problem::INTERNAL_ERROR, address.status().ToString()};
  if (!may_connect(*address)) return ReservedProblem(*address);
  return std::nullopt;
}

asio::awaitable<void> ThrowIfCancelled() {
  const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none) {
    throw boost::system::system_error(asio::error::operation_aborted);
  }
}

}  // namespace mpic::perspective
