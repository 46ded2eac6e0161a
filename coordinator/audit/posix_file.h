// Files as the audit log needs them: a descriptor that closes itself, and the calls whose failure
// decides whether a verdict may leave.
#ifndef MPIC_COORDINATOR_AUDIT_POSIX_FILE_H_
#define MPIC_COORDINATOR_AUDIT_POSIX_FILE_H_

#include <sys/types.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace mpic::coordinator {

// Tests put failing disks here.
struct FileCalls {
  std::function<ssize_t(int fd, const void* octets, std::size_t count, off_t at)> pwrite = ::pwrite;
  std::function<int(int fd)> fdatasync = ::fdatasync;
  std::function<int(int fd, off_t length)> ftruncate = ::ftruncate;
};

// An open file. Errors are UNAVAILABLE and name what was tried on which file.
class PosixFile {
 public:
  PosixFile() = default;
  static absl::StatusOr<PosixFile> Open(const std::string& path, int flags);
  PosixFile(PosixFile&& other) noexcept { *this = std::move(other); }
  PosixFile& operator=(PosixFile&& other) noexcept {
    std::swap(fd_, other.fd_);
    std::swap(path_, other.path_);
    return *this;
  }
  ~PosixFile() { Close(); }

  bool is_open() const { return fd_ >= 0; }
  int fd() const { return fd_; }
  const std::string& path() const { return path_; }
  void Close();

  // Of a regular file.
  absl::StatusOr<std::uint64_t> Size() const;
  // Exactly these octets.
  absl::StatusOr<std::string> Read(std::uint64_t at, std::size_t count) const;
  absl::Status Write(const FileCalls& calls, absl::string_view octets, std::uint64_t at) const;
  absl::Status Sync(const FileCalls& calls) const;
  absl::Status Truncate(const FileCalls& calls, std::uint64_t length) const;

 private:
  absl::Status Failure(absl::string_view attempt) const;

  int fd_ = -1;
  std::string path_;
};

// Makes names that were added to or removed from a directory durable.
absl::Status SyncDirectory(const std::string& directory);

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_AUDIT_POSIX_FILE_H_
