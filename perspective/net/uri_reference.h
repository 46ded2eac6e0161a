// The parts of a URI reference (RFC 3986 section 4.1).
#ifndef MPIC_PERSPECTIVE_NET_URI_REFERENCE_H_
#define MPIC_PERSPECTIVE_NET_URI_REFERENCE_H_

#include <optional>

#include "absl/strings/string_view.h"

namespace mpic::perspective {

// Without the delimiters ":", "//", "?" and "#". Views into the text that was split.
struct UriReference {
  std::optional<absl::string_view> scheme;
  std::optional<absl::string_view> authority;
  absl::string_view path;
  std::optional<absl::string_view> query;
  std::optional<absl::string_view> fragment;
};

// nullopt: not a URI reference. Each part holds only the characters and percent-encodings that RFC
// 3986 gives it; of the authority no more than that is known. Takes any octets of any length.
std::optional<UriReference> SplitUriReference(absl::string_view text);

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_NET_URI_REFERENCE_H_
