// mpic-coordinator: wiring only.
#include <csignal>
#include <iostream>
#include <string>
#include <variant>
#include <vector>

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
#include "common/public_suffix_list.h"
#include "common/reload_check.h"
#include "common/service_manager.h"
#include "common/status_macros.h"
#include "coordinator/attestation_keys.h"
#include "coordinator/audit/checkpoint.h"
#include "coordinator/coordinator_server.h"
#include "coordinator/settings.h"

namespace mpic::coordinator {
namespace {

absl::StatusOr<Settings> LoadSettings(const std::string& file) {
  config::v1::CoordinatorConfig config;
  MPIC_RETURN_IF_ERROR(LoadConfigFile(file, config));
  return CheckSettings(config, absl::Now());
}

// Opens and checks the files that the configuration names, before anything is done with them: those
// that are taken at every reload, and those of the start.
absl::Status CheckReloadedFiles(const Settings& settings) {
  MPIC_RETURN_IF_ERROR(LoadAttestationKeys(settings).status());
  return PublicSuffixList::Load(settings.public_suffix_list_file).status();
}

absl::Status CheckFiles(const Settings& settings) {
  MPIC_RETURN_IF_ERROR(
      UnderField("tls", ServerCredentials(settings.tls, settings.listen).status()));
  std::vector<ConfiguredPerspective> perspectives = settings.remotes;
  if (settings.primary) perspectives.push_back(*settings.primary);
  for (const ConfiguredPerspective& one : perspectives) {
    MPIC_RETURN_IF_ERROR(UnderField(
        settings.config.has_perspective_tls() ? "perspective_tls" : "tls",
        ChannelCredentials(settings.perspective_tls, one.peer_name, one.address).status()));
  }
  if (const std::string& key = settings.audit.checkpoint_key_file; !key.empty()) {
    MPIC_RETURN_IF_ERROR(LoadCheckpointKey(key).status());
  }
  return CheckReloadedFiles(settings);
}

void Warn(const Settings& settings) {
  for (const std::string& warning : settings.warnings) {
    Log(LogLevel::kWarning, "configuration", {{"warning", warning}});
  }
}

// `in_force` is the configuration as it was read, before and afterwards. The server opens what it
// takes anew. Certificates are not among that: it follows their files by itself, and half a pair on
// disk must not keep an operator from dismissing a tenant.
void Reload(const ServerFlags& flags, const ProcessSignals& signals, CoordinatorServer& server,
            config::v1::CoordinatorConfig& in_force) {
  const absl::StatusOr<Settings> next = LoadSettings(flags.config_file);
  const absl::Status reloaded = server.Reload(next, [&] { return signals.EndIsPending(); });
  if (!reloaded.ok()) return TellReload(flags, reloaded, {}, LogLevel::kInfo);
  TellReload(flags, reloaded, ChangedFields(in_force, next->config), ToLogLevel(next->log_level));
  Warn(*next);
  in_force = next->config;
}

int Run(int argc, char** argv) {
  ProcessSignals signals;
  LeaveLockOrderAlone();
  const auto flags_or_exit = ParseServerFlags(
      argc, argv, "mpic-coordinator",
      "Multi-Perspective Issuance Corroboration: one call, a cohort of perspectives, one verdict.");
  if (const int* code = std::get_if<int>(&flags_or_exit)) return *code;
  const auto& flags = std::get<ServerFlags>(flags_or_exit);
  const absl::StatusOr<Settings> settings = LoadSettings(flags.config_file);
  if (!settings.ok()) return RefuseConfig(flags, settings.status());
  LeanHeap lean_heap(settings->threads);
  const absl::Status files =
      flags.check_reload ? CheckReloadedFiles(*settings) : CheckFiles(*settings);
  if (!files.ok()) return RefuseConfig(flags, files);
  if (flags.check_config || flags.check_reload) {
    for (const std::string& warning : settings->warnings)
      std::cout << "warning: " << warning << '\n';
    std::cout << flags.config_file << ": ok\n";
    return kExitOk;
  }
  InitLog("mpic-coordinator", ToLogLevel(settings->log_level));
  RouteGrpcLog();
  ClockWatch clock_watch;
  Warn(*settings);
  const auto server = CoordinatorServer::Start(*settings);
  if (!server.ok()) {
    Log(LogLevel::kError, "cannot start", {{"reason", server.status().message()}});
    return kExitFailure;
  }
  Log(LogLevel::kInfo, "serving",
      {{"port", (*server)->port()},
       {"admin_port", (*server)->admin_port()},
       {"remotes", settings->remotes.size()},
       {"report_only", settings->policy.report_only},
       {"lab", settings->lab}});
  TellServiceManager(ServiceState::kReady);
  config::v1::CoordinatorConfig in_force = settings->config;
  int signal = 0;
  while ((signal = signals.Wait()) == SIGHUP) {
    TellServiceManager(ServiceState::kReloading);
    Reload(flags, signals, **server, in_force);
    TellServiceManager(ServiceState::kReady);
  }
  TellServiceManager(ServiceState::kStopping);
  Log(LogLevel::kInfo, "draining", {{"signal", signal}});
  (*server)->Shutdown();
  Log(LogLevel::kInfo, "stopped");
  return kExitOk;
}

}  // namespace
}  // namespace mpic::coordinator

int main(int argc, char** argv) { return mpic::coordinator::Run(argc, argv); }
