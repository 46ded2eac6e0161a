// A whole perspective: worker loops with their senses, the gRPC server, the administration port.
#ifndef MPIC_PERSPECTIVE_PERSPECTIVE_SERVER_H_
#define MPIC_PERSPECTIVE_PERSPECTIVE_SERVER_H_

#include <grpcpp/grpcpp.h>
#include <prometheus/registry.h>

#include <atomic>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "common/admin_server.h"
#include "common/admission.h"
#include "common/certificate_watch.h"
#include "common/clock.h"
#include "common/io_loops.h"
#include "common/loop_task.h"
#include "common/reload_metrics.h"
#include "common/rotating_certificates.h"
#include "common/target_limit.h"
#include "perspective/attestation.h"
#include "perspective/dnssec_watch.h"
#include "perspective/perspective_service.h"
#include "perspective/settings.h"

namespace mpic::perspective {

// Serves from Start until Shutdown or destruction. The one place that names the adapters of net/.
class PerspectiveServer {
 public:
  // Errors name the field and what is wrong: certificates, an address that cannot be listened on. A
  // resolver that does not show that it validates, as it is said to, is no error: the perspective
  // does not serve until it does.
  static absl::StatusOr<std::unique_ptr<PerspectiveServer>> Start(const Settings& settings);
  ~PerspectiveServer();

  // The ports really listened on.
  int port() const { return port_; }
  int admin_port() const { return admin_ ? admin_->port() : 0; }

  // Looks at the certificate files now, as is done every tls.refresh_interval. Thread-safe; may
  // block on the file system.
  void ReloadCertificates();

  // Puts another configuration into force; an error stands for one that cannot be read, and is
  // handed back. What differs may be among ReloadableFields alone; else it is refused and
  // everything stays. Checks in flight go on; streams of peers and tenants that are gone or changed
  // are told GoingAway. One at a time, not beside Shutdown.
  absl::Status Reload(const absl::StatusOr<Settings>& next);

  // Not serving, GoingAway on every stream, checks in flight finish within the drain timeout, then
  // the server ends. Blocks. Idempotent.
  void Shutdown();

 private:
  explicit PerspectiveServer(const Settings& settings);
  absl::Status AddWorker(boost::asio::io_context& loop);
  absl::Status Listen();
  absl::Status OpenAdminPort();
  // Makes the first proof, and starts the others.
  void StartDnssecWatch();
  void StopDnssecWatch();
  void TakeStanding(const absl::Status& standing);
  // OK while the perspective takes checks.
  absl::Status Standing() const;
  // What /readyz says.
  absl::Status Readiness() const;
  absl::Status TakeOver(const Settings& next);
  std::string ConfigJson() const;

  struct Bench;

  const Settings settings_;  // of the start; of the process only what cannot be reloaded
  SystemClock clock_;
  std::shared_ptr<prometheus::Registry> registry_ = std::make_shared<prometheus::Registry>();
  Metrics metrics_;
  ReloadMetrics reloads_;
  std::optional<Attester> attester_;
  Admission checks_;
  TargetLimit names_;
  TargetLimit connections_;  // by address
  StreamEnvironment environment_;
  std::shared_ptr<RotatingCertificates> certificates_;  // null: plaintext
  std::unique_ptr<CertificateWatch> certificate_watch_;
  // Destroyed from the bottom up: the server first, then service and senses, the loops' queues
  // last.
  std::unique_ptr<IoLoops> loops_;
  std::vector<std::unique_ptr<Bench>> benches_;
  std::unique_ptr<PerspectiveService> service_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<AdminServer> admin_;
  std::unique_ptr<DnssecWatch> dnssec_watch_;  // on the first loop; null: nothing is claimed
  std::shared_ptr<LoopTask> dnssec_watch_task_;
  std::promise<void> dnssec_watch_ended_;
  mutable absl::Mutex standing_mutex_;
  absl::Status standing_ ABSL_GUARDED_BY(standing_mutex_);
  mutable absl::Mutex config_mutex_;
  Tenants tenants_ ABSL_GUARDED_BY(config_mutex_);  // in force, and these
  config::v1::PerspectiveConfig config_ ABSL_GUARDED_BY(config_mutex_);
  std::string config_json_ ABSL_GUARDED_BY(config_mutex_);
  std::atomic<bool> draining_ = false;
  int port_ = 0;
};

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_PERSPECTIVE_SERVER_H_
