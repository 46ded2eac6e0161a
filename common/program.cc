#include "common/program.h"

#include <CLI/CLI.hpp>
#include <iostream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/mutex.h"

namespace mpic {

std::variant<ServerFlags, int> ParseServerFlags(int argc, char** argv, absl::string_view program,
                                                absl::string_view description) {
  ServerFlags flags;
  CLI::App app{std::string(description), std::string(program)};
  app.set_version_flag("--version", absl::StrCat(program, " " MPIC_VERSION));
  app.add_option("--config", flags.config_file, "Configuration file (YAML)")->required();
  app.add_flag("--check-config", flags.check_config,
               "Check the configuration and the files it names, and exit");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitOk : kExitUsage;
  }
  return flags;
}

void LeaveLockOrderAlone() { absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore); }

int RefuseConfig(const ServerFlags& flags, const absl::Status& status) {
  std::cerr << flags.config_file << " is refused:\n" << status.message() << '\n';
  return kExitUsage;
}

absl::Status UnderField(absl::string_view field, const absl::Status& status) {
  if (status.ok()) return status;
  const std::vector<absl::string_view> lines = absl::StrSplit(status.message(), '\n');
  const std::string separator = absl::StrCat("\n", field, ".");
  return {status.code(), absl::StrCat(field, ".", absl::StrJoin(lines, separator))};
}

LogLevel ToLogLevel(config::v1::LogLevel level) {
  switch (level) {
    case config::v1::debug:
      return LogLevel::kDebug;
    case config::v1::warning:
      return LogLevel::kWarning;
    case config::v1::error:
      return LogLevel::kError;
    default:
      return LogLevel::kInfo;
  }
}

void TellReload(const ServerFlags& flags, const absl::Status& reloaded,
                const std::vector<std::string>& changed_fields, LogLevel level) {
  if (!reloaded.ok()) {
    Log(LogLevel::kError, "configuration refused, the former one stays",
        {{"file", flags.config_file}, {"reason", reloaded.message()}});
    return;
  }
  // Under the more talkative of the two levels.
  const bool was_told = LogEnabled(LogLevel::kInfo);
  if (!was_told) SetLogLevel(level);
  Log(LogLevel::kInfo, "configuration reloaded",
      {{"file", flags.config_file}, {"changed", absl::StrJoin(changed_fields, ", ")}});
  if (was_told) SetLogLevel(level);
}

}  // namespace mpic
