#include "tests/support/hostile_dns_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/support/dns_wire.h"

namespace mpic::testing {
namespace {

constexpr unsigned kTypeDs = 43;
constexpr std::size_t kUdpOctetsMax = 1232;  // what the client under test offers

void Require(bool condition, const char* what) {
  if (condition) return;
  std::perror(what);
  std::abort();
}

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = sizeof(sockaddr_storage);

  sockaddr* generic() { return reinterpret_cast<sockaddr*>(&storage); }
  std::uint16_t port() const {
    // The port stands at the same place in both families.
    return ntohs(reinterpret_cast<const sockaddr_in&>(storage).sin_port);
  }
};

SocketAddress Loopback(HostileDnsServer::Family family, std::uint16_t port) {
  SocketAddress address;
  if (family == HostileDnsServer::Family::kV6) {
    auto& v6 = reinterpret_cast<sockaddr_in6&>(address.storage);
    v6.sin6_family = AF_INET6;
    v6.sin6_addr = in6addr_loopback;
    v6.sin6_port = htons(port);
    address.size = sizeof(sockaddr_in6);
  } else {
    auto& v4 = reinterpret_cast<sockaddr_in&>(address.storage);
    v4.sin_family = AF_INET;
    v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    v4.sin_port = htons(port);
    address.size = sizeof(sockaddr_in);
  }
  return address;
}

struct Query {
  unsigned id = 0;
  std::string wire_name;
  std::string name;  // lower case
  unsigned type = 0;
};

unsigned Read16(const std::string& octets, std::size_t at) {
  return static_cast<unsigned>(static_cast<unsigned char>(octets[at])) << 8U |
         static_cast<unsigned char>(octets[at + 1]);
}

// Trusts the client under test to send whole queries.
Query ReadQuery(const std::string& octets) {
  Query query{.id = Read16(octets, 0)};
  std::size_t at = 12;
  while (octets[at] != 0) {
    const auto length = static_cast<std::size_t>(octets[at]);
    absl::StrAppend(&query.name, query.name.empty() ? "" : ".", octets.substr(at + 1, length));
    at += length + 1;
  }
  query.wire_name = octets.substr(12, at + 1 - 12);
  query.name = absl::AsciiStrToLower(query.name);
  query.type = Read16(octets, at + 1);
  return query;
}

bool TakeOne(int& count) { return count > 0 && count-- > 0; }

}  // namespace

HostileDnsServer::HostileDnsServer(Family family) {
  Require(pipe2(wake_, O_CLOEXEC) == 0, "pipe2");
  Open(family);
  thread_ = std::thread([this] { Serve(); });
}

// Any UDP port whose TCP twin is free, too.
void HostileDnsServer::Open(Family family) {
  const int domain = family == Family::kV6 ? AF_INET6 : AF_INET;
  for (int attempt = 0; attempt < 100; ++attempt) {
    udp_ = socket(domain, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    SocketAddress address = Loopback(family, 0);
    Require(bind(udp_, address.generic(), address.size) == 0, "bind UDP");
    Require(getsockname(udp_, address.generic(), &address.size) == 0, "getsockname");
    listener_ = socket(domain, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    SocketAddress twin = Loopback(family, address.port());
    if (bind(listener_, twin.generic(), twin.size) == 0 && listen(listener_, 64) == 0) {
      endpoint_ = {.address = IpAddress::Parse(family == Family::kV6 ? "::1" : "127.0.0.1").value(),
                   .port = address.port()};
      // Hundreds of queries may come before the thread runs.
      const int octets = 4 << 20;
      setsockopt(udp_, SOL_SOCKET, SO_RCVBUF, &octets, sizeof(octets));
      return;
    }
    close(listener_);
    close(udp_);
  }
  Require(false, "no free port");
}

HostileDnsServer::~HostileDnsServer() {
  close(wake_[1]);
  thread_.join();
  for (const Connection& connection : connections_) close(connection.socket);
  close(wake_[0]);
  close(udp_);
  if (listener_ >= 0) close(listener_);
}

void HostileDnsServer::Add(const std::string& name, unsigned type, const std::string& rdata) {
  const absl::MutexLock lock(&mutex_);
  records_[{name, type}].push_back(rdata);
}
void HostileDnsServer::DropFirst(int n) {
  Set([n](Switches& s) { s.drop = n; });
}
void HostileDnsServer::ServfailFirst(int n) {
  Set([n](Switches& s) { s.servfail = n; });
}
void HostileDnsServer::FormerrFirst(int n) {
  Set([n](Switches& s) { s.formerr = n; });
}
void HostileDnsServer::Bogus() {
  Set([](Switches& s) { s.bogus = true; });
}
void HostileDnsServer::Ignore(const std::string& name) {
  Set([&name](Switches& s) { s.ignored.insert(name); });
}
void HostileDnsServer::Truncate() {
  Set([](Switches& s) { s.truncate = true; });
}
void HostileDnsServer::WrongTransactionId() {
  Set([](Switches& s) { s.wrong_id = true; });
}
void HostileDnsServer::WrongQuestion() {
  Set([](Switches& s) { s.wrong_question = true; });
}
void HostileDnsServer::Garbage() {
  Set([](Switches& s) { s.garbage = true; });
}
void HostileDnsServer::Late(absl::Duration delay) {
  Set([delay](Switches& s) { s.delay = std::min(delay, absl::Milliseconds(50)); });
}
void HostileDnsServer::TcpRefused() {
  // A listener that is shut down refuses at once; its descriptor stays the thread's to close.
  shutdown(listener_, SHUT_RDWR);
  const absl::MutexLock lock(&mutex_);
  tcp_refused_ = true;
}
void HostileDnsServer::TcpClosesEarly() {
  Set([](Switches& s) { s.tcp_closes_early = true; });
}

void HostileDnsServer::Validates(bool validates) {
  Set([validates](Switches& s) { s.validates = validates; });
}

int HostileDnsServer::udp_queries() {
  const absl::MutexLock lock(&mutex_);
  return udp_queries_;
}
int HostileDnsServer::tcp_queries() {
  const absl::MutexLock lock(&mutex_);
  return tcp_queries_;
}
std::size_t HostileDnsServer::client_ports() {
  const absl::MutexLock lock(&mutex_);
  return client_ports_.size();
}

void HostileDnsServer::Serve() {
  while (true) {
    bool accepts = false;
    {
      const absl::MutexLock lock(&mutex_);
      accepts = !tcp_refused_;
    }
    std::vector<pollfd> watched = {
        {.fd = wake_[0], .events = POLLIN, .revents = 0},
        {.fd = udp_, .events = POLLIN, .revents = 0},
        // A negative descriptor is not watched.
        {.fd = accepts ? listener_ : -1, .events = POLLIN, .revents = 0}};
    for (const Connection& connection : connections_) {
      watched.push_back({.fd = connection.socket, .events = POLLIN, .revents = 0});
    }
    if (poll(watched.data(), watched.size(), -1) < 0) continue;
    if (watched[0].revents != 0) return;
    if (watched[1].revents != 0) AnswerUdp();
    for (std::size_t i = connections_.size(); i-- > 0;) {
      if (watched[i + 3].revents == 0 || AnswerTcp(connections_[i])) continue;
      close(connections_[i].socket);
      connections_.erase(connections_.begin() + static_cast<std::ptrdiff_t>(i));
    }
    if (watched[2].revents != 0) {
      const int socket = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (socket >= 0) connections_.push_back({.socket = socket});
    }
  }
}

void HostileDnsServer::AnswerUdp() {
  char buffer[4096];
  SocketAddress peer;
  const ssize_t size = recvfrom(udp_, buffer, sizeof(buffer), 0, peer.generic(), &peer.size);
  if (size < 12) return;
  {
    const absl::MutexLock lock(&mutex_);
    ++udp_queries_;
    client_ports_.insert(peer.port());
  }
  const auto reply = Reply(std::string(buffer, static_cast<std::size_t>(size)), /*tcp=*/false);
  // The client may be gone.
  if (reply) (void)sendto(udp_, reply->data(), reply->size(), 0, peer.generic(), peer.size);
}

bool HostileDnsServer::AnswerTcp(Connection& connection) {
  char buffer[4096];
  const ssize_t size = recv(connection.socket, buffer, sizeof(buffer), 0);
  if (size <= 0) return false;
  connection.received.append(buffer, static_cast<std::size_t>(size));
  while (connection.received.size() >= 2) {
    const std::size_t length = Read16(connection.received, 0);
    if (connection.received.size() < length + 2) break;
    bool closes_early = false;
    {
      const absl::MutexLock lock(&mutex_);
      ++tcp_queries_;
      closes_early = switches_.tcp_closes_early;
    }
    const auto reply = Reply(connection.received.substr(2, length), /*tcp=*/true);
    connection.received.erase(0, length + 2);
    if (!reply) continue;
    const std::string framed = absl::StrCat(Wire16(static_cast<unsigned>(reply->size())), *reply);
    const std::size_t sent = closes_early ? framed.size() / 2 : framed.size();
    (void)send(connection.socket, framed.data(), sent, MSG_NOSIGNAL);
    if (closes_early) return false;
  }
  return true;
}

std::optional<std::string> HostileDnsServer::Reply(const std::string& octets, bool tcp) {
  const Query query = ReadQuery(octets);
  absl::Duration delay;
  WireMessage reply{.id = query.id, .question_name = query.wire_name, .question_type = query.type};
  {
    const absl::MutexLock lock(&mutex_);
    Switches& s = switches_;
    if (TakeOne(s.drop) || s.ignored.contains(query.name)) return std::nullopt;
    delay = s.delay;
    reply.additionals = {Opt(s.bogus ? ExtendedErrorOption(6, "bogus") : "")};
    if (TakeOne(s.servfail) || s.bogus) {
      reply.flags |= 2U;
    } else if (TakeOne(s.formerr)) {
      reply.flags |= 1U;
      reply.additionals.clear();
    } else if (s.truncate && !tcp) {
      reply.flags |= kTruncated;
    } else if (const auto found = records_.find({query.name, query.type});
               found != records_.end()) {
      for (const std::string& rdata : found->second) {
        reply.answers.push_back(
            {.owner = PointerTo(kQuestionNameOffset), .type = query.type, .rdata = rdata});
      }
    } else if (query.name == "com" && query.type == kTypeDs) {
      reply.answers = {{.owner = PointerTo(kQuestionNameOffset),
                        .type = kTypeDs,
                        .rdata = std::string(36, 'd')}};
      if (s.validates) reply.flags |= kAuthenticData;
    } else {
      reply.flags |= 3U;
    }
    if (s.wrong_id) reply.id ^= 1U;
    if (s.wrong_question) reply.question_name = WireName("another.example.net");
    if (s.garbage) reply.answers = {{.owner = "\xFF\xFF\xFF", .rdata = "garbage"}};
  }
  if (delay > absl::ZeroDuration()) absl::SleepFor(delay);
  if (!tcp && reply.octets().size() > kUdpOctetsMax) {
    reply.flags |= kTruncated;
    reply.answers.clear();
  }
  return reply.octets();
}

}  // namespace mpic::testing
