// A loopback TLS server that misbehaves on demand.
#ifndef MPIC_TESTS_SUPPORT_HOSTILE_TLS_SERVER_H_
#define MPIC_TESTS_SUPPORT_HOSTILE_TLS_SERVER_H_

#include <openssl/types.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "tests/support/acme_certificates.h"

namespace mpic::testing {

// What every connection gets.
struct TlsConduct {
  enum class Does {
    kHandshake,
    kSays,  // `octets` in place of a handshake, after the client's first ones; then it reads on
    kSaysAndCloses,         // the same, and then the end
    kEndsAfterCertificate,  // TLS 1.2 in which the server leaves before it has finished
  };
  Does does = Does::kHandshake;
  std::string octets;
  AcmeCertificate certificate;
  std::size_t extra_certificates = 0;  // the leaf again and again behind itself
  // Selected whatever is offered; empty: none.
  std::string alpn = "acme-tls/1";
  bool refuse_alpn = false;  // alert no_application_protocol instead
  int version = 0;           // TLS1_2_VERSION: this one only; 0: any
};

// What one client did.
struct TlsClient {
  std::string server_name;
  std::string offered_alpn;  // as on the wire: each name behind its length
  std::string application_data;
};

class HostileTlsServer {
 public:
  // Listens on a free port of 127.0.0.1.
  explicit HostileTlsServer(TlsConduct conduct);
  // Ends every connection.
  ~HostileTlsServer();
  HostileTlsServer(const HostileTlsServer&) = delete;
  HostileTlsServer& operator=(const HostileTlsServer&) = delete;

  std::uint16_t port() const { return port_; }
  // Waits until the connection that is being served has ended. Of each one until then, in order.
  std::vector<TlsClient> Clients();

 private:
  void Serve();
  void ServeConnection(int connection);
  TlsClient Accept(int connection);

  const TlsConduct conduct_;
  SSL_CTX* tls_ = nullptr;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  absl::Mutex mutex_;
  int connection_ ABSL_GUARDED_BY(mutex_) = -1;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<TlsClient> clients_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace mpic::testing

#endif  // MPIC_TESTS_SUPPORT_HOSTILE_TLS_SERVER_H_
