#include "perspective/net/beast_http_fetcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/system_error.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/support/full_listener.h"
#include "tests/support/hostile_http_server.h"
#include "tests/support/run_awaitable.h"
#include "tests/support/test_certificates.h"

namespace mpic::testing {
namespace {

using perspective::BeastHttpFetcher;
using perspective::BeastHttpFetcherOptions;
using perspective::HttpReply;
using perspective::HttpRequest;
using perspective::Url;
using ::testing::ElementsAre;
using Speaks = HostileHttpServer::Speaks;

constexpr absl::Duration kLong = absl::Seconds(30);

IpAddress Loopback() { return IpAddress::Parse("127.0.0.1").value(); }

Url ShopUrl(Url::Scheme scheme = Url::Scheme::kHttp) {
  return {.scheme = scheme,
          .host = DomainName::ParseHost("shop.example.com").value(),
          .port = perspective::DefaultPort(scheme),
          .target = "/x?y"};
}

// The server's port stands in for 80 and 443.
BeastHttpFetcherOptions Options(std::uint16_t port) {
  return {.connect_timeout = kLong,
          .http_timeout = kLong,
          .head_octets_max = 16 * 1024,
          .user_agent = "mpic-test/1",
          .may_connect = [](const IpAddress&) { return true; },
          .lab_ports = {.http = port, .https = port}};
}

HttpReply Get(const BeastHttpFetcherOptions& options, const Url& url,
              std::size_t body_octets_max = 1024) {
  BeastHttpFetcher fetcher(options);
  return RunAwaitable(fetcher.Get(
      HttpRequest{.url = url, .address = Loopback(), .body_octets_max = body_octets_max}));
}

std::string KindOf(const HttpReply& reply) {
  return reply.failed() ? v1::Problem::Kind_Name(reply.problem.kind) : "";
}

const test::TestCertificateFiles& ServerCertificate() {
  static test::TestCa& ca = *new test::TestCa("Unknown CA");
  static const auto& files =
      *new test::TestCertificateFiles(ca.Issue("server", {.dns_sans = {"other.example.com"}}));
  return files;
}

TEST(BeastHttpFetcherTest, SendsExactlyTheRequestHead) {
  HostileHttpServer server(Says("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"));
  const HttpReply reply = Get(Options(server.port()), ShopUrl());
  EXPECT_EQ(KindOf(reply), "") << reply.problem.detail;
  EXPECT_TRUE(reply.connected);
  EXPECT_EQ(reply.status, 200U);
  EXPECT_EQ(reply.body, "hello");
  EXPECT_EQ(reply.tls_version, "");
  EXPECT_THAT(server.requests(),
              ElementsAre("GET /x?y HTTP/1.1\r\nHost: shop.example.com\r\n"
                          "User-Agent: mpic-test/1\r\nAccept: */*\r\nConnection: close\r\n\r\n"));
}

TEST(BeastHttpFetcherTest, WellFormedResponses) {
  const struct {
    const char* name;
    std::string octets;
    unsigned status;
    std::string body;
  } cases[] = {
      {"chunked with extension and trailer",
       "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
       "2;a=b\r\nhe\r\n3\r\nllo\r\n0\r\nX: y\r\n\r\n",
       200, "hello"},
      {"ended by the connection", "HTTP/1.1 200 OK\r\n\r\nhello", 200, "hello"},
      {"HTTP/1.0", "HTTP/1.0 200 OK\r\n\r\nhello", 200, "hello"},
      {"more than Content-Length", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhello", 200, "he"},
      {"204", "HTTP/1.1 204 No Content\r\n\r\n", 204, ""},
      {"five interim responses",
       "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
       "HTTP/1.1 102 P\r\n\r\nHTTP/1.1 102 P\r\n\r\nHTTP/1.1 102 P\r\n\r\n"
       "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
       200, "hello"},
      {"404, its body unread",
       absl::StrCat("HTTP/1.1 404 No\r\nContent-Length: 5000\r\n\r\n", std::string(5000, 'x')), 404,
       ""},
      {"redirect, its body unread",
       "HTTP/1.1 302 Found\r\nLocation: /a\r\nContent-Length: 5000\r\n\r\nx", 302, ""},
      {"no reason phrase", "HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n", 200, ""},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    HostileHttpServer server(Says(c.octets));
    const HttpReply reply = Get(Options(server.port()), ShopUrl());
    EXPECT_EQ(KindOf(reply), "") << reply.problem.detail;
    EXPECT_EQ(reply.status, c.status);
    EXPECT_EQ(reply.body, c.body);
  }
}

TEST(BeastHttpFetcherTest, EveryLocationIsReported) {
  HostileHttpServer server(
      Says("HTTP/1.1 302 F\r\nLocation: /a\r\nX: y\r\nlocation:  /b \r\n\r\n"));
  EXPECT_THAT(Get(Options(server.port()), ShopUrl()).locations, ElementsAre("/a", "/b"));
}

TEST(BeastHttpFetcherTest, BrokenResponses) {
  const struct {
    const char* name;
    HostileAnswer answer;
    const char* kind;
  } cases[] = {
      {"closed without a response", CloseWithoutResponse(), "CONN_RESET"},
      {"reset", ResetWithoutResponse(), "CONN_RESET"},
      {"closed within the head", Says("HTTP/1.1 200 OK\r\nX: "), "CONN_RESET"},
      {"closed after the head", CloseAfterHead(), "CONN_RESET"},
      {"Content-Length longer than the body", TruncatedContentLength(), "CONN_RESET"},
      {"chunks without an end", TruncatedChunks(), "CONN_RESET"},
      {"garbage", Garbage(), "HTTP_MALFORMED"},
      {"HTTP/2", Says("HTTP/2.0 200 OK\r\n\r\n"), "HTTP_MALFORMED"},
      {"HTTP/0.9", Says("<p>hello</p>\r\n\r\n"), "HTTP_MALFORMED"},
      {"status of two digits", Says("HTTP/1.1 20 OK\r\n\r\n"), "HTTP_MALFORMED"},
      {"status 099", Says("HTTP/1.1 099 OK\r\n\r\n"), "HTTP_MALFORMED"},
      {"two lengths", Says("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
       "HTTP_MALFORMED"},
      {"length and chunks",
       Says("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\na"),
       "HTTP_MALFORMED"},
      {"negative length", Says("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"), "HTTP_MALFORMED"},
      {"broken chunk",
       Says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n"),
       "HTTP_MALFORMED"},
      {"another protocol", Says("HTTP/1.1 101 Switching Protocols\r\n\r\n"), "HTTP_MALFORMED"},
      {"interim responses without end",
       Says(absl::StrCat("HTTP/1.1 100 C\r\n\r\nHTTP/1.1 100 C\r\n\r\nHTTP/1.1 100 C\r\n\r\n",
                         "HTTP/1.1 100 C\r\n\r\nHTTP/1.1 100 C\r\n\r\nHTTP/1.1 100 C\r\n\r\n",
                         "HTTP/1.1 200 OK\r\n\r\n")),
       "HTTP_MALFORMED"},
      {"head over the limit", OversizedHead(std::size_t{16} * 1024), "HTTP_MALFORMED"},
      {"vector 62: body of 1 MB", BodyOf(1 << 20), "BODY_TOO_LARGE"},
      {"Content-Length alone over the limit",
       Says("HTTP/1.1 200 OK\r\nContent-Length: 1025\r\n\r\n"), "BODY_TOO_LARGE"},
      {"Content-Length near 2^64",
       Says("HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\n"), "BODY_TOO_LARGE"},
      {"1 MB without Content-Length", EndlessBody(), "BODY_TOO_LARGE"},
      {"chunk over the limit",
       Says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n"), "BODY_TOO_LARGE"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    HostileHttpServer server(c.answer);
    const HttpReply reply = Get(Options(server.port()), ShopUrl());
    EXPECT_EQ(KindOf(reply), c.kind) << reply.problem.detail;
    EXPECT_TRUE(reply.connected);
    EXPECT_EQ(reply.body, "");
  }
}

TEST(BeastHttpFetcherTest, BodyOfExactlyTheLimitIsWhole) {
  HostileHttpServer server(BodyOf(128));
  EXPECT_EQ(Get(Options(server.port()), ShopUrl(), 128).body.size(), 128U);
  EXPECT_EQ(KindOf(Get(Options(server.port()), ShopUrl(), 127)), "BODY_TOO_LARGE");
}

TEST(BeastHttpFetcherTest, OneBoundForTheWholeResponse) {
  for (const HostileAnswer& answer : {NoResponse(), SlowBody()}) {
    HostileHttpServer server(answer);
    BeastHttpFetcherOptions options = Options(server.port());
    options.http_timeout = absl::Milliseconds(60);
    const absl::Time started = absl::Now();
    const HttpReply reply = Get(options, ShopUrl(), 20000);
    EXPECT_EQ(KindOf(reply), "CONN_TIMEOUT") << reply.problem.detail;
    EXPECT_TRUE(reply.connected);
    EXPECT_LT(absl::Now() - started, absl::Seconds(10));
  }
}

TEST(BeastHttpFetcherTest, ConnectionsThatDoNotComeAbout) {
  std::uint16_t closed_port = 0;
  {
    HostileHttpServer server(NoResponse());
    closed_port = server.port();
  }
  const HttpReply refused = Get(Options(closed_port), ShopUrl());
  EXPECT_EQ(KindOf(refused), "CONN_REFUSED");
  EXPECT_FALSE(refused.connected);

  FullListener full;
  BeastHttpFetcherOptions options = Options(full.port());
  options.connect_timeout = absl::Milliseconds(60);
  const HttpReply timeout = Get(options, ShopUrl());
  EXPECT_EQ(KindOf(timeout), "CONN_TIMEOUT");
  EXPECT_FALSE(timeout.connected);

  // TCP to the broadcast address fails in every kernel before anything is sent.
  BeastHttpFetcher fetcher(Options(closed_port));
  const HttpReply unreachable = RunAwaitable(fetcher.Get(
      HttpRequest{.url = ShopUrl(), .address = IpAddress::Parse("255.255.255.255").value()}));
  EXPECT_EQ(KindOf(unreachable), "CONN_UNREACHABLE") << unreachable.problem.detail;
  EXPECT_FALSE(unreachable.connected);
}

TEST(BeastHttpFetcherTest, TlsWithAnyCertificateAndServerNameForNamesAlone) {
  HostileHttpServer server(Says("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"), Speaks::kTls,
                           ServerCertificate().certificate, ServerCertificate().private_key);
  const HttpReply reply = Get(Options(server.port()), ShopUrl(Url::Scheme::kHttps));
  EXPECT_EQ(KindOf(reply), "") << reply.problem.detail;
  EXPECT_EQ(reply.body, "hello");
  EXPECT_EQ(reply.tls_version, "TLSv1.3");
  Url literal = ShopUrl(Url::Scheme::kHttps);
  literal.host = Loopback();
  EXPECT_EQ(Get(Options(server.port()), literal).body, "hello");
  EXPECT_THAT(server.server_names(), ElementsAre("shop.example.com", ""));
  ASSERT_EQ(server.requests().size(), 2U);
  EXPECT_TRUE(absl::StrContains(server.requests()[1], "\r\nHost: 127.0.0.1\r\n"));
}

TEST(BeastHttpFetcherTest, BrokenTls) {
  HostileAnswer cut = Says("HTTP/1.1 200 OK\r\n\r\nhello");
  cut.close_notify = false;
  const struct {
    const char* name;
    HostileAnswer answer;
    Speaks speaks;
    const char* kind;
  } cases[] = {
      {"TLS 1.1 only", NoResponse(), Speaks::kTls11Only, "TLS_VERSION"},
      {"connection-delimited body without close_notify", cut, Speaks::kTls, "CONN_RESET"},
      {"body over the limit", BodyOf(2000), Speaks::kTls, "BODY_TOO_LARGE"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    HostileHttpServer server(c.answer, c.speaks, ServerCertificate().certificate,
                             ServerCertificate().private_key);
    const HttpReply reply = Get(Options(server.port()), ShopUrl(Url::Scheme::kHttps));
    EXPECT_EQ(KindOf(reply), c.kind) << reply.problem.detail;
    EXPECT_TRUE(reply.connected);
  }
}

// Speaks at once, like SMTP and SSH.
TEST(BeastHttpFetcherTest, PlaintextOnTheTlsPort) {
  boost::asio::io_context loop;
  boost::asio::ip::tcp::acceptor acceptor(loop, {boost::asio::ip::address_v4::loopback(), 0});
  std::thread speaker([&] {
    auto connection = acceptor.accept();
    boost::system::error_code ignored;
    boost::asio::write(connection, boost::asio::buffer("HTTP/1.1 400 Bad Request\r\n\r\n", 28),
                       ignored);
    char octet = 0;
    while (connection.read_some(boost::asio::buffer(&octet, 1), ignored) > 0) {
    }
  });
  const HttpReply reply =
      Get(Options(acceptor.local_endpoint().port()), ShopUrl(Url::Scheme::kHttps));
  speaker.join();
  EXPECT_EQ(KindOf(reply), "NOT_TLS") << reply.problem.detail;
  EXPECT_TRUE(reply.connected);
}

TEST(BeastHttpFetcherTest, GuardForbidsTheAddress) {
  HostileHttpServer server(BodyOf(5));
  BeastHttpFetcherOptions options = Options(server.port());
  options.may_connect = [](const IpAddress&) { return false; };
  const HttpReply reply = Get(options, ShopUrl());
  EXPECT_EQ(KindOf(reply), "ADDR_RESERVED");
  EXPECT_FALSE(reply.connected);
}

TEST(BeastHttpFetcherTest, GuardForbidsThePeerBeforeAnythingIsSent) {
  HostileHttpServer server(BodyOf(5));
  BeastHttpFetcherOptions options = Options(server.port());
  int asked = 0;
  options.may_connect = [&](const IpAddress& address) {
    EXPECT_EQ(address.text(), "127.0.0.1");
    return ++asked == 1;
  };
  const HttpReply reply = Get(options, ShopUrl());
  EXPECT_EQ(KindOf(reply), "ADDR_RESERVED");
  EXPECT_TRUE(reply.connected);
  EXPECT_EQ(asked, 2);
  while (server.requests().empty()) absl::SleepFor(absl::Milliseconds(1));
  EXPECT_THAT(server.requests(), ElementsAre(""));
}

// Starts a GET, cancels it after 20 ms, and tells how it ended.
void ExpectCancelledAtOnce(std::uint16_t port, Url::Scheme scheme) {
  TargetLimit limit(1);
  BeastHttpFetcherOptions options = Options(port);
  options.take_place = [&](const IpAddress& address) {
    return limit.Enter(TargetOfAddress(address));
  };
  BeastHttpFetcher fetcher(options);
  boost::asio::io_context loop;
  boost::asio::cancellation_signal signal;
  std::exception_ptr thrown;
  boost::asio::co_spawn(
      loop, fetcher.Get({.url = ShopUrl(scheme), .address = Loopback(), .body_octets_max = 20000}),
      boost::asio::bind_cancellation_slot(
          signal.slot(), [&](std::exception_ptr error, const HttpReply&) { thrown = error; }));
  boost::asio::steady_timer timer(loop, std::chrono::milliseconds(20));
  timer.async_wait([&](const boost::system::error_code&) {
    signal.emit(boost::asio::cancellation_type::terminal);
  });
  const absl::Time started = absl::Now();
  loop.run();
  EXPECT_LT(absl::Now() - started, kLong / 2);
  EXPECT_EQ(limit.size(), 0U);
  ASSERT_TRUE(thrown);
  try {
    std::rethrow_exception(thrown);
  } catch (const boost::system::system_error& error) {
    EXPECT_EQ(error.code(), boost::asio::error::operation_aborted);
  }
}

TEST(BeastHttpFetcherTest, CancellationAtEveryStage) {
  {
    SCOPED_TRACE("connecting");
    FullListener full;
    ExpectCancelledAtOnce(full.port(), Url::Scheme::kHttp);
  }
  {
    SCOPED_TRACE("TLS handshake");
    HostileHttpServer server(NoResponse());
    ExpectCancelledAtOnce(server.port(), Url::Scheme::kHttps);
  }
  {
    SCOPED_TRACE("waiting for the head");
    HostileHttpServer server(NoResponse());
    ExpectCancelledAtOnce(server.port(), Url::Scheme::kHttp);
  }
  {
    SCOPED_TRACE("waiting for the head by TLS");
    HostileHttpServer server(NoResponse(), Speaks::kTls, ServerCertificate().certificate,
                             ServerCertificate().private_key);
    ExpectCancelledAtOnce(server.port(), Url::Scheme::kHttps);
  }
  {
    SCOPED_TRACE("reading the body");
    HostileHttpServer server(SlowBody());
    ExpectCancelledAtOnce(server.port(), Url::Scheme::kHttp);
  }
}

TEST(BeastHttpFetcherTest, OtherPortsAreNotMapped) {
  HostileHttpServer server(BodyOf(5));
  Url url = ShopUrl();
  url.port = server.port();
  BeastHttpFetcherOptions options = Options(1);
  EXPECT_EQ(Get(options, url).body, "bbbbb");
  EXPECT_TRUE(absl::StrContains(server.requests().at(0),
                                absl::StrCat("Host: shop.example.com:", server.port(), "\r\n")));
}

}  // namespace
}  // namespace mpic::testing
