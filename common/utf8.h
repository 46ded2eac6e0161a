// UTF-8 of unknown origin (RFC 3629), a character at a time.
#ifndef MPIC_COMMON_UTF8_H_
#define MPIC_COMMON_UTF8_H_

#include <cstddef>

#include "absl/strings/string_view.h"

namespace mpic {

// Octets of the well-formed sequence at the start of `text` (Unicode table 3-7); 0 for none.
std::size_t Utf8Length(absl::string_view text);

// The character that a well-formed sequence, such as Utf8Length has found, stands for.
char32_t Utf8CodePoint(absl::string_view sequence);

}  // namespace mpic

#endif  // MPIC_COMMON_UTF8_H_
