#include "tests/support/hostile_tls_server.h"

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace mpic::testing {
namespace {

constexpr std::uint8_t kClientKeyExchange = 16;  // RFC 5246 section 7.4

void Require(bool condition, const char* what) {
  if (condition) return;
  std::perror(what);
  std::abort();
}

// The two sides of one connection, for OpenSSL's callbacks.
struct Connection {
  const TlsConduct& conduct;
  TlsClient client;
};

// NOLINTNEXTLINE(readability-function-size): the signature is OpenSSL's.
int SelectAlpn(SSL* tls, const unsigned char** selected, unsigned char* size,
               const unsigned char* offered, unsigned offered_size, void*) {
  auto& connection = *static_cast<Connection*>(SSL_get_app_data(tls));
  connection.client.offered_alpn.assign(reinterpret_cast<const char*>(offered), offered_size);
  if (connection.conduct.refuse_alpn) return SSL_TLSEXT_ERR_ALERT_FATAL;
  const std::string& alpn = connection.conduct.alpn;
  if (alpn.empty()) return SSL_TLSEXT_ERR_NOACK;
  *selected = reinterpret_cast<const unsigned char*>(alpn.data());
  *size = static_cast<unsigned char>(alpn.size());
  return SSL_TLSEXT_ERR_OK;
}

// The client has seen the certificate by the time it sends its key exchange.
// NOLINTNEXTLINE(readability-function-size): the signature is OpenSSL's.
void EndAtKeyExchange(int write, int, int content_type, const void* octets, std::size_t size,
                      SSL* tls, void*) {
  if (write != 0 || content_type != SSL3_RT_HANDSHAKE || size == 0) return;
  if (*static_cast<const std::uint8_t*>(octets) != kClientKeyExchange) return;
  shutdown(SSL_get_fd(tls), SHUT_RDWR);
}

void SetVersion(SSL_CTX* context, const TlsConduct& conduct) {
  const bool cut = conduct.does == TlsConduct::Does::kEndsAfterCertificate;
  const int version = cut ? TLS1_2_VERSION : conduct.version;
  // OpenSSL 3 speaks TLS 1.1 at security level 0 alone.
  Require(SSL_CTX_set_cipher_list(context, "DEFAULT@SECLEVEL=0") == 1, "cipher list");
  SSL_CTX_set_min_proto_version(context, version);
  SSL_CTX_set_max_proto_version(context, version);
  if (cut) SSL_CTX_set_msg_callback(context, EndAtKeyExchange);
}

X509* Read(const std::string& der) {
  const auto* cursor = reinterpret_cast<const unsigned char*>(der.data());
  X509* const certificate = d2i_X509(nullptr, &cursor, static_cast<long>(der.size()));
  Require(certificate != nullptr, "d2i_X509");
  return certificate;
}

SSL_CTX* MakeTls(const TlsConduct& conduct) {
  SSL_CTX* const context = SSL_CTX_new(TLS_server_method());
  Require(context != nullptr, "SSL_CTX_new");
  SetVersion(context, conduct);
  SSL_CTX_set_alpn_select_cb(context, SelectAlpn, nullptr);
  const AcmeCertificate& own = conduct.certificate;
  X509* const leaf = Read(own.der);
  Require(SSL_CTX_use_certificate(context, leaf) == 1, "certificate");
  X509_free(leaf);
  const auto* key = reinterpret_cast<const unsigned char*>(own.key_der.data());
  Require(SSL_CTX_use_PrivateKey_ASN1(EVP_PKEY_EC, context, key,
                                      static_cast<long>(own.key_der.size())) == 1,
          "key");
  for (std::size_t i = 0; i < conduct.extra_certificates; ++i) {
    Require(SSL_CTX_add_extra_chain_cert(context, Read(own.der)) == 1, "chain");
  }
  return context;
}

// In place of a handshake. Without octets: silence.
void Say(int connection, const TlsConduct& conduct) {
  char ignored[4096];
  if (recv(connection, ignored, sizeof(ignored), 0) <= 0) return;
  (void)send(connection, conduct.octets.data(), conduct.octets.size(), MSG_NOSIGNAL);
  if (conduct.does == TlsConduct::Does::kSaysAndCloses) shutdown(connection, SHUT_WR);
  while (recv(connection, ignored, sizeof(ignored), 0) > 0) {
  }
}

}  // namespace

HostileTlsServer::HostileTlsServer(TlsConduct conduct) : conduct_(std::move(conduct)) {
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL
  if (!conduct_.certificate.der.empty()) tls_ = MakeTls(conduct_);
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  Require(bind(listener_, generic, size) == 0, "bind");
  Require(listen(listener_, 16) == 0, "listen");
  Require(getsockname(listener_, generic, &size) == 0, "getsockname");
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { Serve(); });
}

HostileTlsServer::~HostileTlsServer() {
  {
    const absl::MutexLock lock(&mutex_);
    stopping_ = true;
    shutdown(listener_, SHUT_RDWR);  // wakes accept
    if (connection_ >= 0) shutdown(connection_, SHUT_RDWR);
  }
  thread_.join();
  close(listener_);
  SSL_CTX_free(tls_);
}

std::vector<TlsClient> HostileTlsServer::Clients() {
  const absl::MutexLock lock(&mutex_);
  mutex_.Await(absl::Condition(
      +[](HostileTlsServer* self) ABSL_NO_THREAD_SAFETY_ANALYSIS {
        return self->connection_ < 0 && !self->clients_.empty();
      },
      this));
  return clients_;
}

void HostileTlsServer::Serve() {
  while (true) {
    const int connection = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    {
      const absl::MutexLock lock(&mutex_);
      if (stopping_ || connection < 0) {
        if (connection >= 0) close(connection);
        return;
      }
      connection_ = connection;
    }
    ServeConnection(connection);
    const absl::MutexLock lock(&mutex_);
    connection_ = -1;
    close(connection);
  }
}

void HostileTlsServer::ServeConnection(int connection) {
  const bool speaks_tls = conduct_.does == TlsConduct::Does::kHandshake ||
                          conduct_.does == TlsConduct::Does::kEndsAfterCertificate;
  TlsClient client;
  if (speaks_tls) {
    client = Accept(connection);
  } else {
    Say(connection, conduct_);
  }
  const absl::MutexLock lock(&mutex_);
  clients_.push_back(std::move(client));
}

TlsClient HostileTlsServer::Accept(int connection) {
  Connection seen{.conduct = conduct_};
  SSL* const tls = SSL_new(tls_);
  SSL_set_app_data(tls, &seen);
  SSL_set_fd(tls, connection);
  if (SSL_accept(tls) == 1) {
    char octets[4096];
    for (int count = 0; (count = SSL_read(tls, octets, sizeof(octets))) > 0;) {
      seen.client.application_data.append(octets, static_cast<std::size_t>(count));
    }
  }
  if (const char* name = SSL_get_servername(tls, TLSEXT_NAMETYPE_host_name)) {
    seen.client.server_name = name;
  }
  SSL_free(tls);
  return seen.client;
}

}  // namespace mpic::testing
