// A whole coordinator: loops, the gRPC server, the administration port, and the configuration that
// is in force.
#ifndef MPIC_COORDINATOR_COORDINATOR_SERVER_H_
#define MPIC_COORDINATOR_COORDINATOR_SERVER_H_

#include <grpcpp/grpcpp.h>
#include <prometheus/registry.h>

#include <atomic>
#include <functional>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "common/admin_server.h"
#include "common/certificate_watch.h"
#include "common/clock.h"
#include "common/io_loops.h"
#include "common/live_count.h"
#include "common/reload_metrics.h"
#include "common/rotating_certificates.h"
#include "coordinator/audit/audit_metrics.h"
#include "coordinator/audit/chained_audit_log.h"
#include "coordinator/generation.h"
#include "coordinator/mpic_service.h"
#include "coordinator/settings.h"

namespace mpic::coordinator {

// Serves from Start until Shutdown or destruction. The one place that names the adapters.
class CoordinatorServer {
 public:
  // Errors name the field and what is wrong: certificates, lists, the audit log, an address that
  // cannot be listened on. Perspectives that cannot be reached are no error: they are tried again
  // and again.
  static absl::StatusOr<std::unique_ptr<CoordinatorServer>> Start(const Settings& settings);
  ~CoordinatorServer();

  // The ports really listened on.
  int port() const { return port_; }
  int admin_port() const { return admin_ ? admin_->port() : 0; }

  // Looks at the certificate files now, as is done every tls.refresh_interval. Thread-safe; may
  // block on the file system.
  void ReloadCertificates();

  // Puts another configuration into force; an error stands for one that cannot be read, and is
  // handed back. What differs may be among ReloadableFields alone; else, or if a file that it names
  // is not sound, or calls still work with too many former ones, it is refused and everything
  // stays. Calls under way end under the configuration that they were admitted by. Blocks until the
  // new sessions are up, at most five seconds, and less once `hurry` says so. One at a time, not
  // beside Shutdown.
  absl::Status Reload(const absl::StatusOr<Settings>& next,
                      const std::function<bool()>& hurry = nullptr);

  // Not serving, calls in flight finish within the drain timeout, then the server ends. Blocks.
  // Idempotent.
  void Shutdown();

 private:
  explicit CoordinatorServer(const Settings& settings);
  absl::Status OpenFiles();
  GenerationGround Ground();
  absl::Status TakeOver(const Settings& settings, const std::function<bool()>& hurry);
  absl::Status Listen();
  absl::Status OpenAdminPort();
  void PublishHealth();
  // What /readyz says.
  absl::Status Readiness() const;
  void WatchCertificates();
  void StopSessions();

  const Settings settings_;  // of the start; of the process only what cannot be reloaded
  SystemClock clock_;
  std::shared_ptr<prometheus::Registry> registry_ = std::make_shared<prometheus::Registry>();
  Metrics metrics_;
  ReloadMetrics reloads_;
  AuditMetrics audit_metrics_{*registry_};
  std::unique_ptr<ChainedAuditLog> audit_;
  std::shared_ptr<RotatingCertificates> certificates_;         // null: plaintext
  std::shared_ptr<RotatingCertificates> client_certificates_;  // towards perspectives
  std::vector<std::unique_ptr<CertificateWatch>> watches_;
  std::shared_ptr<LiveCount> live_streams_ = std::make_shared<LiveCount>();
  std::shared_ptr<LiveCount> live_generations_ = std::make_shared<LiveCount>();
  // Destroyed from the bottom up: the server first, then the service with the sessions, the loops
  // last.
  std::unique_ptr<IoLoops> loops_;
  std::unique_ptr<MpicService> service_;
  std::unique_ptr<grpc::Server> server_;
  absl::Mutex health_mutex_;
  std::unique_ptr<AdminServer> admin_;
  std::atomic<bool> draining_ = false;
  int port_ = 0;
};

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_COORDINATOR_SERVER_H_
