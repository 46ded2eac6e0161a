// The command line that both servers share: --config, --check-config, --check-reload, --version.
#ifndef MPIC_COMMON_PROGRAM_H_
#define MPIC_COMMON_PROGRAM_H_

#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/log.h"
#include "mpic/config/v1/common.pb.h"

namespace mpic {

// Exit codes of the servers.
inline constexpr int kExitOk = 0;
inline constexpr int kExitFailure = 1;
inline constexpr int kExitUsage = 2;  // command line or configuration

// Has Abseil not watch in which order mutexes are locked. Debian builds it for debugging, so that
// it does, for every mutex of gRPC's as well: at every lock of a busy server, which it would end
// over an order that merely could deadlock. Before any thread is started.
void LeaveLockOrderAlone();

struct ServerFlags {
  std::string config_file;
  bool check_config = false;  // check what a start takes, and exit
  bool check_reload = false;  // what a reload takes
};

// Flags to go on with, or the code to exit with: --help and --version have printed, a bad command
// line has been explained on stderr.
std::variant<ServerFlags, int> ParseServerFlags(int argc, char** argv, absl::string_view program,
                                                absl::string_view description);

// Explains a refused configuration on stderr, one violation a line; returns kExitUsage.
int RefuseConfig(const ServerFlags& flags, const absl::Status& status);

// The same status with `field` and a dot before each line: errors about certificate files name
// their field without knowing which Tls message they stand in.
absl::Status UnderField(absl::string_view field, const absl::Status& status);

LogLevel ToLogLevel(config::v1::LogLevel level);

// Says what came of a SIGHUP, in one line: that the configuration was taken over, what differs in
// it (common/reload_check.h), and `level` from now on; or why it was refused, then nothing changes.
void TellReload(const ServerFlags& flags, const absl::Status& reloaded,
                const std::vector<std::string>& changed_fields, LogLevel level);

}  // namespace mpic

#endif  // MPIC_COMMON_PROGRAM_H_
