// Web servers that want to hurt: each costs bounded time and memory, ends in the right kind of
// failure, and leaves nothing in the result that is not safe to show.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "perspective/methods/http_01.h"
#include "perspective/net/beast_http_fetcher.h"
#include "tests/support/hostile_http_server.h"
#include "tests/support/web_world.h"

namespace mpic::testing {
namespace {

using perspective::BeastHttpFetcher;
using perspective::BeastHttpFetcherOptions;
using perspective::Url;
using ::testing::ElementsAre;

constexpr char kLoopback[] = "127.0.0.1";
// What the kernel's buffers take from a server after its peer has stopped reading, amply; a flood
// that nobody stops is a gigabyte.
constexpr std::size_t kLittle = std::size_t{64} << 20;

BeastHttpFetcherOptions Options(const HostileHttpServer& server,
                                absl::Duration http_timeout = absl::Seconds(60)) {
  return {.connect_timeout = absl::Seconds(30),
          .http_timeout = http_timeout,
          .head_octets_max = 16 * 1024,
          .user_agent = "mpic-test/1",
          .may_connect = [](const IpAddress& address) { return address.is_loopback(); },
          .lab_ports = {.http = server.port(), .https = server.port()}};
}

HttpReply Get(const BeastHttpFetcherOptions& options, Url::Scheme scheme = Url::Scheme::kHttp) {
  const IpAddress loopback = IpAddress::Parse(kLoopback).value();
  BeastHttpFetcher fetcher(options);
  return RunAwaitable(fetcher.Get(
      {.url = {.scheme = scheme, .host = loopback, .port = perspective::DefaultPort(scheme)},
       .address = loopback,
       .body_octets_max = 1024}));
}

bool IsPrintable(const std::string& text) {
  return std::ranges::all_of(
      text, [](char c) { return absl::ascii_isprint(static_cast<unsigned char>(c)); });
}

void ExpectFailure(const HttpReply& reply, const char* kind) {
  EXPECT_EQ(v1::Problem::Kind_Name(reply.problem.kind), kind) << reply.problem.detail;
  EXPECT_TRUE(IsPrintable(reply.problem.detail)) << reply.problem.detail;
  EXPECT_EQ(reply.body, "");
}

TEST(HostileHttpTest, NoConnectionOverTheLimitOfAnAddress) {
  HostileHttpServer server(Says("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"));
  TargetLimit limit(1);
  BeastHttpFetcherOptions options = Options(server);
  options.take_place = [&](const IpAddress& address) {
    return limit.Enter(TargetOfAddress(address));
  };
  auto taken = limit.Enter(TargetOfAddress(IpAddress::Parse(kLoopback).value()));
  const HttpReply refused = Get(options);
  ExpectFailure(refused, "OVERLOADED");
  EXPECT_FALSE(refused.connected);
  taken.reset();
  EXPECT_EQ(Get(options).body, "hello");
  EXPECT_EQ(limit.size(), 0U);
  EXPECT_THAT(server.requests(), ::testing::SizeIs(1));
}

TEST(HostileHttpTest, FloodsEndWhenTheirBoundIsReached) {
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  const std::string chunked = ok + "Transfer-Encoding: chunked\r\n\r\n";
  const struct {
    const char* name;
    HostileAnswer answer;
    const char* kind;
  } cases[] = {
      {"1 GiB, announced",
       Flood(ok + "Content-Length: 1073741824\r\n\r\n", std::string(65536, 'b')), "BODY_TOO_LARGE"},
      {"1 GiB in chunks", Flood(chunked, "10\r\n0123456789abcdef\r\n"), "BODY_TOO_LARGE"},
      {"1 GiB, neither announced nor in chunks", Flood(ok + "\r\n", std::string(65536, 'b')),
       "BODY_TOO_LARGE"},
      {"chunks of one octet with long extensions",
       Flood(chunked, absl::StrCat("1;", std::string(1000, 'x'), "\r\nb\r\n")), "BODY_TOO_LARGE"},
      {"chunk sizes behind many zeros",
       Flood(chunked, absl::StrCat(std::string(1000, '0'), "1\r\nb\r\n")), "BODY_TOO_LARGE"},
      {"an extension without end", Flood(chunked + "1;", "xxxxxxxx"), "HTTP_MALFORMED"},
      {"a chunk size without end", Flood(chunked, "00000000"), "HTTP_MALFORMED"},
      {"trailers without end", Flood(chunked + "0\r\n", "X: y\r\n"), "HTTP_MALFORMED"},
      {"headers without end", Flood(ok, "X: y\r\n"), "HTTP_MALFORMED"},
      {"a header without end", Flood(ok + "X: ", "xxxxxxxx"), "HTTP_MALFORMED"},
      {"folded lines without end", Flood(ok + "X: y\r\n", " z\r\n"), "HTTP_MALFORMED"},
      {"a reason phrase without end", Flood("HTTP/1.1 200 ", "xxxxxxxx"), "HTTP_MALFORMED"},
      {"nothing but line ends", Flood("", "\r\n"), "HTTP_MALFORMED"},
      {"NULs", Flood("", std::string(4096, '\0')), "HTTP_MALFORMED"},
      {"100 Continue for ever", Flood("", "HTTP/1.1 100 Continue\r\n\r\n"), "HTTP_MALFORMED"},
      {"103 with large heads for ever",
       Flood("", absl::StrCat("HTTP/1.1 103 E\r\nLink: ", std::string(8000, 'x'), "\r\n\r\n")),
       "HTTP_MALFORMED"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    std::size_t sent = 0;
    {
      HostileHttpServer server(c.answer);
      ExpectFailure(Get(Options(server)), c.kind);
      while ((sent = server.octets_sent()) == 0) absl::SleepFor(absl::Milliseconds(1));
    }
    EXPECT_LT(sent, kLittle);
  }
}

TEST(HostileHttpTest, ServersThatTakeTheirTime) {
  const std::string drops(10000, 'x');
  const struct {
    const char* name;
    HostileAnswer answer;
    Url::Scheme scheme;
  } cases[] = {
      {"an octet now and then in the status line",
       {.dripped = "HTTP/1.1 200 " + drops},
       Url::Scheme::kHttp},
      {"an octet now and then in the head",
       {.octets = "HTTP/1.1 200 OK\r\nX: ", .dripped = drops},
       Url::Scheme::kHttp},
      {"an octet now and then in a chunk's extension",
       {.octets = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", .dripped = drops},
       Url::Scheme::kHttp},
      {"a head that never ends",
       {.octets = "HTTP/1.1 200 OK\r\nX: y\r\n", .end = HostileAnswer::End::kHold},
       Url::Scheme::kHttp},
      {"silence instead of a TLS handshake", NoResponse(), Url::Scheme::kHttps},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    HostileHttpServer server(c.answer);
    ExpectFailure(Get(Options(server, absl::Milliseconds(100)), c.scheme), "CONN_TIMEOUT");
  }
}

TEST(HostileHttpTest, HeadsThatAreNoHeads) {
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  const std::string end = "\r\n\r\nb";
  const std::string chunked = ok + "Transfer-Encoding: chunked\r\n\r\n";
  const struct {
    const char* name;
    std::string octets;
  } cases[] = {
      {"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
      {"HTTP/2 settings", std::string("\0\0\0\x04\0\0\0\0\0", 9)},
      {"NUL in the reason phrase", std::string("HTTP/1.1 200 O\0K\r\n\r\n", 20)},
      {"NUL in a name", ok + std::string("X\0: y\r\n\r\n", 9)},
      {"NUL in a value", ok + std::string("X: \0\r\n\r\n", 8)},
      {"NUL in Location", std::string("HTTP/1.1 302 F\r\nLocation: /a\0b\r\n\r\n", 34)},
      {"escape sequence in a value", ok + "X: \x1b[2J\r\n\r\n"},
      {"invalid UTF-8 in a name", ok + "X\xff: y\r\n\r\n"},
      {"blank before the colon", ok + "Content-Length : 1" + end},
      {"no colon", ok + "Content-Length" + end},
      {"line ends without CR", "HTTP/1.1 200 OK\nContent-Length: 1\n\nb\r\n\r\n"},
      {"lengths that differ in one header", ok + "Content-Length: 1, 2" + end},
      {"length in hexadecimal", ok + "Content-Length: 0x1" + end},
      {"length with a sign", ok + "Content-Length: +1" + end},
      {"no length", ok + "Content-Length:" + end},
      {"length of 2^64", ok + "Content-Length: 18446744073709551616" + end},
      {"chunks and length", chunked.substr(0, chunked.size() - 2) + "Content-Length: 1" + end},
      {"chunked twice",
       ok + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
      {"chunk size of 2^64", chunked + "10000000000000000\r\nb\r\n"},
      {"negative chunk size", chunked + "-1\r\nb\r\n0\r\n\r\n"},
      {"chunk longer than its size", chunked + "1\r\nbb\r\n0\r\n\r\n"},
      {"length in a trailer", chunked + "1\r\nb\r\n0\r\nContent-Length: 1\r\n\r\n"},
      {"4000 headers", ok +
                           [] {
                             std::string headers;
                             for (int i = 0; i < 4000; ++i) absl::StrAppend(&headers, "a:b\r\n");
                             return headers;
                           }() +
                           "\r\n"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    HostileHttpServer server(Says(c.octets));
    ExpectFailure(Get(Options(server)), "HTTP_MALFORMED");
  }
}

std::string InChunks(std::size_t octets, const std::string& extension) {
  std::string response = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (std::size_t i = 0; i < octets; ++i) absl::StrAppend(&response, "1", extension, "\r\nb\r\n");
  return absl::StrCat(response, "0\r\n\r\n");
}

TEST(HostileHttpTest, WhatSurroundsTheBodyHasALimitToo) {
  HostileHttpServer small_chunks(Says(InChunks(1024, "")));
  EXPECT_EQ(Get(Options(small_chunks)).body, std::string(1024, 'b'));
  HostileHttpServer extensions(Says(InChunks(100, absl::StrCat(";", std::string(1000, 'x')))));
  ExpectFailure(Get(Options(extensions)), "BODY_TOO_LARGE");
}

TEST(HostileHttpTest, LengthsThatAgreeAreOne) {
  HostileHttpServer server(Says("HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\nb"));
  EXPECT_EQ(Get(Options(server)).body, "b");
}

TEST(HostileHttpTest, LocationIsReportedAsItCame) {
  HostileHttpServer server(
      Says("HTTP/1.1 302 F\r\nX-Note: \xff\xfe\r\nLocation: /\xc3\x28\r\n\r\n"));
  EXPECT_THAT(Get(Options(server)).locations, ElementsAre("/\xc3\x28"));
}

// http-01 of an IP address: no DNS has a part in it.
v1::CheckResult RunHttp01(const HostileHttpServer& server) {
  BeastHttpFetcher http(Options(server));
  FakeDnsClient dns;
  FakeTlsProber tls;
  const FixedClock clock;
  const perspective::Limits limits;
  perspective::Senses senses{.dns = dns,
                             .http = http,
                             .tls = tls,
                             .clock = clock,
                             .limits = limits,
                             .may_connect = [](const IpAddress& a) { return a.is_loopback(); }};
  v1::Check check;
  check.mutable_identifier()->set_ip_address(kLoopback);
  check.mutable_http_01()->set_key_authorization(KeyAuthorizationText());
  v1::CheckResult result;
  perspective::CheckRun run{.check = check, .senses = senses, .result = result};
  RunAwaitable(perspective::CheckHttp01(run));
  return result;
}

TEST(HostileHttpTest, RedirectsInTheResult) {
  const struct {
    const char* name;
    std::string head;
    const char* verdict;
    const char* location;  // of the last step
    std::size_t requests;
  } cases[] = {
      {"vector 59: ever new targets", "Location: a/", "FAILED REDIRECT_LIMIT", "a/", 11},
      {"vector 59: itself", absl::StrCat("Location: ", kToken), "FAILED REDIRECT_LOOP", kToken, 1},
      {"two Locations", "Location: /a\r\nLocation: /b", "FAILED REDIRECT_LOCATION", "/a", 1},
      {"invalid UTF-8", "Location: /\xc3\x28", "FAILED REDIRECT_LOCATION", "/\\xc3(", 1},
      {"overlong UTF-8 of a slash",
       "Location: \xc0\xaf\xc0\xaf"
       "a.example/",
       "FAILED REDIRECT_LOCATION", "\\xc0\\xaf\\xc0\\xaf\\x61.example/", 1},
      {"folded", "Location: /a\r\n b", "FAILED REDIRECT_LOCATION", "/a b", 1},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    HostileHttpServer server(Says(absl::StrCat("HTTP/1.1 302 F\r\n", c.head, "\r\n\r\n")));
    const v1::CheckResult result = RunHttp01(server);
    EXPECT_EQ(Verdict(result), c.verdict) << result.problem().detail();
    EXPECT_TRUE(IsPrintable(result.problem().detail())) << result.problem().detail();
    ASSERT_GT(result.steps_size(), 0);
    EXPECT_EQ(result.steps(result.steps_size() - 1).http().location(), c.location);
    EXPECT_EQ(server.requests().size(), c.requests);
    v1::CheckResult reread;  // protobuf refuses strings that are not UTF-8
    EXPECT_TRUE(reread.ParseFromString(result.SerializeAsString()));
  }
}

// What the server is asked is what the applicant's log will show.
TEST(HostileHttpTest, AddressesAreAskedWithThemselvesInHost) {
  HostileHttpServer server(Says(absl::StrCat("HTTP/1.1 200 OK\r\n\r\n", KeyAuthorizationText())));
  EXPECT_EQ(Verdict(RunHttp01(server)), "PASSED");
  EXPECT_THAT(server.requests(),
              ElementsAre(absl::StrCat("GET /.well-known/acme-challenge/", kToken,
                                       " HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: mpic-test/1\r\n"
                                       "Accept: */*\r\nConnection: close\r\n\r\n")));
}

}  // namespace
}  // namespace mpic::testing
