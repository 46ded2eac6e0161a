// Paths of the files that website methods fetch.
#ifndef MPIC_COMMON_WELL_KNOWN_PATH_H_
#define MPIC_COMMON_WELL_KNOWN_PATH_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace mpic {

inline constexpr absl::string_view kPkiValidationDirectory = "/.well-known/pki-validation/";
inline constexpr absl::string_view kAcmeChallengeDirectory = "/.well-known/acme-challenge/";
inline constexpr std::size_t kPkiValidationFileOctetsMax = 256;

// `file` (WebsiteChange.file) with its dot segments removed, percent-encoded dots included (RFC
// 3986 sections 5.2.4 and 6.2.2.2); put it behind kPkiValidationDirectory. INVALID_ARGUMENT names
// the broken rule (BR 3.2.2.4.18): empty or over 256 octets, a character that no path may hold, a
// broken percent-encoding, an encoded slash or backslash, an empty segment, a way out of the
// directory, nothing left below it. Servers disagree on encoded slashes and on empty segments; no
// file needs them.
absl::StatusOr<std::string> NormalizePkiValidationFile(absl::string_view file);

}  // namespace mpic

#endif  // MPIC_COMMON_WELL_KNOWN_PATH_H_
