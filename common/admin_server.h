// The administration port: plain HTTP for Prometheus and probes, apart from gRPC because Kubernetes
// cannot probe a port with mutual TLS.
//   /metrics   Prometheus text format 0.0.4
//   /healthz   200 while the process lives; never depends on anything outside
//   /readyz    200, or 503 with the sentence that says what is missing
//   /configz   the effective configuration as JSON
// GET and HEAD only (405), everything else 404.
#ifndef MPIC_COMMON_ADMIN_SERVER_H_
#define MPIC_COMMON_ADMIN_SERVER_H_

#include <prometheus/collectable.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace mpic {

class IoLoops;

struct AdminServerOptions {
  std::string
      listen;  // "address:port" with a literal address, IPv6 in brackets; port 0: any free one
  // What /metrics shows: a prometheus::Registry, ProcessMetrics. Collected on the server's thread.
  std::vector<std::shared_ptr<prometheus::Collectable>> collectables;
  // Called on the server's thread; must return at once. Empty: always ready.
  std::function<absl::Status()> ready;
  // What /configz shows, without secrets; called like `ready`.
  std::function<std::string()> config_json;
};

// Serves on a thread of its own from Start until destruction, which drops requests under way.
// Connections are bounded in number and time, so a slow client does not keep probes out.
class AdminServer {
 public:
  // Listens. INVALID_ARGUMENT for a bad address, UNAVAILABLE when it cannot be listened on; both
  // name it.
  static absl::StatusOr<std::unique_ptr<AdminServer>> Start(AdminServerOptions options);
  ~AdminServer();
  AdminServer(const AdminServer&) = delete;
  AdminServer& operator=(const AdminServer&) = delete;

  // The port really listened on.
  int port() const { return port_; }

 private:
  explicit AdminServer(AdminServerOptions options);

  const AdminServerOptions options_;
  int port_ = 0;
  int connections_ = 0;             // touched by the loop alone
  std::unique_ptr<IoLoops> loops_;  // last, so that nothing runs while the rest goes
};

}  // namespace mpic

#endif  // MPIC_COMMON_ADMIN_SERVER_H_
