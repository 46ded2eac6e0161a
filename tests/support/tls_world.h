// A server that says who called it, and clients that look at its certificate.
#ifndef MPIC_TESTS_SUPPORT_TLS_WORLD_H_
#define MPIC_TESTS_SUPPORT_TLS_WORLD_H_

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/credentials.h"
#include "mpic/v1/coordinator.grpc.pb.h"
#include "tests/support/tcp_exchange.h"

namespace mpic::testing {

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
class TlsServer {
 public:
  explicit TlsServer(const config::v1::Tls& tls)
      : TlsServer(tls, ServerCredentials(tls, "127.0.0.1:0")) {}
  TlsServer(const config::v1::Tls& tls, std::shared_ptr<RotatingCertificates> certificates)
      : TlsServer(tls, ServerCredentials(tls, "127.0.0.1:0", std::move(certificates))) {}

  int port() const { return port_; }
  std::string target() const { return absl::StrCat("127.0.0.1:", port_); }

 private:
  TlsServer(const config::v1::Tls& tls,
            absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> credentials)
      : service_(tls) {
    EXPECT_TRUE(credentials.ok()) << credentials.status();
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", *credentials, &port_);
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
  }

  WhoAmI service_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

struct Outcome {
  grpc::Status status;
  std::string peer;  // as the server sees the caller
};

inline Outcome CallOn(v1::MpicService::Stub& stub) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
  v1::CorroborateResponse response;
  Outcome outcome;
  outcome.status = stub.Corroborate(&context, {}, &response);
  outcome.peer = response.request_id();
  return outcome;
}

// On a connection of its own.
inline Outcome Call(const std::string& target,
                    const std::shared_ptr<grpc::ChannelCredentials>& credentials,
                    const std::string& host = "") {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  if (!host.empty()) arguments.SetSslTargetNameOverride(host);
  return CallOn(
      *v1::MpicService::NewStub(grpc::CreateCustomChannel(target, credentials, arguments)));
}

// What OpenSSL's client gets out of a handshake.
struct Handshake {
  int version = 0;          // agreed on; 0 when the handshake failed
  std::string common_name;  // of the server's certificate
};

// Offers at most `version`. `session`, where given, is resumed if it holds one and receives the
// server's; then the connection is read until the server's first octets, which it only sends when
// it lets the client in: `common_name` is empty when it does not.
inline Handshake ShakeHands(int port, const config::v1::Tls& tls, int version = TLS1_3_VERSION,
                            SSL_SESSION** session = nullptr) {
  SSL_CTX* const context = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_security_level(context, 0);
  SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
  SSL_CTX_set_max_proto_version(context, version);
  SSL_CTX_use_certificate_file(context, tls.certificate_file().c_str(), SSL_FILETYPE_PEM);
  SSL_CTX_use_PrivateKey_file(context, tls.private_key_file().c_str(), SSL_FILETYPE_PEM);
  const unsigned char http2[] = {2, 'h', '2'};
  SSL_CTX_set_alpn_protos(context, http2, sizeof http2);

  const int descriptor = ConnectTcp(port);
  SSL* const ssl = SSL_new(context);
  SSL_set_fd(ssl, descriptor);
  if (session != nullptr && *session != nullptr) SSL_set_session(ssl, *session);
  Handshake result;
  if (SSL_connect(ssl) == 1) {
    result.version = SSL_version(ssl);
    std::array<char, 64> name{};
    X509* const certificate = SSL_get1_peer_certificate(ssl);
    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name.data(),
                              name.size());
    X509_free(certificate);
    result.common_name = name.data();
    char octet = 0;
    if (session != nullptr) {
      if (SSL_read(ssl, &octet, 1) != 1) result.common_name.clear();
      SSL_SESSION_free(*session);
      *session = SSL_get1_session(ssl);
    }
  }
  SSL_free(ssl);
  SSL_CTX_free(context);
  ::close(descriptor);
  return result;
}

}  // namespace mpic::testing

#endif  // MPIC_TESTS_SUPPORT_TLS_WORLD_H_
