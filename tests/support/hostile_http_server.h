// A loopback web server that misbehaves on demand.
#ifndef MPIC_TESTS_SUPPORT_HOSTILE_HTTP_SERVER_H_
#define MPIC_TESTS_SUPPORT_HOSTILE_HTTP_SERVER_H_

#include <openssl/types.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace mpic::testing {

// What every connection gets once its request has been read.
struct HostileAnswer {
  std::string octets;
  std::string dripped;   // sent after them, an octet every 5 ms
  std::string repeated;  // sent after them until the peer leaves or has got 1 GiB
  enum class End { kClose, kReset, kHold } end = End::kClose;  // kHold: until the peer leaves
  bool close_notify = true;                                    // on TLS, before kClose
};

HostileAnswer Says(std::string octets);
HostileAnswer NoResponse();
HostileAnswer CloseWithoutResponse();
HostileAnswer ResetWithoutResponse();
HostileAnswer CloseAfterHead();
HostileAnswer Garbage();
HostileAnswer OversizedHead(std::size_t octets);
HostileAnswer BodyOf(std::size_t octets);
HostileAnswer EndlessBody();  // without Content-Length, far over any limit, then silence
HostileAnswer SlowBody();
HostileAnswer TruncatedContentLength();
HostileAnswer TruncatedChunks();
// `beginning`, then `repeated` without end.
HostileAnswer Flood(std::string beginning, std::string repeated);

class HostileHttpServer {
 public:
  enum class Speaks { kPlaintext, kTls, kTls11Only };

  // Listens on a free port of 127.0.0.1. For TLS the PEM files are needed.
  explicit HostileHttpServer(HostileAnswer answer, Speaks speaks = Speaks::kPlaintext,
                             const std::string& certificate_file = {},
                             const std::string& key_file = {});
  // Ends every connection.
  ~HostileHttpServer();
  HostileHttpServer(const HostileHttpServer&) = delete;
  HostileHttpServer& operator=(const HostileHttpServer&) = delete;

  std::uint16_t port() const { return port_; }
  // Of each connection that has ended, in order: all that was received, up to the head's end.
  std::vector<std::string> requests();
  // All that was sent to peers that have left.
  std::size_t octets_sent();
  // Of each TLS handshake; "" without SNI.
  std::vector<std::string> server_names();

 private:
  void Serve();
  void ServeConnection(int connection);

  const HostileAnswer answer_;
  SSL_CTX* tls_ = nullptr;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  absl::Mutex mutex_;
  int connection_ ABSL_GUARDED_BY(mutex_) = -1;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::string> requests_ ABSL_GUARDED_BY(mutex_);
  std::size_t octets_sent_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<std::string> server_names_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace mpic::testing

#endif  // MPIC_TESTS_SUPPORT_HOSTILE_HTTP_SERVER_H_
