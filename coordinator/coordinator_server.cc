#include "coordinator/coordinator_server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>

#include <future>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/credentials.h"
#include "common/grpc_server_metrics.h"
#include "common/handshake_failures.h"
#include "common/log.h"
#include "common/process_metrics.h"
#include "common/random.h"
#include "common/server_ageing.h"
#include "common/status_macros.h"
#include "coordinator/grpc_perspective_session.h"
#include "coordinator/session_pool.h"

namespace mpic::coordinator {
namespace {

constexpr char kServiceName[] = "mpic.v1.MpicService";

// 1000 checks with their parameters; a key authorization is below 1 KiB.
constexpr int kRequestOctetsMax = 4 * 1024 * 1024;
// One over this limit ends the stream of all, so it stands far above what counts as a result
// (coordinator/result_check.h).
constexpr int kMessageOctetsMax = 4 * 1024 * 1024;
// Calls of one connection, beyond those that can be admitted, that are read and refused; more wait
// with the caller.
constexpr int kRefusedStreamsMax = 1'000;
// A stream may be silent for hours; pings tell a dead way from a quiet one.
constexpr int kKeepaliveMs = 30'000;
constexpr int kKeepaliveTimeoutMs = 10'000;
constexpr int kReconnectMinMs = 250;
constexpr int kReconnectMaxMs = 10'000;

absl::StatusOr<std::shared_ptr<grpc::Channel>> MakeChannel(
    const Settings& settings, const ConfiguredPerspective& to,
    const std::shared_ptr<RotatingCertificates>& certificates) {
  MPIC_ASSIGN_OR_RETURN(
      const auto credentials,
      ChannelCredentials(settings.perspective_tls, to.peer_name, to.address, certificates));
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMessageOctetsMax);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kReconnectMinMs);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kReconnectMinMs);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kReconnectMaxMs);
  // A stream that broke in the middle must not be repeated behind our back.
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  // Each loop has a connection of its own, so that loops share nothing.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(to.address, credentials, arguments);
}

}  // namespace

// What lives on one loop.
struct CoordinatorServer::Desk {
  boost::asio::io_context& loop;
  std::vector<GrpcPerspectiveSession*> sessions;  // owned by the pool
  std::unique_ptr<SessionPool> pool;
  std::unique_ptr<CorroborationEnvironment> environment;
};

CoordinatorServer::CoordinatorServer(const Settings& settings)
    : settings_(settings),
      metrics_(*registry_, settings_),
      availability_(settings_, clock_, metrics_) {}

CoordinatorServer::~CoordinatorServer() { Shutdown(); }

absl::StatusOr<std::unique_ptr<CoordinatorServer>> CoordinatorServer::Start(
    const Settings& settings) {
  auto server = std::unique_ptr<CoordinatorServer>(new CoordinatorServer(settings));
  MPIC_RETURN_IF_ERROR(server->OpenFiles());
  server->loops_ = std::make_unique<IoLoops>(settings.threads);
  std::vector<CorroborationEnvironment*> environments;
  for (std::size_t i = 0; i < server->loops_->size(); ++i) {
    MPIC_RETURN_IF_ERROR(server->AddDesk(server->loops_->loop(i)));
    environments.push_back(server->desks_.back()->environment.get());
  }
  server->service_ =
      std::make_unique<MpicService>(server->settings_, *server->suffixes_, std::move(environments));
  MPIC_RETURN_IF_ERROR(server->Listen());
  MPIC_RETURN_IF_ERROR(server->OpenAdminPort());
  server->WatchCertificates();
  server->availability_.set_on_change([raw = server.get()] { raw->PublishHealth(); });
  server->audit_->set_on_change([raw = server.get()] { raw->PublishHealth(); });
  for (const auto& desk : server->desks_) {
    boost::asio::post(desk->loop, [raw = desk.get()] {
      for (GrpcPerspectiveSession* session : raw->sessions) session->Start();
    });
  }
  return server;
}

absl::Status CoordinatorServer::OpenFiles() {
  MPIC_ASSIGN_OR_RETURN(suffixes_, PublicSuffixList::Load(settings_.public_suffix_list_file));
  MPIC_ASSIGN_OR_RETURN(
      audit_, ChainedAuditLog::Open({.settings = settings_.audit}, clock_, audit_metrics_));
  MPIC_ASSIGN_OR_RETURN(certificates_,
                        LoadCertificates(settings_.tls, TlsRole::kServer, registry_));
  MPIC_ASSIGN_OR_RETURN(client_certificates_,
                        LoadCertificates(settings_.perspective_tls, TlsRole::kClient, registry_));
  MPIC_ASSIGN_OR_RETURN(attestation_keys_, LoadAttestationKeys(settings_));
  return absl::OkStatus();
}

absl::Status CoordinatorServer::AddDesk(boost::asio::io_context& loop) {
  auto desk = std::make_unique<Desk>(Desk{.loop = loop});
  const auto add = [&](const ConfiguredPerspective& perspective,
                       bool is_primary) -> absl::StatusOr<std::unique_ptr<PerspectiveSession>> {
    MPIC_ASSIGN_OR_RETURN(auto channel, MakeChannel(settings_, perspective, client_certificates_));
    auto session = std::make_unique<GrpcPerspectiveSession>(
        loop, GrpcPerspectiveSession::Options{
                  .perspective = perspective,
                  .pin = {.lab_accepted = settings_.lab, .must_validate = is_primary},
                  .attestation_keys = attestation_keys_.at(perspective.perspective_id),
                  .channel = std::move(channel),
                  .live_streams = live_streams_,
                  .availability = availability_,
                  .metrics = metrics_});
    desk->sessions.push_back(session.get());
    return session;
  };
  std::unique_ptr<PerspectiveSession> primary;
  if (settings_.primary) {
    MPIC_ASSIGN_OR_RETURN(primary, add(*settings_.primary, /*is_primary=*/true));
  }
  std::vector<std::unique_ptr<PerspectiveSession>> remotes;
  for (const ConfiguredPerspective& perspective : settings_.remotes) {
    MPIC_ASSIGN_OR_RETURN(auto remote, add(perspective, /*is_primary=*/false));
    remotes.push_back(std::move(remote));
  }
  desk->pool = std::make_unique<SessionPool>(std::move(primary), std::move(remotes));
  desk->environment = std::make_unique<CorroborationEnvironment>(
      CorroborationEnvironment{.loop = loop,
                               .sessions = *desk->pool,
                               .settings = settings_,
                               .suffixes = *suffixes_,
                               .clock = clock_,
                               .random = [] { return RandomU64(); },
                               .audit = *audit_,
                               .metrics = metrics_});
  desks_.push_back(std::move(desk));
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
      kServiceName, availability_.CanFormCohort().ok() && audit_->Health().ok());
}

absl::Status CoordinatorServer::OpenAdminPort() {
  if (settings_.admin_listen.empty()) return absl::OkStatus();
  MPIC_ASSIGN_OR_RETURN(
      admin_, AdminServer::Start({.listen = settings_.admin_listen,
                                  .collectables = {registry_, std::make_shared<HandshakeFailures>(),
                                                   std::make_shared<ProcessMetrics>(
                                                       "mpic-coordinator", MPIC_VERSION)},
                                  .ready = [this] { return audit_->Health(); },
                                  .config_json = [this] { return settings_.config_json; }}));
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

void CoordinatorServer::StopSessions() {
  for (const auto& desk : desks_) {
    std::promise<void> stopped;
    boost::asio::post(desk->loop, [&] {
      for (GrpcPerspectiveSession* session : desk->sessions) session->Stop();
      stopped.set_value();
    });
    stopped.get_future().wait();
  }
  // gRPC still has to tell each stream's loop that the stream is over.
  if (!live_streams_->WaitForNone(absl::Now() + absl::Seconds(5))) {
    Log(LogLevel::kError, "streams left", {{"reason", "gRPC has not let go of every stream"}});
  }
}

void CoordinatorServer::Shutdown() {
  watches_.clear();
  if (server_) {
    // First, so that nobody says "serving" afterwards.
    availability_.set_on_change(nullptr);
    audit_->set_on_change(nullptr);
    server_->GetHealthCheckService()->SetServingStatus(false);
    service_->Drain();
    service_->WaitForNoCalls(absl::Now() + settings_.drain_timeout);
    // What is left is cancelled, recorded as such, and ends.
    server_->Shutdown(std::chrono::system_clock::now());
    service_->WaitForNoCalls(absl::Now() + absl::Seconds(5));
    server_.reset();
  }
  // Its answers are posted to the loops, so it ends before them; whatever waits is written first.
  if (audit_) audit_->Close();
  if (loops_ && !desks_.empty()) {
    StopSessions();
    loops_->Stop();
    desks_.clear();
  }
  admin_.reset();
}

}  // namespace mpic::coordinator
