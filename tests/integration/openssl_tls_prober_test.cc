#include "perspective/net/openssl_tls_prober.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/system_error.hpp>
#include <chrono>
#include <string>
#include <utility>

#include "absl/time/clock.h"
#include "common/reverse_zone.h"
#include "tests/support/full_listener.h"
#include "tests/support/hostile_tls_server.h"
#include "tests/support/run_awaitable.h"

namespace mpic::testing {
namespace {

using perspective::OpensslTlsProber;
using perspective::OpensslTlsProberOptions;
using perspective::TlsProbe;
using perspective::TlsProbeReply;
using ::testing::SizeIs;
using Does = TlsConduct::Does;

constexpr absl::Duration kLong = absl::Seconds(30);
constexpr char kOffered[] =
    "\x0a"
    "acme-tls/1";

IpAddress Loopback() { return IpAddress::Parse("127.0.0.1").value(); }

TlsProbe ShopProbe() {
  return {.address = Loopback(),
          .server_name = DomainName::ParseHost("shop.example.com").value(),
          .alpn = "acme-tls/1"};
}

// The server's port stands in for 443.
OpensslTlsProberOptions Options(std::uint16_t port) {
  return {.connect_timeout = kLong,
          .handshake_timeout = kLong,
          .certificate_list_octets_max = std::size_t{32} * 1024,
          .handshake_octets_max = std::size_t{64} * 1024,
          .may_connect = [](const IpAddress&) { return true; },
          .lab_ports = {.https = port}};
}

TlsProbeReply Probe(const OpensslTlsProberOptions& options, TlsProbe probe = ShopProbe()) {
  OpensslTlsProber prober(options);
  return RunAwaitable(prober.Probe(std::move(probe)));
}

std::string KindOf(const TlsProbeReply& reply) {
  return reply.failed() ? v1::Problem::Kind_Name(reply.problem.kind) : "";
}

const AcmeCertificate& Certificate() {
  static const auto& certificate = *new AcmeCertificate(GoodAcmeCertificate(std::string(32, 'd')));
  return certificate;
}

TEST(OpensslTlsProberTest, OffersOneProtocolAndSendsNoData) {
  HostileTlsServer server({.certificate = Certificate()});
  const TlsProbeReply reply = Probe(Options(server.port()));
  EXPECT_EQ(KindOf(reply), "") << reply.problem.detail;
  EXPECT_TRUE(reply.connected);
  EXPECT_EQ(reply.tls_version, "TLSv1.3");
  EXPECT_EQ(reply.selected_alpn, "acme-tls/1");
  EXPECT_EQ(reply.leaf_der, Certificate().der);
  const std::vector<TlsClient> clients = server.Clients();
  ASSERT_THAT(clients, SizeIs(1));
  EXPECT_EQ(clients[0].server_name, "shop.example.com");
  EXPECT_EQ(clients[0].offered_alpn, kOffered);
  EXPECT_EQ(clients[0].application_data, "");
}

TEST(OpensslTlsProberTest, NoConnectionOverTheLimitOfAnAddress) {
  HostileTlsServer server({.certificate = Certificate()});
  TargetLimit limit(1);
  OpensslTlsProberOptions options = Options(server.port());
  options.take_place = [&](const IpAddress& address) {
    return limit.Enter(TargetOfAddress(address));
  };
  std::optional<TargetLimit::Place> taken = limit.Enter(TargetOfAddress(ShopProbe().address));
  const TlsProbeReply refused = Probe(options);
  EXPECT_EQ(KindOf(refused), "OVERLOADED");
  EXPECT_FALSE(refused.connected);
  taken.reset();
  EXPECT_EQ(KindOf(Probe(options)), "");
  EXPECT_EQ(limit.size(), 0U);
  EXPECT_THAT(server.Clients(), SizeIs(1));
}

TEST(OpensslTlsProberTest, Vector73ServerNameOfAnAddress) {
  HostileTlsServer server({.certificate = Certificate()});
  TlsProbe probe = ShopProbe();
  probe.server_name = ReverseZoneName(IpAddress::Parse("2001:db8::1").value());
  EXPECT_EQ(KindOf(Probe(Options(server.port()), probe)), "");
  const std::vector<TlsClient> clients = server.Clients();
  ASSERT_THAT(clients, SizeIs(1));
  EXPECT_EQ(clients[0].server_name,
            "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa");
}

TEST(OpensslTlsProberTest, Tls12) {
  HostileTlsServer server({.certificate = Certificate(), .version = TLS1_2_VERSION});
  const TlsProbeReply reply = Probe(Options(server.port()));
  EXPECT_EQ(KindOf(reply), "") << reply.problem.detail;
  EXPECT_EQ(reply.tls_version, "TLSv1.2");
  EXPECT_EQ(reply.selected_alpn, "acme-tls/1");
  EXPECT_EQ(reply.leaf_der, Certificate().der);
}

TEST(OpensslTlsProberTest, NoProtocolIsReportedAsNone) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    HostileTlsServer server({.certificate = Certificate(), .alpn = "", .version = version});
    const TlsProbeReply reply = Probe(Options(server.port()));
    EXPECT_EQ(KindOf(reply), "") << reply.problem.detail;
    EXPECT_EQ(reply.selected_alpn, "");
  }
}

TEST(OpensslTlsProberTest, AnotherProtocolEndsTheHandshake) {
  for (const std::string alpn : {"h2", "acme-tls/2", "acme-tls/1.1", "ACME-TLS/1", "\xff\n"}) {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
      HostileTlsServer server({.certificate = Certificate(), .alpn = alpn, .version = version});
      const TlsProbeReply reply = Probe(Options(server.port()));
      EXPECT_EQ(KindOf(reply), "ALPN_NOT_NEGOTIATED") << reply.problem.detail;
      EXPECT_TRUE(reply.connected);
      EXPECT_EQ(reply.selected_alpn, alpn);
    }
  }
}

// Vector 70, as far as a handshake sees it.
TEST(OpensslTlsProberTest, AnyCertificateWillDo) {
  const struct {
    const char* name;
    AcmeLeaf leaf;
  } cases[] = {
      {"expired", {.starts = -absl::Hours(48), .ends = -absl::Hours(24)}},
      {"not yet valid", {.starts = absl::Hours(24), .ends = absl::Hours(48)}},
      {"wrong key usage", {.key_usage = "critical,keyCertSign"}},
      {"unknown critical extension", {.extensions = {{.oid = "1.2.3.4", .critical = true}}}},
      {"no name", {.subject_alt_names = {}}},
      {"extension twice", {.extensions = {AcmeExtension("x"), AcmeExtension("x")}}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const AcmeCertificate certificate = MakeAcmeCertificate(c.leaf);
    HostileTlsServer server({.certificate = certificate});
    const TlsProbeReply reply = Probe(Options(server.port()));
    EXPECT_EQ(KindOf(reply), "") << reply.problem.detail;
    EXPECT_EQ(reply.leaf_der, certificate.der);
  }
}

TEST(OpensslTlsProberTest, HandshakesThatDoNotComeAbout) {
  const AcmeCertificate giant = MakeAcmeCertificate(
      {.extensions = {{.oid = "1.2.3.4", .value = std::string(std::size_t{33} * 1024, 'x')}}});
  const struct {
    const char* name;
    TlsConduct conduct;
    const char* kind;
  } cases[] = {
      {"TLS 1.1 only", {.certificate = Certificate(), .version = TLS1_1_VERSION}, "TLS_VERSION"},
      {"no_application_protocol",
       {.certificate = Certificate(), .refuse_alpn = true},
       "ALPN_NOT_NEGOTIATED"},
      {"handshake_failure",
       {.does = Does::kSays, .octets = {"\x15\x03\x03\x00\x02\x02\x28", 7}},
       "TLS_ALERT"},
      {"protocol_version alert",
       {.does = Does::kSays, .octets = {"\x15\x03\x01\x00\x02\x02\x46", 7}},
       "TLS_VERSION"},
      {"plain HTTP",
       {.does = Does::kSaysAndCloses, .octets = "HTTP/1.1 400 Bad Request\r\n\r\n"},
       "NOT_TLS"},
      {"SSH", {.does = Does::kSays, .octets = "SSH-2.0-OpenSSH_9.2\r\n"}, "NOT_TLS"},
      {"closes at once", {.does = Does::kSaysAndCloses}, "CONN_RESET"},
      {"closes within a record",
       {.does = Does::kSaysAndCloses, .octets = {"\x16\x03\x03\x00\x40\x02", 6}},
       "CONN_RESET"},
      {"key that may not sign, by TLS 1.2",
       {.certificate = MakeAcmeCertificate({.key_usage = "critical,keyCertSign"}),
        .version = TLS1_2_VERSION},
       "TLS_ALERT"},
      {"leaves after its certificate",
       {.does = Does::kEndsAfterCertificate, .certificate = Certificate()},
       "CONN_RESET"},
      {"chain of 100 KiB", {.certificate = Certificate(), .extra_certificates = 300}, "TLS_ALERT"},
      {"certificate of 33 KiB", {.certificate = giant}, "TLS_ALERT"},
      {"certificate of 33 KiB by TLS 1.2",
       {.certificate = giant, .version = TLS1_2_VERSION},
       "TLS_ALERT"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    HostileTlsServer server(c.conduct);
    const TlsProbeReply reply = Probe(Options(server.port()));
    EXPECT_EQ(KindOf(reply), c.kind) << reply.problem.detail;
    EXPECT_TRUE(reply.connected);
    EXPECT_EQ(reply.tls_version, "");
  }
}

TEST(OpensslTlsProberTest, CertificateOfABrokenHandshakeIsKept) {
  HostileTlsServer server({.does = Does::kEndsAfterCertificate, .certificate = Certificate()});
  const TlsProbeReply reply = Probe(Options(server.port()));
  EXPECT_TRUE(reply.failed());
  EXPECT_EQ(reply.leaf_der, Certificate().der);
}

TEST(OpensslTlsProberTest, ALongListBelowTheLimitIsRead) {
  HostileTlsServer server({.certificate = Certificate(), .extra_certificates = 60});
  const TlsProbeReply reply = Probe(Options(server.port()));
  EXPECT_EQ(KindOf(reply), "") << reply.problem.detail;
  EXPECT_EQ(reply.leaf_der, Certificate().der);
}

TEST(OpensslTlsProberTest, OneBoundForTheWholeHandshake) {
  HostileTlsServer server({.does = Does::kSays});
  OpensslTlsProberOptions options = Options(server.port());
  options.handshake_timeout = absl::Milliseconds(60);
  const absl::Time started = absl::Now();
  const TlsProbeReply reply = Probe(options);
  EXPECT_EQ(KindOf(reply), "CONN_TIMEOUT") << reply.problem.detail;
  EXPECT_TRUE(reply.connected);
  EXPECT_LT(absl::Now() - started, kLong / 2);
}

// Messages that a client must ignore (RFC 5246 section 7.4.1.1), without end.
TEST(OpensslTlsProberTest, FloodOfHelloRequests) {
  const std::string hello_request("\x16\x03\x03\x00\x04\x00\x00\x00\x00", 9);
  TlsConduct conduct{.does = Does::kSays};
  for (int i = 0; i < 100'000; ++i) conduct.octets += hello_request;
  HostileTlsServer server(conduct);
  const TlsProbeReply reply = Probe(Options(server.port()));
  EXPECT_EQ(KindOf(reply), "TLS_ALERT");
  EXPECT_THAT(reply.problem.detail, ::testing::HasSubstr("65536 octets"));
  EXPECT_TRUE(reply.connected);
}

// Whatever the bound cuts off, it is no handshake.
TEST(OpensslTlsProberTest, EveryBoundOnOctets) {
  bool completed = false;
  for (std::size_t octets_max = 0; octets_max < 2048; octets_max += 16) {
    HostileTlsServer server({.certificate = Certificate()});
    OpensslTlsProberOptions options = Options(server.port());
    options.handshake_octets_max = octets_max;
    const TlsProbeReply reply = Probe(options);
    EXPECT_TRUE(reply.connected);
    if (reply.failed()) EXPECT_EQ(KindOf(reply), "TLS_ALERT") << reply.problem.detail;
    EXPECT_FALSE(completed && reply.failed()) << "more octets, less success";
    completed = !reply.failed();
  }
  EXPECT_TRUE(completed);
}

TEST(OpensslTlsProberTest, ConnectionsThatDoNotComeAbout) {
  std::uint16_t closed_port = 0;
  {
    HostileTlsServer server({.does = Does::kSays});
    closed_port = server.port();
  }
  const TlsProbeReply refused = Probe(Options(closed_port));
  EXPECT_EQ(KindOf(refused), "CONN_REFUSED") << "vector 76";
  EXPECT_FALSE(refused.connected);

  FullListener full;
  OpensslTlsProberOptions options = Options(full.port());
  options.connect_timeout = absl::Milliseconds(60);
  const TlsProbeReply timeout = Probe(options);
  EXPECT_EQ(KindOf(timeout), "CONN_TIMEOUT");
  EXPECT_FALSE(timeout.connected);

  // TCP to the broadcast address fails in every kernel before anything is sent.
  TlsProbe probe = ShopProbe();
  probe.address = IpAddress::Parse("255.255.255.255").value();
  const TlsProbeReply unreachable = Probe(Options(closed_port), probe);
  EXPECT_EQ(KindOf(unreachable), "CONN_UNREACHABLE") << unreachable.problem.detail;
  EXPECT_FALSE(unreachable.connected);
}

TEST(OpensslTlsProberTest, GuardForbidsTheAddressOrThePeer) {
  HostileTlsServer server({.certificate = Certificate()});
  OpensslTlsProberOptions options = Options(server.port());
  options.may_connect = [](const IpAddress&) { return false; };
  const TlsProbeReply forbidden = Probe(options);
  EXPECT_EQ(KindOf(forbidden), "ADDR_RESERVED");
  EXPECT_FALSE(forbidden.connected);

  int asked = 0;
  options.may_connect = [&](const IpAddress& address) {
    EXPECT_EQ(address.text(), "127.0.0.1");
    return ++asked == 1;
  };
  const TlsProbeReply peer = Probe(options);
  EXPECT_EQ(KindOf(peer), "ADDR_RESERVED");
  EXPECT_TRUE(peer.connected);
  EXPECT_EQ(asked, 2);
  const std::vector<TlsClient> clients = server.Clients();
  ASSERT_THAT(clients, SizeIs(1));
  EXPECT_EQ(clients[0].offered_alpn, "") << "nothing may be sent";
}

TEST(OpensslTlsProberTest, ProtocolsThatCannotBeOffered) {
  HostileTlsServer server({.certificate = Certificate()});
  for (const std::string& alpn : {std::string(), std::string(256, 'a')}) {
    TlsProbe probe = ShopProbe();
    probe.alpn = alpn;
    EXPECT_EQ(KindOf(Probe(Options(server.port()), probe)), "INTERNAL_ERROR");
  }
}

// Starts a probe, cancels it after 20 ms, and tells how it ended.
void ExpectCancelledAtOnce(std::uint16_t port) {
  OpensslTlsProber prober(Options(port));
  boost::asio::io_context loop;
  boost::asio::cancellation_signal signal;
  std::exception_ptr thrown;
  boost::asio::co_spawn(
      loop, prober.Probe(ShopProbe()),
      boost::asio::bind_cancellation_slot(
          signal.slot(), [&](std::exception_ptr error, const TlsProbeReply&) { thrown = error; }));
  boost::asio::steady_timer timer(loop, std::chrono::milliseconds(20));
  timer.async_wait([&](const boost::system::error_code&) {
    signal.emit(boost::asio::cancellation_type::terminal);
  });
  const absl::Time started = absl::Now();
  loop.run();
  EXPECT_LT(absl::Now() - started, kLong / 2);
  ASSERT_TRUE(thrown);
  try {
    std::rethrow_exception(thrown);
  } catch (const boost::system::system_error& error) {
    EXPECT_EQ(error.code(), boost::asio::error::operation_aborted);
  }
}

TEST(OpensslTlsProberTest, CancellationAtEveryStage) {
  {
    SCOPED_TRACE("connecting");
    FullListener full;
    ExpectCancelledAtOnce(full.port());
  }
  {
    SCOPED_TRACE("TLS handshake");
    HostileTlsServer server({.does = Does::kSays});
    ExpectCancelledAtOnce(server.port());
  }
}

}  // namespace
}  // namespace mpic::testing
