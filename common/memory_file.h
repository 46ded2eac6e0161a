// A file that is nowhere but in this process's memory (memfd_create), for libraries that want a
// path. Others can read it where they could read the process's memory itself, and only there.
#ifndef MPIC_COMMON_MEMORY_FILE_H_
#define MPIC_COMMON_MEMORY_FILE_H_

#include <ctime>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace mpic {

// Replace takes the place of the whole file at once: whoever has opened it before reads the old
// text to its end, whoever opens it afterwards the new one. Each text has a time of modification of
// its own, in whole seconds, so that those who compare times see the change. One thread at a time
// may call Replace.
class MemoryFile {
 public:
  // UNAVAILABLE without memory, descriptors, or /proc.
  static absl::StatusOr<std::unique_ptr<MemoryFile>> Create(absl::string_view text);
  ~MemoryFile();
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  // Under /proc/self/fd, the same for as long as this lives.
  const std::string& path() const { return path_; }

  // UNAVAILABLE leaves the former text.
  absl::Status Replace(absl::string_view text);

 private:
  MemoryFile() = default;
  // A descriptor of a file with this text that nobody can change any more.
  absl::StatusOr<int> Make(absl::string_view text);

  int descriptor_ = -1;
  std::string path_;
  std::time_t modified_ = 1;
};

}  // namespace mpic

#endif  // MPIC_COMMON_MEMORY_FILE_H_
