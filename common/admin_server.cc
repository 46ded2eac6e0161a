#include "common/admin_server.h"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "common/admin_pages.h"
#include "common/io_loops.h"
#include "common/ip_address.h"
#include "common/status_macros.h"

namespace mpic {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr int kConnectionsMax = 128;
constexpr std::chrono::seconds kConnectionTime{10};
constexpr std::chrono::milliseconds kPauseAfterError{100};
constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);

asio::awaitable<void> Answer(tcp::socket& socket, const AdminServerOptions& options) {
  std::string head;
  const auto [read_error, head_size] = co_await asio::async_read_until(
      socket, asio::dynamic_buffer(head, kAdminRequestBytesMax), "\r\n\r\n", kNoThrow);
  if (read_error && read_error != asio::error::not_found) co_return;

  const std::string answer = AnswerAdminRequest(options, head);
  const auto [write_error, written] =
      co_await asio::async_write(socket, asio::buffer(answer), kNoThrow);
  if (write_error) co_return;

  // Closing over unread octets would reset the connection before the client has read the answer.
  boost::system::error_code ignored;
  socket.shutdown(tcp::socket::shutdown_send, ignored);
  std::array<char, 4096> rest;
  for (boost::system::error_code error; !error;) {
    const auto [drain_error, size] = co_await socket.async_read_some(asio::buffer(rest), kNoThrow);
    error = drain_error;
  }
}

asio::awaitable<void> Serve(tcp::socket socket, const AdminServerOptions& options,
                            int& connections) {
  using asio::experimental::awaitable_operators::operator||;
  ++connections;
  const absl::Cleanup leave = [&connections] { --connections; };
  asio::steady_timer timer(socket.get_executor(), kConnectionTime);
  co_await (Answer(socket, options) || timer.async_wait(asio::use_awaitable));
}

asio::awaitable<void> Accept(tcp::acceptor acceptor, const AdminServerOptions& options,
                             int& connections) {
  asio::steady_timer pause(acceptor.get_executor());
  for (;;) {
    auto [error, socket] = co_await acceptor.async_accept(kNoThrow);
    if (error) {
      pause.expires_after(kPauseAfterError);
      co_await pause.async_wait(asio::use_awaitable);
    } else if (connections < kConnectionsMax) {
      asio::co_spawn(acceptor.get_executor(), Serve(std::move(socket), options, connections),
                     asio::detached);
    }
  }
}

absl::StatusOr<tcp::acceptor> Listen(asio::io_context& loop, const IpEndpoint& endpoint) {
  boost::system::error_code error;
  const tcp::endpoint address(asio::ip::make_address(endpoint.address.text(), error),
                              endpoint.port);
  tcp::acceptor acceptor(loop);
  if (!error) acceptor.open(address.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(address, error);
  if (!error) acceptor.listen(tcp::acceptor::max_listen_connections, error);
  if (!error) return acceptor;
  return absl::UnavailableError(
      absl::StrCat("admin port: listen on ", endpoint.text(), ": ", error.message()));
}

}  // namespace

AdminServer::AdminServer(AdminServerOptions options)
    : options_(std::move(options)), loops_(std::make_unique<IoLoops>(1)) {}

AdminServer::~AdminServer() = default;

absl::StatusOr<std::unique_ptr<AdminServer>> AdminServer::Start(AdminServerOptions options) {
  const absl::StatusOr<IpEndpoint> endpoint = IpEndpoint::Parse(options.listen);
  if (!endpoint.ok()) {
    return absl::InvalidArgumentError(absl::StrCat("admin port: listen on \"", options.listen,
                                                   "\": ", endpoint.status().message()));
  }
  std::unique_ptr<AdminServer> server(new AdminServer(std::move(options)));
  asio::io_context& loop = server->loops_->loop(0);
  MPIC_ASSIGN_OR_RETURN(tcp::acceptor acceptor, Listen(loop, *endpoint));
  server->port_ = acceptor.local_endpoint().port();
  asio::co_spawn(loop, Accept(std::move(acceptor), server->options_, server->connections_),
                 asio::detached);
  return server;
}

}  // namespace mpic
