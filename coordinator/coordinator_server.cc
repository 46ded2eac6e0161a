#include "coordinator/coordinator_server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/credentials.h"
#include "common/grpc_server_metrics.h"
#include "common/handshake_failures.h"
#include "common/log.h"
#include "common/process_metrics.h"
#include "common/reload_check.h"
#include "common/server_ageing.h"
#include "common/status_macros.h"
#include "common/steady_time.h"
#include "coordinator/audit/disk_metrics.h"
#include "coordinator/phase_metrics.h"

namespace mpic::coordinator {
namespace {

constexpr char kServiceName[] = "mpic.v1.MpicService";

// 1000 checks with their parameters; a key authorization is below 1 KiB.
constexpr int kRequestOctetsMax = 4 * 1024 * 1024;
// Calls of one connection, beyond those that can be admitted, that are read and refused; more wait
// with the caller.
constexpr int kRefusedStreamsMax = 1'000;
// Each holds its sessions, and streams at the perspectives, until its last call has ended.
constexpr std::size_t kGenerationsMax = 8;
// How long a new configuration waits for its sessions before it is in force without some.
constexpr absl::Duration kSessionsMax = absl::Seconds(5);
// How soon that wait heeds that it should be shorter.
constexpr absl::Duration kHurryInterval = absl::Milliseconds(100);
constexpr absl::Duration kStreamsEndMax = absl::Seconds(5);
}  // namespace

CoordinatorServer::CoordinatorServer(const Settings& settings)
    : settings_(settings), metrics_(*registry_, settings_), reloads_(*registry_, absl::Now()) {}

CoordinatorServer::~CoordinatorServer() { Shutdown(); }

absl::StatusOr<std::unique_ptr<CoordinatorServer>> CoordinatorServer::Start(
    const Settings& settings) {
  auto server = std::unique_ptr<CoordinatorServer>(new CoordinatorServer(settings));
  MPIC_RETURN_IF_ERROR(server->OpenFiles());
  server->loops_ = std::make_unique<IoLoops>(settings.threads);
  MPIC_ASSIGN_OR_RETURN(std::shared_ptr<Generation> first,
                        Generation::Make(settings, server->Ground()));
  server->service_ = std::make_unique<MpicService>(settings.limits, server->metrics_, first);
  MPIC_RETURN_IF_ERROR(server->Listen());
  MPIC_RETURN_IF_ERROR(server->OpenAdminPort());
  server->WatchCertificates();
  first->availability().Publish([raw = server.get()] { raw->PublishHealth(); });
  server->audit_->set_on_change([raw = server.get()] { raw->PublishHealth(); });
  first->StartSessions();
  return server;
}

absl::Status CoordinatorServer::OpenFiles() {
  MPIC_ASSIGN_OR_RETURN(
      audit_, ChainedAuditLog::Open({.settings = settings_.audit}, clock_, audit_metrics_));
  MPIC_ASSIGN_OR_RETURN(certificates_,
                        LoadCertificates(settings_.tls, TlsRole::kServer, registry_));
  MPIC_ASSIGN_OR_RETURN(client_certificates_,
                        LoadCertificates(settings_.perspective_tls, TlsRole::kClient, registry_));
  return absl::OkStatus();
}

GenerationGround CoordinatorServer::Ground() {
  return {.loops = *loops_,
          .clock = clock_,
          .audit = *audit_,
          .metrics = metrics_,
          .certificates = client_certificates_,
          .live_streams = live_streams_,
          .live_generations = live_generations_};
}

absl::Status CoordinatorServer::Reload(const absl::StatusOr<Settings>& next,
                                       const std::function<bool()>& hurry) {
  absl::Status reloaded = next.ok() ? TakeOver(*next, hurry) : next.status();
  reloads_.Count(reloaded, absl::Now());
  return reloaded;
}

absl::Status CoordinatorServer::TakeOver(const Settings& settings,
                                         const std::function<bool()>& hurry) {
  const std::shared_ptr<Generation> former = service_->generation();
  MPIC_RETURN_IF_ERROR(CheckReload(former->settings().config, settings.config, ReloadableFields()));
  if (live_generations_->count() >= kGenerationsMax) {
    return absl::ResourceExhaustedError(
        absl::StrCat("calls still work with ", kGenerationsMax - 1,
                     " former configurations: try again when some have ended, at most ",
                     absl::FormatDuration(settings_.limits.request_timeout), " from now"));
  }
  MPIC_ASSIGN_OR_RETURN(const std::shared_ptr<Generation> next,
                        Generation::Make(settings, Ground()));
  metrics_.Prepare(settings);
  next->StartSessions();
  // Calls go on with the former sessions until then, so that a call finds somebody to ask.
  const absl::Duration deadline = SteadyNow() + kSessionsMax;
  while (!next->WaitForSessions(kHurryInterval) && SteadyNow() < deadline && !(hurry && hurry())) {
  }
  former->availability().Withdraw();
  service_->Adopt(next);
  metrics_.Publish(settings);
  next->availability().Publish([this] { PublishHealth(); });
  PublishHealth();
  return absl::OkStatus();
}

absl::Status CoordinatorServer::Listen() {
  MPIC_ASSIGN_OR_RETURN(const auto credentials,
                        ServerCredentials(settings_.tls, settings_.listen, certificates_));
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::ServerBuilder builder;
  builder.AddListeningPort(settings_.listen, credentials, &port_);
  builder.RegisterService(service_.get());
  builder.SetMaxReceiveMessageSize(kRequestOctetsMax);
  // One connection cannot bring more calls than the process would take on, and some to be refused.
  builder.AddChannelArgument(
      GRPC_ARG_MAX_CONCURRENT_STREAMS,
      static_cast<int>(settings_.limits.checks_in_flight) + kRefusedStreamsMax);
  // Two processes must never share a port unnoticed.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  AgeConnections(AgeingOf(settings_.tls, settings_.limits.request_timeout), builder);
  std::vector<std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface>> interceptors;
  interceptors.push_back(GrpcServerMetrics(*registry_, {kServiceName}));
  builder.experimental().SetInterceptorCreators(std::move(interceptors));
  server_ = builder.BuildAndStart();
  if (!server_ || port_ == 0) {
    return absl::UnavailableError(
        absl::StrCat("listen: cannot listen on ", settings_.listen, " (in use?)"));
  }
  PublishHealth();
  return absl::OkStatus();
}

// The overall status stays "serving", so that callers get the reason from an answer; under its own
// name the service says whether it can corroborate and record.
void CoordinatorServer::PublishHealth() {
  // Perspectives and the log change on threads of their own; the last word must be the newest.
  const absl::MutexLock lock(&health_mutex_);
  server_->GetHealthCheckService()->SetServingStatus(
      kServiceName,
      service_->generation()->availability().CanFormCohort().ok() && audit_->Health().ok());
}

absl::Status CoordinatorServer::Readiness() const {
  if (draining_) return absl::UnavailableError("shutting down");
  return audit_->Health();
}

absl::Status CoordinatorServer::OpenAdminPort() {
  if (settings_.admin_listen.empty()) return absl::OkStatus();
  MPIC_ASSIGN_OR_RETURN(
      admin_,
      AdminServer::Start(
          {.listen = settings_.admin_listen,
           .collectables = {registry_, std::make_shared<HandshakeFailures>(),
                            std::make_shared<ProcessMetrics>("mpic-coordinator", MPIC_VERSION),
                            std::make_shared<DiskMetrics>(settings_.audit.directory),
                            std::make_shared<PhaseMetrics>([this] {
                              return ExplainPhases(service_->generation()->settings(),
                                                   clock_.Now());
                            })},
           .ready = [this] { return Readiness(); },
           .config_json = [this] { return service_->generation()->settings().config_json; }}));
  return absl::OkStatus();
}

void CoordinatorServer::WatchCertificates() {
  if (certificates_) {
    watches_.push_back(
        std::make_unique<CertificateWatch>(certificates_, RefreshInterval(settings_.tls)));
  }
  if (client_certificates_) {
    watches_.push_back(std::make_unique<CertificateWatch>(
        client_certificates_, RefreshInterval(settings_.perspective_tls)));
  }
}

void CoordinatorServer::ReloadCertificates() {
  for (const auto& certificates : {certificates_, client_certificates_}) {
    if (certificates) certificates->Reload(absl::Now());
  }
}

// Ends whatever lives on the loops.
void CoordinatorServer::StopSessions() {
  if (service_) service_->Release();
  if (!live_generations_->WaitForNone(kStreamsEndMax)) {
    Log(LogLevel::kError, "sessions left", {{"reason", "calls have not let go of every session"}});
  }
  // gRPC still has to tell each stream's loop that the stream is over.
  if (!live_streams_->WaitForNone(kStreamsEndMax)) {
    Log(LogLevel::kError, "streams left", {{"reason", "gRPC has not let go of every stream"}});
  }
}

void CoordinatorServer::Shutdown() {
  draining_ = true;
  watches_.clear();
  if (server_) {
    // First, so that nobody says "serving" afterwards.
    service_->generation()->availability().Withdraw();
    audit_->set_on_change(nullptr);
    server_->GetHealthCheckService()->SetServingStatus(false);
    service_->Drain();
    service_->WaitForNoCalls(settings_.drain_timeout);
    // What is left is cancelled, recorded as such, and ends.
    server_->Shutdown(std::chrono::system_clock::now());
    service_->WaitForNoCalls(absl::Seconds(5));
    server_.reset();
  }
  // Its answers are posted to the loops, so it ends before them; whatever waits is written first.
  if (audit_) audit_->Close();
  // Its pages ask the service.
  admin_.reset();
  if (loops_) {
    StopSessions();
    loops_->Stop();
  }
}

}  // namespace mpic::coordinator
