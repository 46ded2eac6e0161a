#include "perspective/perspective_server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>

#include <algorithm>
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
#include "common/reload_check.h"
#include "common/server_ageing.h"
#include "common/status_macros.h"
#include "perspective/net/beast_http_fetcher.h"
#include "perspective/net/cares_dns_client.h"
#include "perspective/net/openssl_tls_prober.h"

namespace mpic::perspective {
namespace {

constexpr char kServiceName[] = "mpic.v1.PerspectiveService";

// A key authorization is below 1 KiB; the largest checks name some dozens of account URIs.
constexpr int kMessageOctetsMax = 256 * 1024;
// A coordinator has a connection, and on it a stream, for each of its loops.
constexpr int kStreamsPerConnectionMax = 100;
// Coordinators ping their long-lived streams every 30 s (operations: gRPC's own default is 300 s,
// and a client that pings sooner is cut off).
constexpr int kPingIntervalMinMs = 10'000;

// A check that crosses our GoingAway on its way begins a little later.
constexpr absl::Duration kWayMax = absl::Seconds(5);

bool LiesIn(const std::vector<IpPrefix>& prefixes, const IpAddress& address) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](const IpPrefix& prefix) { return prefix.Contains(address); });
}

// Tasks have results.
boost::asio::awaitable<bool> Once(DnssecWatch& watch) {
  co_await watch.Prove();
  co_return true;
}
boost::asio::awaitable<bool> ForEver(DnssecWatch& watch) {
  co_await watch.Run();
  co_return true;
}

std::function<DomainName()> UncachedName(const Settings& settings) {
  if (!settings.uncached_name) return nullptr;
  return [name = *settings.uncached_name] {
    // It fits: settings.cc has looked.
    return name.WithPrefix(absl::StrCat(absl::Hex(RandomU64(), absl::kZeroPad16))).value();
  };
}

v1::Hello MakeHello(const Settings& settings) {
  v1::Hello hello;
  *hello.mutable_perspective() = settings.identity;
  for (const v1::Method method : SupportedMethods()) hello.add_supported_methods(method);
  hello.set_checks_in_flight_max(
      static_cast<std::uint32_t>(settings.limits.checks_in_flight_per_stream_max));
  return hello;
}

}  // namespace

// The senses of one loop and the checker over them.
struct PerspectiveServer::Bench {
  std::unique_ptr<CaresDnsClient> dns;
  std::unique_ptr<BeastHttpFetcher> http;
  std::unique_ptr<OpensslTlsProber> tls;
  std::unique_ptr<Checker> checker;
};

PerspectiveServer::PerspectiveServer(const Settings& settings)
    : settings_(settings),
      metrics_(*registry_, settings.tenants, settings.identity.lab()),
      reloads_(*registry_, absl::Now()),
      checks_(settings.tenants.limits(),
              {.in_flight_max = settings.limits.checks_in_flight_max,
               .on_change =
                   [this](const std::string& tenant_id, std::size_t checks) {
                     metrics_.tenants().SetInFlight(tenant_id, checks);
                   }}),
      names_(settings.limits.checks_in_flight_per_name_max),
      connections_(settings.limits.connections_per_address_max),
      environment_{.hello = MakeHello(settings),
                   .checks = checks_,
                   .names = names_,
                   .stream_age = AgeingOf(settings.tls, settings.limits.time_budget_max).stream_age,
                   .leaving_max = settings.limits.time_budget_max + kWayMax,
                   .metrics = metrics_},
      tenants_(settings.tenants),
      config_(settings.config),
      config_json_(settings.config_json) {}

PerspectiveServer::~PerspectiveServer() { Shutdown(); }

absl::StatusOr<std::unique_ptr<PerspectiveServer>> PerspectiveServer::Start(
    const Settings& settings) {
  auto server = std::unique_ptr<PerspectiveServer>(new PerspectiveServer(settings));
  if (settings.attestation) {
    MPIC_ASSIGN_OR_RETURN(server->attester_, Attester::Load(*settings.attestation));
    server->environment_.attester = &*server->attester_;
  }
  server->loops_ = std::make_unique<IoLoops>(settings.threads);
  std::vector<Worker> workers;
  for (std::size_t i = 0; i < server->loops_->size(); ++i) {
    MPIC_RETURN_IF_ERROR(server->AddWorker(server->loops_->loop(i)));
    workers.push_back(
        {.loop = server->loops_->loop(i), .checker = *server->benches_.back()->checker});
  }
  server->service_ = std::make_unique<PerspectiveService>(std::move(workers), server->environment_,
                                                          server->settings_);
  server->StartDnssecWatch();
  MPIC_RETURN_IF_ERROR(server->Listen());
  MPIC_RETURN_IF_ERROR(server->OpenAdminPort());
  if (server->certificates_) {
    server->certificate_watch_ =
        std::make_unique<CertificateWatch>(server->certificates_, RefreshInterval(settings.tls));
  }
  return server;
}

absl::Status PerspectiveServer::AddWorker(boost::asio::io_context& loop) {
  const auto may_connect = [this](const IpAddress& address) {
    return !LiesIn(settings_.refused_prefixes, address) &&
           (!ReservedBlock(address).has_value() ||
            LiesIn(settings_.allowed_reserved_prefixes, address));
  };
  const auto take_place = [this](const IpAddress& address) {
    return connections_.Enter(TargetOfAddress(address));
  };
  auto bench = std::make_unique<Bench>();
  MPIC_ASSIGN_OR_RETURN(
      bench->dns, CaresDnsClient::Create(
                      loop, {.resolver = settings_.resolver,
                             .resolver_validates = settings_.identity.resolver().validates_dnssec(),
                             .timeout = settings_.limits.dns_timeout,
                             .tries_max = settings_.limits.dns_tries_max,
                             .bounds = {.records_max = settings_.limits.dns_records_max,
                                        .cname_chain_max = settings_.limits.dns_cname_chain_max},
                             .random_id = [] { return static_cast<std::uint16_t>(RandomU64()); }}));
  bench->http = std::make_unique<BeastHttpFetcher>(
      BeastHttpFetcherOptions{.connect_timeout = settings_.limits.connect_timeout,
                              .http_timeout = settings_.limits.http_timeout,
                              .head_octets_max = settings_.limits.http_head_octets_max,
                              .user_agent = settings_.user_agent,
                              .may_connect = may_connect,
                              .take_place = take_place,
                              .lab_ports = settings_.lab_ports});
  bench->tls = std::make_unique<OpensslTlsProber>(OpensslTlsProberOptions{
      .connect_timeout = settings_.limits.connect_timeout,
      .handshake_timeout = settings_.limits.tls_handshake_timeout,
      .certificate_list_octets_max = settings_.limits.tls_certificate_list_octets_max,
      .handshake_octets_max = settings_.limits.tls_handshake_octets_max,
      .may_connect = may_connect,
      .take_place = take_place,
      .lab_ports = settings_.lab_ports});
  bench->checker = std::make_unique<Checker>(settings_.identity,
                                             Senses{.dns = *bench->dns,
                                                    .http = *bench->http,
                                                    .tls = *bench->tls,
                                                    .clock = clock_,
                                                    .limits = settings_.limits,
                                                    .may_connect = may_connect,
                                                    .uncached_name = UncachedName(settings_)});
  benches_.push_back(std::move(bench));
  return absl::OkStatus();
}

absl::Status PerspectiveServer::Listen() {
  MPIC_ASSIGN_OR_RETURN(certificates_,
                        LoadCertificates(settings_.tls, TlsRole::kServer, registry_));
  MPIC_ASSIGN_OR_RETURN(const auto credentials,
                        ServerCredentials(settings_.tls, settings_.listen, certificates_));
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::ServerBuilder builder;
  builder.AddListeningPort(settings_.listen, credentials, &port_);
  builder.RegisterService(service_.get());
  builder.SetMaxReceiveMessageSize(kMessageOctetsMax);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                             kPingIntervalMinMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kStreamsPerConnectionMax);
  // Two processes must never share a port unnoticed.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  AgeConnections(AgeingOf(settings_.tls, settings_.limits.time_budget_max), builder);
  std::vector<std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface>> interceptors;
  interceptors.push_back(GrpcServerMetrics(*registry_, {kServiceName}));
  builder.experimental().SetInterceptorCreators(std::move(interceptors));
  server_ = builder.BuildAndStart();
  if (!server_ || port_ == 0) {
    return absl::UnavailableError(
        absl::StrCat("listen: cannot listen on ", settings_.listen, " (in use?)"));
  }
  const absl::MutexLock lock(&standing_mutex_);
  server_->GetHealthCheckService()->SetServingStatus(kServiceName, standing_.ok());
  return absl::OkStatus();
}

void PerspectiveServer::StartDnssecWatch() {
  if (!settings_.dnssec_watch) return;
  boost::asio::io_context& loop = loops_->loop(0);
  dnssec_watch_ = std::make_unique<DnssecWatch>(
      *benches_.front()->dns, *settings_.dnssec_watch,
      [this](const absl::Status& standing) { TakeStanding(standing); });
  std::promise<void> proven;
  const auto first = LoopTask::Start(loop, Once(*dnssec_watch_),
                                     [&](const absl::StatusOr<bool>&) { proven.set_value(); });
  proven.get_future().wait();
  dnssec_watch_task_ =
      LoopTask::Start(loop, ForEver(*dnssec_watch_),
                      [this](const absl::StatusOr<bool>&) { dnssec_watch_ended_.set_value(); });
}

void PerspectiveServer::StopDnssecWatch() {
  if (!dnssec_watch_task_) return;
  std::exchange(dnssec_watch_task_, nullptr)->Cancel();
  dnssec_watch_ended_.get_future().wait();
}

// Nobody is served on a claim that is not proven; checks under way rest on it as well.
void PerspectiveServer::TakeStanding(const absl::Status& standing) {
  const absl::MutexLock lock(&standing_mutex_);
  metrics_.SetDnssecProven(standing.ok());
  if (standing == standing_) return;
  standing_ = standing;
  if (standing.ok()) {
    Log(LogLevel::kInfo, "DNSSEC validation proven");
    service_->Open();
  } else {
    Log(LogLevel::kError, "not serving", {{"reason", standing.message()}});
    service_->Close(std::string(standing.message()), absl::ZeroDuration());
  }
  if (server_) server_->GetHealthCheckService()->SetServingStatus(kServiceName, standing.ok());
}

absl::Status PerspectiveServer::Standing() const {
  const absl::MutexLock lock(&standing_mutex_);
  return standing_;
}

absl::Status PerspectiveServer::Readiness() const {
  if (draining_) return absl::UnavailableError("shutting down");
  return Standing();
}

absl::Status PerspectiveServer::OpenAdminPort() {
  if (settings_.admin_listen.empty()) return absl::OkStatus();
  MPIC_ASSIGN_OR_RETURN(
      admin_, AdminServer::Start({.listen = settings_.admin_listen,
                                  .collectables = {registry_, std::make_shared<HandshakeFailures>(),
                                                   std::make_shared<ProcessMetrics>(
                                                       "mpic-perspective", MPIC_VERSION)},
                                  .ready = [this] { return Readiness(); },
                                  .config_json = [this] { return ConfigJson(); }}));
  return absl::OkStatus();
}

void PerspectiveServer::ReloadCertificates() {
  if (certificates_) certificates_->Reload(absl::Now());
}

absl::Status PerspectiveServer::Reload(const absl::StatusOr<Settings>& next) {
  absl::Status reloaded = next.ok() ? TakeOver(*next) : next.status();
  reloads_.Count(reloaded, absl::Now());
  return reloaded;
}

absl::Status PerspectiveServer::TakeOver(const Settings& next) {
  const absl::MutexLock lock(&config_mutex_);
  MPIC_RETURN_IF_ERROR(CheckReload(config_, next.config, ReloadableFields()));
  // Before anybody can ask for a new tenant.
  metrics_.tenants().SetTenants(next.tenants);
  // Former tenants are gone once no stream takes checks for them.
  Admission::Tenants both = next.tenants.limits();
  both.merge(tenants_.limits());
  checks_.SetTenants(both);
  service_->Admit(next.tls, next.tenants);
  checks_.SetTenants(next.tenants.limits());
  tenants_ = next.tenants;
  config_ = next.config;
  config_json_ = next.config_json;
  return absl::OkStatus();
}

std::string PerspectiveServer::ConfigJson() const {
  const absl::MutexLock lock(&config_mutex_);
  return config_json_;
}

void PerspectiveServer::Shutdown() {
  draining_ = true;
  certificate_watch_.reset();
  StopDnssecWatch();
  if (server_) {
    server_->GetHealthCheckService()->SetServingStatus(false);
    service_->Close("shutting down", settings_.drain_timeout);
    // The streams' own grace ends first; a little more lets their last words leave.
    service_->WaitForNoStreams(settings_.drain_timeout + absl::Seconds(1));
    server_->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(1));
    // Cancelled streams still have to tell their loop that they are done.
    service_->WaitForNoStreams(absl::Seconds(5));
    server_.reset();
  }
  admin_.reset();
  if (loops_) loops_->Stop();
}

}  // namespace mpic::perspective
