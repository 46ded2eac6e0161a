// HTTP responses, read by the whole BeastHttpFetcher over a loopback connection on one loop: its
// parser cannot be reached otherwise, and its bounds are those of the connection's reads.
//   input: one octet (size of the body that is accepted, where the server pauses), what the server
//   says
#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <exception>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "perspective/limits.h"
#include "perspective/net/beast_http_fetcher.h"
#include "tests/fuzz/fuzz_target.h"

namespace mpic::fuzz {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using perspective::BeastHttpFetcher;
using perspective::HttpReply;

constexpr char kLoopback[] = "127.0.0.1";

// The server of all runs.
class Server {
 public:
  Server() : acceptor_(loop_, tcp::endpoint(asio::ip::make_address(kLoopback), 0)) {}

  HttpReply Answer(std::string response, std::size_t pause_at, std::size_t body_octets_max) {
    HttpReply reply;
    loop_.restart();
    asio::co_spawn(loop_, Serve(std::move(response), pause_at), Rethrow);
    asio::co_spawn(loop_, Get(body_octets_max, reply), Rethrow);
    loop_.run();
    return reply;
  }

 private:
  static void Rethrow(std::exception_ptr error) {
    if (error) std::rethrow_exception(error);
  }

  asio::awaitable<void> Get(std::size_t body_octets_max, HttpReply& reply) {
    const IpAddress loopback = IpAddress::Parse(kLoopback).value();
    reply =
        co_await fetcher_.Get({.url = {.host = loopback, .port = acceptor_.local_endpoint().port()},
                               .address = loopback,
                               .body_octets_max = body_octets_max});
  }

  // Waits for the request and, at the end, for the client to go: an early close would be a reset.
  asio::awaitable<void> Serve(std::string response, std::size_t pause_at) {
    error_code error;
    const auto into = [&error] { return asio::redirect_error(asio::use_awaitable, error); };
    tcp::socket socket = co_await acceptor_.async_accept(asio::use_awaitable);
    std::string request;
    co_await asio::async_read_until(socket, asio::dynamic_buffer(request), "\r\n\r\n", into());
    const std::size_t first = std::min(pause_at, response.size());
    co_await asio::async_write(socket, asio::buffer(response.data(), first), into());
    for (int turn = 0; turn < 3; ++turn) co_await asio::post(asio::use_awaitable);
    co_await asio::async_write(socket, asio::buffer(response) + first, into());
    socket.shutdown(tcp::socket::shutdown_send, error);
    co_await asio::async_read(socket, asio::dynamic_buffer(request), into());
  }

  const perspective::Limits limits_;
  asio::io_context loop_;
  tcp::acceptor acceptor_;
  BeastHttpFetcher fetcher_{{.connect_timeout = limits_.connect_timeout,
                             .http_timeout = limits_.http_timeout,
                             .head_octets_max = limits_.http_head_octets_max,
                             .user_agent = "mpic-fuzz/1",
                             .may_connect = [](const IpAddress&) { return true; },
                             .lab_ports = {}}};
};

void RequireSoundReply(const HttpReply& reply, const std::string& response,
                       std::size_t body_octets_max) {
  Require(reply.connected, "a server that listens is connected to");
  Require(reply.tls_version.empty(), "http has no TLS");
  Require(reply.body.size() <= body_octets_max, "a body is bounded");
  Require(reply.body.empty() || (reply.status >= 200 && reply.status <= 299 && !reply.failed()),
          "a body is that of a whole 2xx");
  if (reply.failed()) {
    RequireSound(reply.problem);
    Require(reply.problem.kind == v1::Problem::HTTP_MALFORMED ||
                reply.problem.kind == v1::Problem::BODY_TOO_LARGE ||
                reply.problem.kind == v1::Problem::CONN_RESET,
            "what a server says is malformed, too large, or ends early");
  } else {
    Require(reply.status >= 200 && reply.status <= 999, "a final status has three digits");
  }
  Require(reply.status == 0 ||
              absl::StrContains(response, absl::StrCat("HTTP/1.1 ", reply.status)) ||
              absl::StrContains(response, absl::StrCat("HTTP/1.0 ", reply.status)),
          "the status is what the server says");
}

void RequireOwnWords(const HttpReply& reply, const std::string& response) {
  const perspective::Limits limits;
  std::size_t octets = 0;
  const bool folded = absl::StrContains(response, "\n ") || absl::StrContains(response, "\n\t");
  for (const std::string& location : reply.locations) {
    octets += location.size();
    Require(folded || absl::StrContains(response, location), "a Location is what the server says");
    Require(!absl::StrContains(location, '\r') && !absl::StrContains(location, '\n') &&
                !absl::StrContains(location, '\0'),
            "a Location has no line breaks and no NUL");
  }
  Require(octets <= limits.http_head_octets_max, "a head is bounded");
  if (!absl::StrContains(absl::AsciiStrToLower(response), "transfer-encoding")) {
    Require(absl::StrContains(response, reply.body), "a body is what the server says");
  }
}

}  // namespace

MPIC_FUZZ_TARGET(http_response) {
  static Server& server = *new Server;
  const unsigned choice = input.U8();
  const std::size_t body_octets_max = (choice & 1U) != 0 ? 16 : 256;
  const std::string response(input.Rest());
  const HttpReply reply = server.Answer(response, std::size_t{choice} >> 1U, body_octets_max);
  RequireSoundReply(reply, response, body_octets_max);
  RequireOwnWords(reply, response);
}

}  // namespace mpic::fuzz
