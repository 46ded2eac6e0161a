// A whole coordinator: loops with their sessions, the gRPC server, the administration port.
#ifndef MPIC_COORDINATOR_COORDINATOR_SERVER_H_
#define MPIC_COORDINATOR_COORDINATOR_SERVER_H_

#include <grpcpp/grpcpp.h>
#include <prometheus/registry.h>

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "common/admin_server.h"
#include "common/certificate_watch.h"
#include "common/clock.h"
#include "common/io_loops.h"
#include "common/live_count.h"
#include "common/public_suffix_list.h"
#include "common/rotating_certificates.h"
#include "coordinator/attestation_keys.h"
#include "coordinator/audit/audit_metrics.h"
#include "coordinator/audit/chained_audit_log.h"
#include "coordinator/availability.h"
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
  const Availability& availability() const { return availability_; }

  // Looks at the certificate files now, as is done every tls.refresh_interval. Thread-safe; may
  // block on the file system.
  void ReloadCertificates();

  // Not serving, calls in flight finish within the drain timeout, then the server ends. Blocks.
  // Idempotent.
  void Shutdown();

 private:
  struct Desk;

  explicit CoordinatorServer(const Settings& settings);
  absl::Status OpenFiles();
  absl::Status AddDesk(boost::asio::io_context& loop);
  absl::Status Listen();
  absl::Status OpenAdminPort();
  void PublishHealth();
  void WatchCertificates();
  void StopSessions();

  const Settings settings_;
  SystemClock clock_;
  std::shared_ptr<prometheus::Registry> registry_ = std::make_shared<prometheus::Registry>();
  Metrics metrics_;
  Availability availability_;
  std::unique_ptr<const PublicSuffixList> suffixes_;
  AuditMetrics audit_metrics_{*registry_};
  std::unique_ptr<ChainedAuditLog> audit_;
  std::shared_ptr<RotatingCertificates> certificates_;         // null: plaintext
  std::shared_ptr<RotatingCertificates> client_certificates_;  // towards perspectives
  std::vector<std::unique_ptr<CertificateWatch>> watches_;
  PerspectiveKeys attestation_keys_;
  std::shared_ptr<LiveCount> live_streams_ = std::make_shared<LiveCount>();
  // Destroyed from the bottom up: the server first, then service and sessions, the loops last.
  std::unique_ptr<IoLoops> loops_;
  std::vector<std::unique_ptr<Desk>> desks_;
  std::unique_ptr<MpicService> service_;
  std::unique_ptr<grpc::Server> server_;
  absl::Mutex health_mutex_;
  std::unique_ptr<AdminServer> admin_;
  int port_ = 0;
};

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_COORDINATOR_SERVER_H_
