// Real handshakes on loopback.
#include "common/credentials.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/file_text.h"
#include "mpic/v1/coordinator.grpc.pb.h"
#include "tests/support/test_certificates.h"

namespace mpic {
namespace {

using ::testing::HasSubstr;

constexpr char kServer[] = "spiffe://test/server";
constexpr char kClient[] = "spiffe://test/client";

// Admits callers as every service does, and answers with their name.
class WhoAmI final : public v1::MpicService::CallbackService {
 public:
  explicit WhoAmI(config::v1::Tls tls) : tls_(std::move(tls)) {}

  grpc::ServerUnaryReactor* Corroborate(grpc::CallbackServerContext* context,
                                        const v1::CorroborateRequest* /*request*/,
                                        v1::CorroborateResponse* response) override {
    grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
    const absl::StatusOr<std::string> peer = AuthorizePeer(*context->auth_context(), tls_);
    if (peer.ok()) {
      response->set_request_id(*peer);
      reactor->Finish(grpc::Status::OK);
    } else {
      reactor->Finish({grpc::StatusCode::PERMISSION_DENIED, std::string(peer.status().message())});
    }
    return reactor;
  }

 private:
  config::v1::Tls tls_;
};

// A server on a free port of 127.0.0.1 with the credentials under test.
class TestServer {
 public:
  explicit TestServer(const config::v1::Tls& tls) : service_(tls) {
    const auto credentials = ServerCredentials(tls, "127.0.0.1:0");
    EXPECT_TRUE(credentials.ok()) << credentials.status();
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", *credentials, &port_);
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
  }

  int port() const { return port_; }
  std::string target() const { return absl::StrCat("127.0.0.1:", port_); }

 private:
  WhoAmI service_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

struct Outcome {
  grpc::Status status;
  std::string peer;  // as the server sees the caller
};

Outcome Call(const std::string& target,
             const std::shared_ptr<grpc::ChannelCredentials>& credentials,
             const std::string& host = "") {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  if (!host.empty()) arguments.SetSslTargetNameOverride(host);
  const auto stub =
      v1::MpicService::NewStub(grpc::CreateCustomChannel(target, credentials, arguments));
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
  v1::CorroborateResponse response;
  Outcome outcome;
  outcome.status = stub->Corroborate(&context, {}, &response);
  outcome.peer = response.request_id();
  return outcome;
}

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
  TestServer server_{server_tls_};
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

// The TLS version that OpenSSL's client agrees on when it offers at most `version`; 0 for none.
int NegotiatedVersion(int port, int version, const config::v1::Tls& tls) {
  SSL_CTX* const context = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_security_level(context, 0);
  SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
  SSL_CTX_set_max_proto_version(context, version);
  SSL_CTX_use_certificate_file(context, tls.certificate_file().c_str(), SSL_FILETYPE_PEM);
  SSL_CTX_use_PrivateKey_file(context, tls.private_key_file().c_str(), SSL_FILETYPE_PEM);
  const unsigned char http2[] = {2, 'h', '2'};
  SSL_CTX_set_alpn_protos(context, http2, sizeof http2);

  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  SSL* const ssl = SSL_new(context);
  SSL_set_fd(ssl, descriptor);
  int agreed = 0;
  if (::connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
      SSL_connect(ssl) == 1) {
    agreed = SSL_version(ssl);
  }
  SSL_free(ssl);
  SSL_CTX_free(context);
  ::close(descriptor);
  return agreed;
}

TEST_F(CredentialsTest, SpeaksTls13And12AndNothingOlder) {
  const config::v1::Tls client = ca_.TlsFor(kClient);
  EXPECT_EQ(NegotiatedVersion(server_.port(), TLS1_3_VERSION, client), TLS1_3_VERSION);
  EXPECT_EQ(NegotiatedVersion(server_.port(), TLS1_2_VERSION, client), TLS1_2_VERSION);
  EXPECT_EQ(NegotiatedVersion(server_.port(), TLS1_1_VERSION, client), 0);
  EXPECT_EQ(NegotiatedVersion(server_.port(), TLS1_VERSION, client), 0);
}

TEST(PlaintextTest, TheCallerIsLoopback) {
  config::v1::Tls plain;
  plain.set_insecure_loopback(true);
  const TestServer server(plain);
  const auto credentials = ChannelCredentials(plain, "", server.target());
  ASSERT_TRUE(credentials.ok()) << credentials.status();
  EXPECT_EQ(Call(server.target(), *credentials).peer, "loopback");
}

TEST_F(CredentialsTest, NobodyIsLoopbackOverTls) {
  config::v1::Tls lists_loopback = server_tls_;
  lists_loopback.add_allowed_peers("loopback");
  const TestServer server(lists_loopback);
  const config::v1::Tls client = TlsOfLeaf(ca_, {.uri_sans = {"spiffe://test/stranger"}});
  const auto credentials = ChannelCredentials(client, kServer, server.target());
  ASSERT_TRUE(credentials.ok());
  EXPECT_EQ(Call(server.target(), *credentials).status.error_code(),
            grpc::StatusCode::PERMISSION_DENIED);
}

}  // namespace
}  // namespace mpic
