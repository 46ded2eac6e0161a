#include "common/memory_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "common/status_macros.h"

namespace mpic {
namespace {

constexpr char kName[] = "mpic";
// Linux 6.3; where vm.memfd_noexec is 2 nothing else is allowed. Unknown to older kernels and
// libcs.
constexpr unsigned kNoExecSeal = 8;

absl::Status Failed(const char* what) {
  return absl::UnavailableError(absl::StrCat("memory file: ", what, ": ", std::strerror(errno)));
}

int Open() {
  constexpr unsigned kFlags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
  const int descriptor = ::memfd_create(kName, kFlags | kNoExecSeal);
  if (descriptor >= 0 || errno != EINVAL) return descriptor;
  return ::memfd_create(kName, kFlags);
}

bool WriteAll(int descriptor, absl::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

absl::StatusOr<std::unique_ptr<MemoryFile>> MemoryFile::Create(absl::string_view text) {
  std::unique_ptr<MemoryFile> file(new MemoryFile);
  MPIC_ASSIGN_OR_RETURN(file->descriptor_, file->Make(text));
  file->path_ = absl::StrCat("/proc/self/fd/", file->descriptor_);
  if (::access(file->path_.c_str(), R_OK) != 0) return Failed(file->path_.c_str());
  return file;
}

MemoryFile::~MemoryFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

absl::StatusOr<int> MemoryFile::Make(absl::string_view text) {
  const int descriptor = Open();
  if (descriptor < 0) return Failed("memfd_create");
  absl::Cleanup close = [descriptor] { ::close(descriptor); };
  if (!WriteAll(descriptor, text)) return Failed("write");
  const timespec time{.tv_sec = modified_, .tv_nsec = 0};
  const timespec times[] = {time, time};
  constexpr int kSeals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
  if (::fchmod(descriptor, S_IRUSR) != 0) return Failed("fchmod");
  if (::futimens(descriptor, times) != 0) return Failed("futimens");
  if (::fcntl(descriptor, F_ADD_SEALS, kSeals) != 0) return Failed("F_ADD_SEALS");
  ++modified_;
  std::move(close).Cancel();
  return descriptor;
}

absl::Status MemoryFile::Replace(absl::string_view text) {
  MPIC_ASSIGN_OR_RETURN(const int next, Make(text));
  const absl::Cleanup close = [next] { ::close(next); };
  if (::dup3(next, descriptor_, O_CLOEXEC) < 0) return Failed("dup3");
  return absl::OkStatus();
}

}  // namespace mpic
