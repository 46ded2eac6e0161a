#include "perspective/net/beast_http_fetcher.h"

#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/none.hpp>
#include <boost/system/system_error.hpp>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "perspective/net/connection_problem.h"
#include "perspective/net/http_request_head.h"

namespace mpic::perspective {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using ResponseParser = http::response_parser<http::string_body>;
using TlsStream = asio::ssl::stream<beast::tcp_stream>;

// Room to read ahead behind the head; the buffer never holds more than both.
constexpr std::size_t kReadAheadOctets = 4096;

asio::redirect_error_t<asio::use_awaitable_t<>> Into(error_code& error) {
  return asio::redirect_error(asio::use_awaitable, error);
}

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

Problem ReservedProblem(const IpAddress& address) {
  return {v1::Problem::ADDR_RESERVED,
          absl::StrCat("connect to ", address.text(), ": the address may not be connected to")};
}

// `error` came from what `attempt` names; on https it may be OpenSSL's.
Problem ConnectionProblem(absl::string_view attempt, const error_code& error) {
  ProblemKind kind = ConnectionProblemKind(error);
  if (error == beast::error::timeout) kind = v1::Problem::CONN_TIMEOUT;
  if (error.category() == asio::error::get_ssl_category()) {
    kind = TlsProblemKind(static_cast<unsigned long>(error.value()));
  }
  return {kind, absl::StrCat(attempt, ": ", error.message())};
}

Problem ResponseProblem(const IpAddress& address, const error_code& error) {
  const std::string attempt = absl::StrCat("read the response of ", address.text());
  if (error == http::error::body_limit) {
    return {v1::Problem::BODY_TOO_LARGE, absl::StrCat(attempt, ": the body is over the limit")};
  }
  // The connection ended before or within the message.
  if (error == http::error::end_of_stream || error == http::error::partial_message) {
    return {v1::Problem::CONN_RESET, absl::StrCat(attempt, ": ", error.message())};
  }
  if (error.category() == http::make_error_code(http::error::bad_version).category()) {
    return {v1::Problem::HTTP_MALFORMED, absl::StrCat(attempt, ": ", error.message())};
  }
  return ConnectionProblem(attempt, error);
}

// Sets reply.connected, and reply.problem on failure.
asio::awaitable<void> Connect(beast::tcp_stream& stream, const IpAddress& address,
                              std::uint16_t port, HttpReply& reply) {
  error_code error;
  co_await stream.async_connect(asio::ip::tcp::endpoint(ToAsio(address), port), Into(error));
  if (error) {
    reply.problem =
        ConnectionProblem(absl::StrCat("connect to ", address.url_host(), ":", port), error);
  }
  reply.connected = !error;
}

// Who answers is not always who was asked: rules of the local network may send us elsewhere.
std::optional<Problem> PeerProblem(const beast::tcp_stream& stream,
                                   const BeastHttpFetcherOptions& options) {
  error_code error;
  const asio::ip::tcp::endpoint peer = stream.socket().remote_endpoint(error);
  if (error) return ConnectionProblem("ask for the peer's address", error);
  const absl::StatusOr<IpAddress> address = FromAsio(peer.address());
  if (!address.ok()) return Problem{v1::Problem::INTERNAL_ERROR, address.status().ToString()};
  if (!options.may_connect(*address)) return ReservedProblem(*address);
  return std::nullopt;
}

asio::awaitable<void> Handshake(TlsStream& stream, const HttpRequest& request, HttpReply& reply) {
  const DomainName* name = std::get_if<DomainName>(&request.url.host);
  if (name != nullptr &&
      SSL_set_tlsext_host_name(stream.native_handle(), name->text().c_str()) != 1) {
    reply.problem = {v1::Problem::INTERNAL_ERROR, "OpenSSL does not take the server name"};
    co_return;
  }
  error_code error;
  co_await stream.async_handshake(asio::ssl::stream_base::client, Into(error));
  if (error) {
    reply.problem =
        ConnectionProblem(absl::StrCat("TLS handshake with ", request.address.text()), error);
    co_return;
  }
  reply.tls_version = SSL_get_version(stream.native_handle());
}

// The first head that is not of a 1xx response; `parser` holds it.
template <typename Stream>
asio::awaitable<void> ReadHead(Stream& stream, beast::flat_buffer& buffer,
                               std::optional<ResponseParser>& parser, std::size_t octets_max,
                               error_code& error) {
  for (unsigned interim = 0; interim <= BeastHttpFetcher::kInterimResponsesMax; ++interim) {
    parser.emplace();
    parser->header_limit(static_cast<std::uint32_t>(octets_max));
    parser->body_limit(boost::none);  // what is not read has no limit
    co_await http::async_read_header(stream, buffer, *parser, Into(error));
    if (error) co_return;
    const unsigned status = parser->get().result_int();
    if (status < 100 || status == 101) break;  // 101: we did not ask for another protocol
    if (status >= 200) co_return;
  }
  error = http::make_error_code(http::error::bad_status);
}

// A body that announces more than the limit is not read at all.
template <typename Stream>
asio::awaitable<void> ReadBody(Stream& stream, beast::flat_buffer& buffer, ResponseParser& parser,
                               std::size_t octets_max, error_code& error) {
  if (parser.content_length().value_or(0) > octets_max) {
    error = http::make_error_code(http::error::body_limit);
    co_return;
  }
  parser.body_limit(octets_max);
  co_await http::async_read(stream, buffer, parser, Into(error));
}

void TakeHead(const ResponseParser& parser, HttpReply& reply) {
  reply.status = parser.get().result_int();
  const auto [first, last] = parser.get().equal_range(http::field::location);
  for (auto field = first; field != last; ++field) {
    reply.locations.emplace_back(field->value().data(), field->value().size());
  }
}

template <typename Stream>
asio::awaitable<void> Exchange(Stream& stream, const HttpRequest& request,
                               const BeastHttpFetcherOptions& options, HttpReply& reply) {
  error_code error;
  const std::string head = RequestHead(request.url, options.user_agent);
  co_await asio::async_write(stream, asio::buffer(head), Into(error));
  if (error) {
    reply.problem =
        ConnectionProblem(absl::StrCat("send the request to ", request.address.text()), error);
    co_return;
  }
  beast::flat_buffer buffer(options.head_octets_max + kReadAheadOctets);
  std::optional<ResponseParser> parser;
  co_await ReadHead(stream, buffer, parser, options.head_octets_max, error);
  if (!error) {
    TakeHead(*parser, reply);
    if (reply.status < 200 || reply.status > 299) co_return;
    co_await ReadBody(stream, buffer, *parser, request.body_octets_max, error);
  }
  if (error) {
    reply.problem = ResponseProblem(request.address, error);
    co_return;
  }
  reply.body = std::move(parser->get().body());
}

}  // namespace

BeastHttpFetcher::BeastHttpFetcher(BeastHttpFetcherOptions options)
    : options_(std::move(options)),
      tls_(std::make_unique<asio::ssl::context>(asio::ssl::context::tls_client)) {
  tls_->set_verify_mode(asio::ssl::verify_none);
  SSL_CTX_set_min_proto_version(tls_->native_handle(), TLS1_2_VERSION);
  SSL_CTX_set_options(tls_->native_handle(), SSL_OP_NO_RENEGOTIATION);
  // Every check sees the server anew.
  SSL_CTX_set_session_cache_mode(tls_->native_handle(), SSL_SESS_CACHE_OFF);
}

BeastHttpFetcher::~BeastHttpFetcher() = default;

std::string BeastHttpFetcher::RequestHead(const Url& url) const {
  return perspective::RequestHead(url, options_.user_agent);
}

std::uint16_t BeastHttpFetcher::TcpPort(const Url& url) const {
  if (url.port == 80 && options_.lab_http_port != 0) return options_.lab_http_port;
  if (url.port == 443 && options_.lab_https_port != 0) return options_.lab_https_port;
  return url.port;
}

asio::awaitable<void> BeastHttpFetcher::Fetch(const HttpRequest& request, HttpReply& reply) {
  beast::tcp_stream stream(co_await asio::this_coro::executor);
  stream.expires_after(absl::ToChronoNanoseconds(options_.connect_timeout));
  co_await Connect(stream, request.address, TcpPort(request.url), reply);
  if (!reply.connected) co_return;
  if (std::optional<Problem> problem = PeerProblem(stream, options_)) {
    reply.problem = *std::move(problem);
    co_return;
  }
  // One bound for all that follows.
  stream.expires_after(absl::ToChronoNanoseconds(options_.http_timeout));
  if (request.url.scheme == Url::Scheme::kHttp) {
    co_await Exchange(stream, request, options_, reply);
    co_return;
  }
  TlsStream tls(std::move(stream), *tls_);
  co_await Handshake(tls, request, reply);
  if (!reply.failed()) co_await Exchange(tls, request, options_, reply);
}

asio::awaitable<HttpReply> BeastHttpFetcher::Get(HttpRequest request) {
  HttpReply reply;
  if (!options_.may_connect(request.address)) {
    reply.problem = ReservedProblem(request.address);
    co_return reply;
  }
  try {
    co_await Fetch(request, reply);
  } catch (const boost::system::system_error& error) {
    if (error.code() == asio::error::operation_aborted) throw;
    reply.problem = {v1::Problem::INTERNAL_ERROR, error.what()};
  }
  // A cancelled operation ends like a broken one; only here the two are told apart.
  const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none) {
    throw boost::system::system_error(asio::error::operation_aborted);
  }
  co_return reply;
}

}  // namespace mpic::perspective
