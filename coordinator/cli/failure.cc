#include "coordinator/cli/failure.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/proto_time.h"
#include "coordinator/cli/terminal_text.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace mpic::coordinator::cli {
namespace {

std::string DetailText(const google::protobuf::Any& detail) {
  google::rpc::BadRequest refused;
  google::rpc::RetryInfo retry;
  std::string text;
  if (detail.UnpackTo(&refused)) {
    for (const auto& violation : refused.field_violations()) {
      absl::StrAppend(&text, ForTerminal(violation.field()), ": ",
                      ForTerminal(violation.description()), "\n");
    }
  } else if (detail.UnpackTo(&retry)) {
    absl::StrAppend(&text, "come back in ",
                    absl::FormatDuration(FromProtoDuration(retry.retry_delay())), "\n");
  }
  return text;
}

std::string MessageText(const grpc::Status& status) {
  // gRPC says nothing.
  if (status.error_code() == grpc::StatusCode::UNIMPLEMENTED && status.error_message().empty()) {
    return "the server does not know this call; a perspective knows check, a coordinator the "
           "others";
  }
  return ForTerminal(status.error_message());
}

}  // namespace

std::string FailureText(const grpc::Status& status) {
  std::string details;
  google::rpc::Status rich;
  if (rich.ParseFromString(status.error_details())) {
    for (const google::protobuf::Any& detail : rich.details()) {
      absl::StrAppend(&details, DetailText(detail));
    }
  }
  // The message of a refused request repeats its first violation.
  const bool listed = status.error_code() == grpc::StatusCode::INVALID_ARGUMENT && !details.empty();
  // The numbers of the two code spaces are the same.
  const auto code = static_cast<absl::StatusCode>(status.error_code());
  return absl::StrCat("mpicctl: ", absl::StatusCodeToString(code), ": ",
                      listed ? "the request breaks these rules" : MessageText(status), "\n",
                      details);
}

}  // namespace mpic::coordinator::cli
