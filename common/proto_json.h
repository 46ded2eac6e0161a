// Messages as proto3 JSON, for whoever prints many: protobuf's own printer serialises first and
// then looks each field up by a type that it resolves by name, which is ten times the work.
#ifndef MPIC_COMMON_PROTO_JSON_H_
#define MPIC_COMMON_PROTO_JSON_H_

#include <google/protobuf/message.h>

#include <string>

#include "absl/status/status.h"

namespace mpic {

// Appends `message` to `out` in the JSON mapping of proto3, with the field names of the .proto
// file, fields in ascending order of their numbers, those at their default left out, in one line.
// Protobuf's parser reads the same message from it; strings that are not UTF-8 come as U+FFFD.
// Of the well-known types it knows Timestamp and Duration; unknown fields are left out.
// INVALID_ARGUMENT for a time outside what those may hold.
absl::Status AppendProtoJson(const google::protobuf::Message& message, std::string& out);

}  // namespace mpic

#endif  // MPIC_COMMON_PROTO_JSON_H_
