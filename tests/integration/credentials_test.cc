// Real handshakes on loopback.
#include "common/credentials.h"

#include <gmock/gmock.h>
#include <grpc/support/log.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <functional>
#include <map>
#include <string>

#include "absl/time/clock.h"
#include "common/file_text.h"
#include "common/grpc_log.h"
#include "common/handshake_failures.h"
#include "common/log.h"
#include "tests/support/test_certificates.h"
#include "tests/support/tls_world.h"

namespace mpic {
namespace {

using testing::Call;
using ::testing::HasSubstr;
using testing::Outcome;
using testing::ShakeHands;
using testing::TlsServer;

constexpr char kServer[] = "spiffe://test/server";
constexpr char kClient[] = "spiffe://test/client";

class CredentialsTest : public ::testing::Test {
 protected:
  Outcome CallAs(const config::v1::Tls& tls, const std::string& peer_name = kServer) const {
    const auto credentials = ChannelCredentials(tls, peer_name, server_.target());
    EXPECT_TRUE(credentials.ok()) << credentials.status();
    return credentials.ok() ? Call(server_.target(), *credentials) : Outcome{};
  }

  config::v1::Tls TlsOfLeaf(test::TestCa& ca, const test::TestLeaf& leaf) {
    const test::TestCertificateFiles files = ca.Issue("custom", leaf);
    config::v1::Tls tls = ca.TlsFor("unused");
    tls.set_certificate_file(files.certificate);
    tls.set_private_key_file(files.private_key);
    return tls;
  }

  test::TestCa ca_;
  config::v1::Tls server_tls_ = [this] {
    config::v1::Tls tls =
        TlsOfLeaf(ca_, {.uri_sans = {kServer}, .dns_sans = {"server.example", "*.wild.example"}});
    tls.add_allowed_peers(kClient);
    tls.add_allowed_peers("ra.example");
    return tls;
  }();
  TlsServer server_{server_tls_};
};

TEST_F(CredentialsTest, PeersKnowEachOtherByUri) {
  const Outcome outcome = CallAs(ca_.TlsFor(kClient));
  EXPECT_TRUE(outcome.status.ok()) << outcome.status.error_message();
  EXPECT_EQ(outcome.peer, kClient);
}

TEST_F(CredentialsTest, PeersKnowEachOtherByDnsName) {
  const config::v1::Tls client =
      TlsOfLeaf(ca_, {.uri_sans = {"spiffe://test/x"}, .dns_sans = {"b.example", "ra.example"}});
  const Outcome outcome = CallAs(client, "server.example");
  EXPECT_TRUE(outcome.status.ok()) << outcome.status.error_message();
  EXPECT_EQ(outcome.peer, "ra.example");
}

TEST_F(CredentialsTest, ClientsRefuseAServerOfAnotherName) {
  for (const char* name : {"spiffe://test/other", "spiffe://test/serve", "spiffe://test/server/",
                           "SPIFFE://test/server", "a.wild.example", "127.0.0.1"}) {
    SCOPED_TRACE(name);
    EXPECT_EQ(CallAs(ca_.TlsFor(kClient), name).status.error_code(), grpc::StatusCode::UNAVAILABLE);
  }
}

TEST_F(CredentialsTest, ClientsRefuseAServerOfAForeignCa) {
  test::TestCa foreign("Test CA");
  config::v1::Tls client = ca_.TlsFor(kClient);
  client.set_trusted_ca_file(foreign.certificate_file());
  EXPECT_EQ(CallAs(client).status.error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(CredentialsTest, ServersRefuseAClientOfAForeignCa) {
  test::TestCa foreign("Test CA");
  config::v1::Tls client = foreign.TlsFor(kClient);
  client.set_trusted_ca_file(ca_.certificate_file());
  EXPECT_EQ(CallAs(client).status.error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(CredentialsTest, ServersDenyPeersThatAreNotListedAndNameThem) {
  const config::v1::Tls client =
      TlsOfLeaf(ca_, {.uri_sans = {"spiffe://test/stranger"}, .dns_sans = {"x.ra.example"}});
  const Outcome outcome = CallAs(client);
  EXPECT_EQ(outcome.status.error_code(), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_THAT(outcome.status.error_message(), HasSubstr("spiffe://test/stranger, x.ra.example"));
}

TEST_F(CredentialsTest, ServersDenyPeersWithoutAnyName) {
  const Outcome outcome = CallAs(TlsOfLeaf(ca_, {}));
  EXPECT_EQ(outcome.status.error_code(), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_THAT(outcome.status.error_message(), HasSubstr("none presented"));
}

// gRPC's ordinary credentials, which let a client be as careless as an attacker would.
std::shared_ptr<grpc::ChannelCredentials> CarelessCredentials(
    const test::TestCa& ca, const test::TestCertificateFiles& identity) {
  const auto text = [](const std::string& path) {
    return path.empty() ? "" : ReadFileText(path, 1 << 20).value();
  };
  return grpc::SslCredentials(
      {text(ca.certificate_file()), text(identity.private_key), text(identity.certificate)});
}

TEST_F(CredentialsTest, ServersRefuseClientsWithoutAGoodCertificate) {
  const test::TestCertificateFiles good = ca_.Issue("good", {.uri_sans = {kClient}});
  const test::TestCertificateFiles expired = ca_.Issue(
      "expired", {.uri_sans = {kClient}, .starts = -absl::Hours(3), .ends = -absl::Hours(1)});
  const auto call = [this](const test::TestCertificateFiles& identity) {
    return Call(server_.target(), CarelessCredentials(ca_, identity), "server.example")
        .status.error_code();
  };
  EXPECT_EQ(call(good), grpc::StatusCode::OK) << "or the rest proves nothing";
  EXPECT_EQ(call({}), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(call(expired), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(Call(server_.target(), grpc::InsecureChannelCredentials()).status.error_code(),
            grpc::StatusCode::UNAVAILABLE);
}

TEST_F(CredentialsTest, SpeaksTls13And12AndNothingOlder) {
  const config::v1::Tls client = ca_.TlsFor(kClient);
  EXPECT_EQ(ShakeHands(server_.port(), client).version, TLS1_3_VERSION);
  EXPECT_EQ(ShakeHands(server_.port(), client, TLS1_2_VERSION).version, TLS1_2_VERSION);
  EXPECT_EQ(ShakeHands(server_.port(), client, TLS1_1_VERSION).version, 0);
  EXPECT_EQ(ShakeHands(server_.port(), client, TLS1_VERSION).version, 0);
}

TEST_F(CredentialsTest, SpiffeNamesAloneAreEnoughOnBothSides) {
  config::v1::Tls server_tls = ca_.TlsFor(kServer, {kClient});
  const TlsServer server(server_tls);
  const auto credentials = ChannelCredentials(ca_.TlsFor(kClient), kServer, server.target());
  ASSERT_TRUE(credentials.ok()) << credentials.status();
  const Outcome outcome = Call(server.target(), *credentials);
  EXPECT_TRUE(outcome.status.ok()) << outcome.status.error_message();
  EXPECT_EQ(outcome.peer, kClient);
}

std::map<std::string, double> HandshakeFailureCounts() {
  std::map<std::string, double> counts;
  const auto families = HandshakeFailures().Collect();
  for (const auto& metric : families.at(0).metric) {
    counts[metric.label.at(0).value] = metric.counter.value;
  }
  return counts;
}

TEST_F(CredentialsTest, RefusedHandshakesAreCounted) {
  InitLog("test", LogLevel::kError);
  RouteGrpcLog();
  test::TestCa foreign("Foreign CA");
  const config::v1::Tls client = ca_.TlsFor(kClient);
  struct Case {
    const char* reason;
    std::function<void()> attempt;
  };
  const Case cases[] = {
      {"protocol_version", [&] { ShakeHands(server_.port(), client, TLS1_1_VERSION); }},
      {"untrusted", [&] { ShakeHands(server_.port(), foreign.TlsFor(kClient)); }},
      {"no_certificate", [&] { ShakeHands(server_.port(), {}); }},
      {"plaintext", [&] { testing::Exchange(server_.port(), "GET / HTTP/1.1\r\n\r\n"); }},
      {"plaintext", [&] { testing::Exchange(server_.port(), "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"); }},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.reason);
    const double before = HandshakeFailureCounts().at(c.reason);
    c.attempt();
    // The server may take notice after the client; ctest bounds the wait.
    while (HandshakeFailureCounts().at(c.reason) == before) absl::SleepFor(absl::Milliseconds(5));
    EXPECT_EQ(HandshakeFailureCounts().at(c.reason), before + 1);
  }
  gpr_set_log_function(nullptr);
  InitLog("mpic", LogLevel::kInfo);
}

TEST(PlaintextTest, TheCallerIsLoopback) {
  config::v1::Tls plain;
  plain.set_insecure_loopback(true);
  const TlsServer server(plain);
  const auto credentials = ChannelCredentials(plain, "", server.target());
  ASSERT_TRUE(credentials.ok()) << credentials.status();
  EXPECT_EQ(Call(server.target(), *credentials).peer, "loopback");
}

TEST_F(CredentialsTest, NobodyIsLoopbackOverTls) {
  config::v1::Tls lists_loopback = server_tls_;
  lists_loopback.add_allowed_peers("loopback");
  const TlsServer server(lists_loopback);
  const config::v1::Tls client = TlsOfLeaf(ca_, {.uri_sans = {"spiffe://test/stranger"}});
  const auto credentials = ChannelCredentials(client, kServer, server.target());
  ASSERT_TRUE(credentials.ok());
  EXPECT_EQ(Call(server.target(), *credentials).status.error_code(),
            grpc::StatusCode::PERMISSION_DENIED);
}

}  // namespace
}  // namespace mpic
