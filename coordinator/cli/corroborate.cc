#include "coordinator/cli/corroborate.h"

#include <ostream>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/file_text.h"
#include "common/status_macros.h"
#include "coordinator/cli/connection.h"
#include "coordinator/cli/exit_code.h"
#include "coordinator/cli/failure.h"
#include "coordinator/cli/json.h"
#include "coordinator/cli/table.h"
#include "mpic/v1/coordinator.grpc.pb.h"

namespace mpic::coordinator::cli {
namespace {

// What a server takes at most by gRPC's default, with room for white space.
constexpr std::size_t kRequestBytesMax = 16 << 20;

absl::Status ReadRequest(const std::string& file, v1::CorroborateRequest& request) {
  MPIC_ASSIGN_OR_RETURN(const std::string json,
                        ReadFileText(file == "-" ? "/dev/stdin" : file, kRequestBytesMax));
  const absl::Status status = FromJson(json, request);
  if (status.ok()) return status;
  return absl::InvalidArgumentError(absl::StrCat(file, ": ", status.message()));
}

}  // namespace

absl::StatusOr<v1::CorroborateRequest> RequestOf(const CheckArguments& arguments,
                                                 const Flags& flags) {
  v1::CorroborateRequest request;
  if (!arguments.request_file.empty()) {
    MPIC_RETURN_IF_ERROR(ReadRequest(arguments.request_file, request));
  }
  for (const v1::Check& check : arguments.checks) *request.add_inputs()->mutable_check() = check;
  if (!flags.request_id.empty()) request.set_request_id(flags.request_id);
  return request;
}

int Corroborate(const CheckArguments& arguments, const Flags& flags, std::ostream& out,
                std::ostream& err) {
  const absl::StatusOr<v1::CorroborateRequest> request = RequestOf(arguments, flags);
  const auto channel = Connect(flags);
  if (!request.ok() || !channel.ok()) {
    err << "mpicctl: " << (request.ok() ? channel.status() : request.status()).message() << '\n';
    return kExitUsage;
  }
  grpc::ClientContext context;
  Prepare(flags, context);
  v1::CorroborateResponse response;
  const grpc::Status status =
      v1::MpicService::NewStub(*channel)->Corroborate(&context, *request, &response);
  if (!status.ok()) {
    err << FailureText(status);
    return ExitCodeOf(status);
  }
  out << (flags.output == OutputFormat::kJson ? ToJson(response) : ToTable(*request, response));
  const auto asked = static_cast<std::size_t>(request->inputs_size());
  if (static_cast<std::size_t>(response.corroborations_size()) != asked) {
    err << "mpicctl: " << response.corroborations_size() << " verdicts came for " << asked
        << " checks\n";
  }
  return ExitCodeOf(response, asked);
}

}  // namespace mpic::coordinator::cli
