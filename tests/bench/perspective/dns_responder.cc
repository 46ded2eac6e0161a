// The resolver of the perspective that is measured: answers by UDP after a millisecond, as a
// validating resolver does that has everything in its cache and stands in the same rack.
//   A of nNUMBER.example.com, CAA of example.com, TXT of anything below _acme-challenge, DS of com;
//   whatever else is asked for does not exist (NODATA with the zone's SOA). All answers have AD.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/challenge.h"
#include "tests/bench/perspective/bench_names.h"

namespace mpic::bench {
namespace {

constexpr std::size_t kMessagesAtOnce = 64;
constexpr absl::Duration kDelay = absl::Milliseconds(1);
constexpr std::size_t kQueryOctetsMax = 512;
constexpr std::size_t kHeaderOctets = 12;

constexpr std::uint16_t kTypeA = 1;
constexpr std::uint16_t kTypeSoa = 6;
constexpr std::uint16_t kTypeTxt = 16;
constexpr std::uint16_t kTypeDs = 43;
constexpr std::uint16_t kTypeCaa = 257;

std::string U16(unsigned value) {
  return {static_cast<char>(value >> 8U), static_cast<char>(value & 0xFFU)};
}
std::string U32(std::uint32_t value) { return U16(value >> 16U) + U16(value & 0xFFFFU); }
// A character string (RFC 1035 section 3.3).
std::string Counted(const std::string& text) {
  return std::string(1, static_cast<char>(text.size())) + text;
}

std::string Record(const std::string& owner, std::uint16_t type, const std::string& rdata) {
  constexpr std::uint32_t kTtl = 60;
  return absl::StrCat(owner, U16(type), U16(1), U32(kTtl), U16(static_cast<unsigned>(rdata.size())),
                      rdata);
}

struct Question {
  std::string name;  // lower case, no dot at the end
  std::uint16_t type = 0;
  std::size_t end = 0;  // of the question within the query
};

// False: no query of ours.
bool ReadQuestion(const std::string& query, Question& question) {
  std::size_t at = kHeaderOctets;
  while (at < query.size() && query[at] != 0) {
    const auto length = static_cast<unsigned char>(query[at]);
    if (length > 63 || at + 1 + length > query.size()) return false;
    absl::StrAppend(&question.name, question.name.empty() ? "" : ".",
                    absl::AsciiStrToLower(query.substr(at + 1, length)));
    at += 1 + length;
  }
  if (at + 5 > query.size()) return false;
  question.type = static_cast<std::uint16_t>(static_cast<unsigned char>(query[at + 1]) << 8U |
                                             static_cast<unsigned char>(query[at + 2]));
  question.end = at + 5;
  return true;
}

// Rdata of the one record that answers; empty: there is none.
std::string Answer(const Question& question) {
  static const auto& challenge =
      *new std::string(KeyAuthorization::Parse(kKeyAuthorization).value().DigestText());
  std::uint32_t number = 0;
  if (question.type == kTypeTxt && absl::StartsWith(question.name, "_acme-challenge.")) {
    return Counted(challenge);
  }
  if (question.type == kTypeA && absl::StartsWith(question.name, "n") &&
      absl::SimpleAtoi(question.name.substr(1, question.name.find('.') - 1), &number)) {
    return U32(AddressOf(number));
  }
  if (question.type == kTypeCaa && question.name == kZone) {
    return absl::StrCat(std::string(1, '\0'), Counted("issue"), kIssuer);
  }
  if (question.type == kTypeDs && question.name == "com") {
    constexpr std::size_t kDigestOctets = 32;  // SHA-256, of a key with algorithm 13
    return U16(1) + std::string("\x0d\x02") + std::string(kDigestOctets, 'd');
  }
  return "";
}

// Empty: not answered.
std::string Reply(const std::string& query) {
  Question question;
  if (query.size() < kHeaderOctets || !ReadQuestion(query, question)) return "";
  constexpr unsigned kFlags = 0x8000 | 0x0100 | 0x0080 | 0x0020;  // QR, RD, RA, AD
  constexpr char kOfQuestion[] = "\xc0\x0c";                      // pointer to its name
  const std::string rdata = Answer(question);
  const std::string opt = query.substr(question.end);
  std::string reply =
      absl::StrCat(query.substr(0, 2), U16(kFlags), U16(1), U16(rdata.empty() ? 0 : 1),
                   U16(rdata.empty() ? 1 : 0), U16(opt.empty() ? 0 : 1));
  absl::StrAppend(&reply, query.substr(kHeaderOctets, question.end - kHeaderOctets));
  if (!rdata.empty()) {
    absl::StrAppend(&reply, Record(kOfQuestion, question.type, rdata));
  } else {
    static const auto& soa = *new std::string(
        Record(Counted("example") + Counted("com") + std::string(1, '\0'), kTypeSoa,
               absl::StrCat(Counted("ns1"), "\xc0\x0c", Counted("host"), "\xc0\x0c", U32(1), U32(2),
                            U32(3), U32(4), U32(60))));
    absl::StrAppend(&reply, soa);
  }
  return reply + opt;
}

// Many messages a system call: the resolver must not be what is measured.
class Responder {
 public:
  explicit Responder(int socket) : socket_(socket) {}

  int Serve() {
    while (true) {
      const absl::Duration left =
          waiting_.empty() ? absl::Seconds(1) : waiting_.front().due - absl::Now();
      pollfd readable{.fd = socket_, .events = POLLIN, .revents = 0};
      const timespec timeout = absl::ToTimespec(std::max(left, absl::ZeroDuration()));
      if (::ppoll(&readable, 1, &timeout, nullptr) > 0) Receive();
      if (!SendDue()) return 1;
    }
  }

 private:
  struct Answer {
    absl::Time due;
    sockaddr_in peer{};
    std::string message;
  };

  void Receive() {
    Prepare(kMessagesAtOnce, [this](std::size_t i) {
      parts_[i] = {buffers_[i].data(), buffers_[i].size()};
      return &peers_[i];
    });
    const int came = ::recvmmsg(socket_, headers_.data(), kMessagesAtOnce, MSG_DONTWAIT, nullptr);
    const absl::Time due = absl::Now() + kDelay;
    for (int i = 0; i < came; ++i) {
      const auto at = static_cast<std::size_t>(i);
      std::string reply = Reply(std::string(buffers_[at].data(), headers_[at].msg_len));
      if (!reply.empty()) {
        waiting_.push_back({.due = due, .peer = peers_[at], .message = std::move(reply)});
      }
    }
  }
  bool SendDue() {
    const absl::Time now = absl::Now();
    while (!waiting_.empty() && waiting_.front().due <= now) {
      std::size_t count = 0;
      while (count < std::min(kMessagesAtOnce, waiting_.size()) && waiting_[count].due <= now) {
        ++count;
      }
      Prepare(count, [this](std::size_t i) {
        parts_[i] = {waiting_[i].message.data(), waiting_[i].message.size()};
        return &waiting_[i].peer;
      });
      // Who is gone needs no answer.
      const int sent = ::sendmmsg(socket_, headers_.data(), static_cast<unsigned>(count), 0);
      if (sent == 0) return false;
      waiting_.erase(waiting_.begin(), waiting_.begin() + std::max(sent, 1));
    }
    return true;
  }
  template <typename SetPart>
  void Prepare(std::size_t count, const SetPart& set_part) {
    for (std::size_t i = 0; i < count; ++i) {
      sockaddr_in* const peer = set_part(i);
      headers_[i].msg_hdr = {
          .msg_name = peer, .msg_namelen = sizeof *peer, .msg_iov = &parts_[i], .msg_iovlen = 1};
    }
  }

  const int socket_;
  std::deque<Answer> waiting_;  // in the order in which they are due
  std::array<std::array<char, kQueryOctetsMax>, kMessagesAtOnce> buffers_{};
  std::array<sockaddr_in, kMessagesAtOnce> peers_{};
  std::array<iovec, kMessagesAtOnce> parts_{};
  std::array<mmsghdr, kMessagesAtOnce> headers_{};
};

int Run(const char* port) {
  const int socket = ::socket(AF_INET, SOCK_DGRAM, 0);
  // A burst waits here, rather than being lost; the kernel caps it.
  const int octets = 8 << 20;
  ::setsockopt(socket, SOL_SOCKET, SO_RCVBUFFORCE, &octets, sizeof octets);
  const sockaddr_in address{.sin_family = AF_INET,
                            .sin_port = htons(static_cast<std::uint16_t>(std::atoi(port))),
                            .sin_addr = {htonl(INADDR_LOOPBACK)}};
  if (::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return 1;
  std::puts("ready");
  std::fflush(stdout);
  return Responder(socket).Serve();
}

}  // namespace
}  // namespace mpic::bench

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: mpic_bench_dns_responder PORT\n");
    return 2;
  }
  return mpic::bench::Run(argv[1]);
}
