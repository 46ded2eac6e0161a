// Configuration files: YAML mapped by reflection on a protobuf message.
//
// Keys are field names as in the .proto. Scalars, enums (by name, in any case), lists, maps, nested
// messages and google.protobuf.Duration ("1.5s", "250ms", "2m", "1h") are understood. A key without
// a value keeps the field's default. JSON is accepted because it is YAML.
#ifndef MPIC_COMMON_CONFIG_FILE_H_
#define MPIC_COMMON_CONFIG_FILE_H_

#include <google/protobuf/message.h>

#include <cstddef>
#include <string>

#include "absl/status/status.h"

namespace mpic {

// A file larger than this is not a configuration.
inline constexpr std::size_t kConfigBytesMax = 1 << 20;

// Reads `path` into `config`, which is cleared first. INVALID_ARGUMENT lists every violation of the
// file, one a line, each as "file:line: path.to.key: rule": syntax, unknown or repeated keys, wrong
// types, numbers out of range, more than one document, aliases and tags. NOT_FOUND and its kin say
// why the file could not be read. On an error `config` is not to be used. Rules over values (ports,
// ids, distances) are the caller's. Never throws.
absl::Status LoadConfigFile(const std::string& path, google::protobuf::Message& config);

// The same for text that is at hand; `source_name` stands for the file in messages.
absl::Status LoadConfigText(const std::string& text, const std::string& source_name,
                            google::protobuf::Message& config);

// `config` as JSON for /configz. Configurations name files and hold no secrets.
std::string ConfigToJson(const google::protobuf::Message& config);

}  // namespace mpic

#endif  // MPIC_COMMON_CONFIG_FILE_H_
