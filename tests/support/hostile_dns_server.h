// A loopback DNS server that misbehaves on demand.
#ifndef MPIC_TESTS_SUPPORT_HOSTILE_DNS_SERVER_H_
#define MPIC_TESTS_SUPPORT_HOSTILE_DNS_SERVER_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/ip_address.h"

namespace mpic::testing {

// Serves UDP and TCP on one free loopback port from a thread of its own. Thread-safe. Switches may
// be combined and changed while it serves; counts (n) are of queries, by UDP and TCP together.
class HostileDnsServer {
 public:
  enum class Family { kV4, kV6 };

  explicit HostileDnsServer(Family family = Family::kV4);
  // Ends every connection.
  ~HostileDnsServer();
  HostileDnsServer(const HostileDnsServer&) = delete;
  HostileDnsServer& operator=(const HostileDnsServer&) = delete;

  IpEndpoint endpoint() const { return endpoint_; }

  // A record; what is asked and not there is NXDOMAIN. Names as they are asked: lower case.
  void Add(const std::string& name, unsigned type, const std::string& rdata);

  static constexpr int kAlways = std::numeric_limits<int>::max();
  void DropFirst(int n);                 // no reply at all
  void ServfailFirst(int n);             // rcode 2
  void FormerrFirst(int n);              // rcode 1 without OPT, as of a server that knows no EDNS
  void Bogus();                          // rcode 2 with Extended DNS Error 6
  void Ignore(const std::string& name);  // no reply to questions of that name
  void Truncate();                       // TC and no records, by UDP
  void WrongTransactionId();
  void WrongQuestion();             // the right id over another name
  void Garbage();                   // a good header and question, then octets that are no records
  void Late(absl::Duration delay);  // at most 50 ms, before every reply
  void TcpRefused();                // nothing listens there
  void TcpClosesEarly();            // reads a query, sends half of the reply and closes
  void Validates(bool validates);   // true at first: DS com is answered, and with AD

  int udp_queries();
  int tcp_queries();
  // How many different UDP ports have asked.
  std::size_t client_ports();

 private:
  struct Connection {
    int socket = -1;
    std::string received;
  };
  struct Switches {
    int drop = 0;
    int servfail = 0;
    int formerr = 0;
    bool bogus = false;
    bool truncate = false;
    bool wrong_id = false;
    bool wrong_question = false;
    bool garbage = false;
    bool tcp_closes_early = false;
    bool validates = true;
    absl::Duration delay;
    std::set<std::string> ignored;
  };

  void Open(Family family);
  void Serve();
  void AnswerUdp();
  // False when the connection is over.
  bool AnswerTcp(Connection& connection);
  // nullopt: no reply.
  std::optional<std::string> Reply(const std::string& query, bool tcp);
  template <typename Change>
  void Set(Change change) {
    const absl::MutexLock lock(&mutex_);
    change(switches_);
  }

  IpEndpoint endpoint_;
  int udp_ = -1;
  int listener_ = -1;
  int wake_[2] = {-1, -1};               // a pipe: closing its end stops the thread
  std::vector<Connection> connections_;  // of the thread alone

  absl::Mutex mutex_;
  Switches switches_ ABSL_GUARDED_BY(mutex_);
  bool tcp_refused_ ABSL_GUARDED_BY(mutex_) = false;
  int udp_queries_ ABSL_GUARDED_BY(mutex_) = 0;
  int tcp_queries_ ABSL_GUARDED_BY(mutex_) = 0;
  std::set<std::uint16_t> client_ports_ ABSL_GUARDED_BY(mutex_);
  std::map<std::pair<std::string, unsigned>, std::vector<std::string>> records_
      ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace mpic::testing

#endif  // MPIC_TESTS_SUPPORT_HOSTILE_DNS_SERVER_H_
