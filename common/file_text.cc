#include "common/file_text.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace mpic {

absl::StatusOr<std::string> ReadFileText(const std::string& path, std::size_t bytes_max) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return absl::ErrnoToStatus(errno, absl::StrCat("open ", path));
  const absl::Cleanup close = [descriptor] { ::close(descriptor); };

  std::string text;
  char block[16384];
  while (text.size() <= bytes_max) {
    const ssize_t count = ::read(descriptor, block, sizeof block);
    if (count == 0) return text;
    if (count < 0 && errno != EINTR) return absl::ErrnoToStatus(errno, absl::StrCat("read ", path));
    if (count > 0) text.append(block, static_cast<std::size_t>(count));
  }
  return absl::ResourceExhaustedError(
      absl::StrCat("read ", path, ": larger than ", bytes_max, " octets"));
}

}  // namespace mpic
