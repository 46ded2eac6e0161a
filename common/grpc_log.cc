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
  const bool is_error = arguments->severity == GPR_LOG_SEVERITY_ERROR;
  if (is_error) NoteHandshakeFailure(arguments->message);
  const std::initializer_list<LogField> fields = {
      {"detail", arguments->message}, {"file", file}, {"line", arguments->line}};
  if (is_error && !IsHostNameNote(arguments->message)) {
    Warnings().Log(LogLevel::kWarning, file, "grpc", fields);
  } else {
    Log(LogLevel::kDebug, "grpc", fields);
  }
}

}  // namespace

void RouteGrpcLog() { gpr_set_log_function(Write); }

}  // namespace mpic
