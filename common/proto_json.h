// Messages as proto3 JSON, for whoever prints many. Protobuf's own printer reads the serialized
// form too, but looks each field up by a type that it resolves by name, which is ten times the
// work.
#ifndef MPIC_COMMON_PROTO_JSON_H_
#define MPIC_COMMON_PROTO_JSON_H_

#include <google/protobuf/descriptor.h>

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace mpic {

// Appends a message of `type`, whose serialized form is `octets`, to `out` in the JSON mapping of
// proto3, with the field names of the .proto file, fields in ascending order of their numbers,
// those at their default left out, in one line. Protobuf's parser reads the same message from it;
// strings that are not UTF-8 come as U+FFFD. Of the well-known types it knows Timestamp and
// Duration; unknown fields are left out.
// `octets` are what protobuf's serializer wrote. INVALID_ARGUMENT for a time outside what those may
// hold, and for most forms that only its parser takes: fields in another order or in pieces.
absl::Status AppendProtoJson(const google::protobuf::Descriptor& type, absl::string_view octets,
                             std::string& out);

}  // namespace mpic

#endif  // MPIC_COMMON_PROTO_JSON_H_
