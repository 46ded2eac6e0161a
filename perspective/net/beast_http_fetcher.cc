#include "perspective/net/beast_http_fetcher.h"

#include <openssl/ssl.h>

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/write.hpp>
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
#include "perspective/net/connection_problem.h"
#include "perspective/net/http_request_head.h"
#include "perspective/net/tcp_peer.h"
#include "perspective/net/tls_client_context.h"

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
// A body of chunks of one octet each takes six octets on the wire for each of its own.
constexpr std::size_t kChunkedOctetsPerOctet = 6;

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
  co_await stream.async_connect(ToEndpoint(address, port), Into(error));
  if (error) {
    reply.problem =
        ConnectionProblem(absl::StrCat("connect to ", address.url_host(), ":", port), error);
  }
  reply.connected = !error;
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

// A body that announces more than the limit is not read at all. What surrounds it on the wire
// (chunk extensions, trailers, zeros before a chunk's size) has a limit too: Beast has none.
template <typename Stream>
asio::awaitable<void> ReadBody(Stream& stream, beast::flat_buffer& buffer, ResponseParser& parser,
                               std::size_t octets_max, error_code& error) {
  if (parser.content_length().value_or(0) > octets_max) {
    error = http::make_error_code(http::error::body_limit);
    co_return;
  }
  parser.body_limit(octets_max);
  parser.eager(true);
  std::size_t wire_octets = 0;
  while (!error && !parser.is_done()) {
    wire_octets += co_await http::async_read_some(stream, buffer, parser, Into(error));
    if (!error && wire_octets > kChunkedOctetsPerOctet * octets_max + buffer.max_size()) {
      error = http::make_error_code(http::error::body_limit);
    }
  }
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
    : options_(std::move(options)), tls_(MakeTlsClientContext()) {}

BeastHttpFetcher::~BeastHttpFetcher() = default;

std::string BeastHttpFetcher::RequestHead(const Url& url) const {
  return perspective::RequestHead(url, options_.user_agent);
}

asio::awaitable<void> BeastHttpFetcher::Fetch(const HttpRequest& request, HttpReply& reply) {
  beast::tcp_stream stream(co_await asio::this_coro::executor);
  stream.expires_after(absl::ToChronoNanoseconds(options_.connect_timeout));
  co_await Connect(stream, request.address, options_.lab_ports.StandInFor(request.url.port), reply);
  if (!reply.connected) co_return;
  if (std::optional<Problem> problem = RefusePeer(stream.socket(), options_.may_connect)) {
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
  // Kept until the connection is closed.
  const std::optional<TargetLimit::Place> place = TakePlace(options_.take_place, request.address);
  if (!place) {
    reply.problem = CrowdedProblem(request.address);
    co_return reply;
  }
  try {
    co_await Fetch(request, reply);
  } catch (const boost::system::system_error& error) {
    if (error.code() == asio::error::operation_aborted) throw;
    reply.problem = {v1::Problem::INTERNAL_ERROR, error.what()};
  }
  co_await ThrowIfCancelled();
  co_return reply;
}

}  // namespace mpic::perspective
