// Messages as JSON documents, for scripts.
#ifndef MPIC_COORDINATOR_CLI_JSON_H_
#define MPIC_COORDINATOR_CLI_JSON_H_

#include <google/protobuf/message.h>

#include <string>

#include "absl/status/status.h"

namespace mpic::coordinator::cli {

// Proto3 JSON, field names as in the .proto files, ends with a line break. Control characters are
// escaped.
std::string ToJson(const google::protobuf::Message& message);

// Reads proto3 JSON into `message`. INVALID_ARGUMENT for anything else, unknown fields included.
absl::Status FromJson(const std::string& json, google::protobuf::Message& message);

}  // namespace mpic::coordinator::cli

#endif  // MPIC_COORDINATOR_CLI_JSON_H_
