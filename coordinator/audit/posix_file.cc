#include "coordinator/audit/posix_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "common/status_macros.h"

namespace mpic::coordinator {

absl::StatusOr<PosixFile> PosixFile::Open(const std::string& path, int flags) {
  PosixFile file;
  file.path_ = path;
  file.fd_ = ::open(path.c_str(), flags | O_CLOEXEC, 0600);
  if (!file.is_open()) return file.Failure("open");
  return file;
}

absl::Status PosixFile::Failure(absl::string_view attempt) const {
  return absl::UnavailableError(absl::StrCat(attempt, " ", path_, ": ", std::strerror(errno)));
}

void PosixFile::Close() {
  if (is_open()) ::close(fd_);
  fd_ = -1;
}

absl::StatusOr<std::uint64_t> PosixFile::Size() const {
  struct stat info{};
  if (::fstat(fd_, &info) != 0) return Failure("look at");
  if (!S_ISREG(info.st_mode)) {
    return absl::UnavailableError(absl::StrCat(path_, ": not a regular file"));
  }
  return static_cast<std::uint64_t>(info.st_size);
}

absl::StatusOr<std::string> PosixFile::Read(std::uint64_t at, std::size_t count) const {
  std::string octets(count, '\0');
  for (std::size_t done = 0; done < count;) {
    const ssize_t got =
        ::pread(fd_, octets.data() + done, count - done, static_cast<off_t>(at + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Failure("read");
    if (got == 0)
      return absl::UnavailableError(absl::StrCat("read ", path_, ": shorter than it was"));
    done += static_cast<std::size_t>(got);
  }
  return octets;
}

absl::Status PosixFile::Write(const FileCalls& calls, absl::string_view octets,
                              std::uint64_t at) const {
  while (!octets.empty()) {
    const ssize_t done = calls.pwrite(fd_, octets.data(), octets.size(), static_cast<off_t>(at));
    if (done < 0 && errno == EINTR) continue;
    if (done == 0) errno = ENOSPC;
    if (done <= 0) return Failure("write");
    octets.remove_prefix(static_cast<std::size_t>(done));
    at += static_cast<std::uint64_t>(done);
  }
  return absl::OkStatus();
}

absl::Status PosixFile::Sync(const FileCalls& calls) const {
  return calls.fdatasync(fd_) == 0 ? absl::OkStatus() : Failure("fdatasync");
}

absl::Status PosixFile::Truncate(const FileCalls& calls, std::uint64_t length) const {
  return calls.ftruncate(fd_, static_cast<off_t>(length)) == 0 ? absl::OkStatus()
                                                               : Failure("truncate");
}

absl::Status SyncDirectory(const std::string& directory) {
  MPIC_ASSIGN_OR_RETURN(const PosixFile opened, PosixFile::Open(directory, O_RDONLY | O_DIRECTORY));
  if (::fsync(opened.fd()) == 0) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("fsync ", directory, ": ", std::strerror(errno)));
}

}  // namespace mpic::coordinator
