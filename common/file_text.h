// Small files read whole.
#ifndef MPIC_COMMON_FILE_TEXT_H_
#define MPIC_COMMON_FILE_TEXT_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"

namespace mpic {

// What `path` holds. Its errno as a status that names the path; RESOURCE_EXHAUSTED beyond
// `bytes_max`. Blocks.
absl::StatusOr<std::string> ReadFileText(const std::string& path, std::size_t bytes_max);

}  // namespace mpic

#endif  // MPIC_COMMON_FILE_TEXT_H_
