#include "tests/support/hostile_http_server.h"

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace mpic::testing {
namespace {

void Require(bool condition, const char* what) {
  if (condition) return;
  std::perror(what);
  std::abort();
}

// One connection, in clear or by TLS.
struct Channel {
  int socket = -1;
  SSL* tls = nullptr;

  // 0 or less at the end.
  long Read(char* buffer, std::size_t size) const {
    if (tls != nullptr) return SSL_read(tls, buffer, static_cast<int>(size));
    return recv(socket, buffer, size, 0);
  }
  bool Write(const std::string& octets) const {
    std::size_t sent = 0;
    while (sent < octets.size()) {
      const std::size_t rest = octets.size() - sent;
      const long wrote = tls != nullptr
                             ? SSL_write(tls, octets.data() + sent, static_cast<int>(rest))
                             : send(socket, octets.data() + sent, rest, MSG_NOSIGNAL);
      if (wrote <= 0) return false;
      sent += static_cast<std::size_t>(wrote);
    }
    return true;
  }
};

constexpr std::size_t kFloodOctetsMax = std::size_t{1} << 30;

std::string ReadHead(const Channel& channel) {
  std::string head;
  char buffer[4096];
  while (!absl::StrContains(head, "\r\n\r\n")) {
    const long count = channel.Read(buffer, sizeof(buffer));
    if (count <= 0) break;
    head.append(buffer, static_cast<std::size_t>(count));
  }
  return head;
}

// How many octets were sent.
std::size_t Repeat(const Channel& channel, const std::string& octets) {
  std::size_t sent = 0;
  while (!octets.empty() && sent < kFloodOctetsMax && channel.Write(octets)) sent += octets.size();
  return sent;
}

void End(const Channel& channel, const HostileAnswer& answer) {
  char ignored[64];
  switch (answer.end) {
    case HostileAnswer::End::kClose:
      if (channel.tls != nullptr && answer.close_notify) SSL_shutdown(channel.tls);
      shutdown(channel.socket, SHUT_WR);
      break;
    case HostileAnswer::End::kReset: {
      const linger at_once{.l_onoff = 1, .l_linger = 0};
      setsockopt(channel.socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
      return;
    }
    case HostileAnswer::End::kHold:
      break;
  }
  while (channel.Read(ignored, sizeof(ignored)) > 0) {
  }
}

// How many octets were sent, those that dripped not counted.
std::size_t Answer(const Channel& channel, const HostileAnswer& answer) {
  bool open = channel.Write(answer.octets);
  for (const char octet : answer.dripped) {
    if (!open) break;
    absl::SleepFor(absl::Milliseconds(5));
    open = channel.Write(std::string(1, octet));
  }
  const std::size_t flooded = open ? Repeat(channel, answer.repeated) : 0;
  if (open) End(channel, answer);
  return answer.octets.size() + flooded;
}

SSL_CTX* MakeTls(HostileHttpServer::Speaks speaks, const std::string& certificate_file,
                 const std::string& key_file) {
  SSL_CTX* context = SSL_CTX_new(TLS_server_method());
  Require(context != nullptr, "SSL_CTX_new");
  if (speaks == HostileHttpServer::Speaks::kTls11Only) {
    // OpenSSL 3 speaks TLS 1.1 at security level 0 alone.
    Require(SSL_CTX_set_cipher_list(context, "DEFAULT@SECLEVEL=0") == 1, "cipher list");
    SSL_CTX_set_min_proto_version(context, TLS1_1_VERSION);
    SSL_CTX_set_max_proto_version(context, TLS1_1_VERSION);
  }
  Require(SSL_CTX_use_certificate_file(context, certificate_file.c_str(), SSL_FILETYPE_PEM) == 1,
          "certificate");
  Require(SSL_CTX_use_PrivateKey_file(context, key_file.c_str(), SSL_FILETYPE_PEM) == 1, "key");
  return context;
}

}  // namespace

HostileAnswer Says(std::string octets) { return {.octets = std::move(octets)}; }

HostileAnswer NoResponse() { return {.end = HostileAnswer::End::kHold}; }

HostileAnswer CloseWithoutResponse() { return {}; }

HostileAnswer ResetWithoutResponse() { return {.end = HostileAnswer::End::kReset}; }

HostileAnswer CloseAfterHead() { return Says("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"); }

HostileAnswer Garbage() {
  return Says(std::string("\x16\x03\x01\x00\x00\xff\xfe garbage\r\n\r\n", 19));
}

HostileAnswer OversizedHead(std::size_t octets) {
  return Says(absl::StrCat("HTTP/1.1 200 OK\r\nX: ", std::string(octets, 'x'), "\r\n\r\n"));
}

HostileAnswer BodyOf(std::size_t octets) {
  return Says(absl::StrCat("HTTP/1.1 200 OK\r\nContent-Length: ", octets, "\r\n\r\n",
                           std::string(octets, 'b')));
}

HostileAnswer EndlessBody() {
  return {.octets = absl::StrCat("HTTP/1.1 200 OK\r\n\r\n", std::string(1 << 20, 'b')),
          .end = HostileAnswer::End::kHold};
}

HostileAnswer SlowBody() {
  return {.octets = "HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n",
          .dripped = std::string(10000, 'b')};
}

HostileAnswer TruncatedContentLength() {
  return Says("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
}

HostileAnswer TruncatedChunks() {
  return Says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
}

HostileAnswer Flood(std::string beginning, std::string repeated) {
  return {.octets = std::move(beginning), .repeated = std::move(repeated)};
}

HostileHttpServer::HostileHttpServer(HostileAnswer answer, Speaks speaks,
                                     const std::string& certificate_file,
                                     const std::string& key_file)
    : answer_(std::move(answer)) {
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL
  if (speaks != Speaks::kPlaintext) tls_ = MakeTls(speaks, certificate_file, key_file);
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

HostileHttpServer::~HostileHttpServer() {
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

std::vector<std::string> HostileHttpServer::requests() {
  const absl::MutexLock lock(&mutex_);
  return requests_;
}

std::size_t HostileHttpServer::octets_sent() {
  const absl::MutexLock lock(&mutex_);
  return octets_sent_;
}

std::vector<std::string> HostileHttpServer::server_names() {
  const absl::MutexLock lock(&mutex_);
  return server_names_;
}

void HostileHttpServer::Serve() {
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

void HostileHttpServer::ServeConnection(int connection) {
  Channel channel{.socket = connection};
  if (tls_ != nullptr) {
    channel.tls = SSL_new(tls_);
    SSL_set_fd(channel.tls, connection);
    if (SSL_accept(channel.tls) != 1) {
      SSL_free(channel.tls);
      return;
    }
    const char* name = SSL_get_servername(channel.tls, TLSEXT_NAMETYPE_host_name);
    const absl::MutexLock lock(&mutex_);
    server_names_.emplace_back(name == nullptr ? "" : name);
  }
  std::string head = ReadHead(channel);
  const bool whole = absl::StrContains(head, "\r\n\r\n");
  {
    const absl::MutexLock lock(&mutex_);
    requests_.push_back(std::move(head));
  }
  if (whole) {
    const std::size_t sent = Answer(channel, answer_);
    const absl::MutexLock lock(&mutex_);
    octets_sent_ += sent;
  }
  SSL_free(channel.tls);
}

}  // namespace mpic::testing
