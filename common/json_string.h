// Text of unknown origin as a JSON string.
#ifndef MPIC_COMMON_JSON_STRING_H_
#define MPIC_COMMON_JSON_STRING_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace mpic {

// Appends `text` in quotes, escaped by RFC 8259, and with it what would deceive whoever looks at it
// in a terminal: control characters and invisible ones. What is not UTF-8 (RFC 3629) becomes
// U+FFFD, an octet at a time; what lies beyond `bytes_max` octets becomes one ellipsis.
void AppendJsonString(absl::string_view text, std::size_t bytes_max, std::string& out);

}  // namespace mpic

#endif  // MPIC_COMMON_JSON_STRING_H_
