#include "common/grpc_log.h"

#include <grpc/support/log.h>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "common/handshake_failures.h"
#include "common/log.h"
#include "common/log_limit.h"

namespace mpic {
namespace {

// Said at every handshake, because certificates here name programs instead of hosts.
bool IsHostNameNote(absl::string_view message) {
  return absl::StartsWith(message, "No match found for server name");
}

// Never destroyed: gRPC logs until the very end.
LogLimit& Warnings() {
  static auto* const limit = new LogLimit;
  return *limit;
}

void Write(gpr_log_func_args* arguments) {
  absl::string_view file = arguments->file;
  file.remove_prefix(file.rfind('/') + 1);  // npos + 1 is 0
  const std::initializer_list<LogField> fields = {
      {"detail", arguments->message}, {"file", file}, {"line", arguments->line}};
  if (arguments->severity != GPR_LOG_SEVERITY_ERROR || IsHostNameNote(arguments->message)) {
    return Log(LogLevel::kDebug, "grpc", fields);
  }
  const absl::string_view reason = NoteHandshakeFailure(arguments->message);
  if (reason.empty()) return Warnings().Log(LogLevel::kWarning, file, "grpc", fields);
  Warnings().Log(LogLevel::kWarning, reason, "handshake failed",
                 {{"reason", reason}, {"detail", arguments->message}});
}

}  // namespace

void RouteGrpcLog() { gpr_set_log_function(Write); }

}  // namespace mpic
