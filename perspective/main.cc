// mpic-perspective: wiring only.
#include <csignal>
#include <iostream>
#include <memory>
#include <variant>

#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "common/clock_watch.h"
#include "common/config_file.h"
#include "common/credentials.h"
#include "common/grpc_log.h"
#include "common/lean_heap.h"
#include "common/log.h"
#include "common/process_signals.h"
#include "common/program.h"
#include "common/reload_check.h"
#include "common/service_manager.h"
#include "common/status_macros.h"
#include "perspective/attestation.h"
#include "perspective/perspective_server.h"
#include "perspective/settings.h"

namespace mpic::perspective {
namespace {

absl::StatusOr<Settings> LoadSettings(const std::string& file) {
  config::v1::PerspectiveConfig config;
  MPIC_RETURN_IF_ERROR(LoadConfigFile(file, config));
  return CheckSettings(config);
}

// Opens and checks the files that the configuration names, before anything is started with them.
absl::Status CheckFiles(const Settings& settings) {
  MPIC_RETURN_IF_ERROR(
      UnderField("tls", ServerCredentials(settings.tls, settings.listen).status()));
  if (!settings.attestation) return absl::OkStatus();
  return Attester::Load(*settings.attestation).status();
}

// `in_force` is the configuration as it was read, before and afterwards. The files that it names
// are not opened: the server follows its certificates by itself, and half a pair on disk must not
// keep an operator from dismissing a tenant.
void Reload(const ServerFlags& flags, PerspectiveServer& server,
            config::v1::PerspectiveConfig& in_force) {
  const absl::StatusOr<Settings> next = LoadSettings(flags.config_file);
  const absl::Status reloaded = server.Reload(next);
  if (!reloaded.ok()) return TellReload(flags, reloaded, {}, LogLevel::kInfo);
  TellReload(flags, reloaded, ChangedFields(in_force, next->config), ToLogLevel(next->log_level));
  in_force = next->config;
}

int Run(int argc, char** argv) {
  ProcessSignals signals;
  LeaveLockOrderAlone();
  const auto flags_or_exit = ParseServerFlags(
      argc, argv, "mpic-perspective",
      "One Network Perspective: runs DNS, HTTP and CAA checks from where it stands.");
  if (const int* code = std::get_if<int>(&flags_or_exit)) return *code;
  const auto& flags = std::get<ServerFlags>(flags_or_exit);
  const absl::StatusOr<Settings> settings = LoadSettings(flags.config_file);
  if (!settings.ok()) return RefuseConfig(flags, settings.status());
  LeanHeap lean_heap(settings->threads);
  // A reload opens none of them.
  const absl::Status files = flags.check_reload ? absl::OkStatus() : CheckFiles(*settings);
  if (!files.ok()) return RefuseConfig(flags, files);
  if (flags.check_config || flags.check_reload) {
    std::cout << flags.config_file << ": ok\n";
    return kExitOk;
  }
  InitLog("mpic-perspective", ToLogLevel(settings->log_level));
  RouteGrpcLog();
  ClockWatch clock_watch;
  const auto server = PerspectiveServer::Start(*settings);
  if (!server.ok()) {
    Log(LogLevel::kError, "cannot start", {{"reason", server.status().message()}});
    return kExitFailure;
  }
  Log(LogLevel::kInfo, "serving",
      {{"perspective_id", settings->identity.perspective_id()},
       {"region", settings->identity.region()},
       {"port", (*server)->port()},
       {"admin_port", (*server)->admin_port()},
       {"lab", settings->identity.lab()}});
  TellServiceManager(ServiceState::kReady);
  config::v1::PerspectiveConfig in_force = settings->config;
  int signal = 0;
  while ((signal = signals.Wait()) == SIGHUP) {
    TellServiceManager(ServiceState::kReloading);
    Reload(flags, **server, in_force);
    TellServiceManager(ServiceState::kReady);
  }
  TellServiceManager(ServiceState::kStopping);
  Log(LogLevel::kInfo, "draining", {{"signal", signal}});
  (*server)->Shutdown();
  Log(LogLevel::kInfo, "stopped");
  return kExitOk;
}

}  // namespace
}  // namespace mpic::perspective

int main(int argc, char** argv) { return mpic::perspective::Run(argc, argv); }
