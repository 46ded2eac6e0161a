#include "coordinator/audit/line_file.h"

#include <fcntl.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "coordinator/audit/chain_line.h"

namespace mpic::coordinator {
namespace {

constexpr std::size_t kBlockOctets = 256 * 1024;

}  // namespace

absl::StatusOr<LineFile> LineFile::Open(const std::string& path) {
  MPIC_ASSIGN_OR_RETURN(PosixFile file, PosixFile::Open(path, O_RDONLY));
  MPIC_ASSIGN_OR_RETURN(const std::uint64_t size, file.Size());
  return LineFile(std::move(file), size);
}

absl::StatusOr<bool> LineFile::Next(absl::string_view& line) {
  while (true) {
    const std::size_t found = buffer_.find('\n', searched_);
    if (found != std::string::npos) {
      line = absl::string_view(buffer_).substr(used_, found - used_);
      line_at_ = buffer_at_ + used_;
      used_ = searched_ = found + 1;
      ++number_;
      return true;
    }
    searched_ = buffer_.size();
    if (buffer_at_ + buffer_.size() >= size_) return false;
    if (buffer_.size() - used_ > kLineOctetsMax) {
      return absl::DataLossError(
          absl::StrCat(path(), ":", number_ + 1, ": longer than ", kLineOctetsMax, " octets"));
    }
    MPIC_RETURN_IF_ERROR(Fill());
  }
}

absl::Status LineFile::Fill() {
  buffer_.erase(0, used_);
  buffer_at_ += used_;
  searched_ -= used_;
  used_ = 0;
  const std::uint64_t at = buffer_at_ + buffer_.size();
  MPIC_ASSIGN_OR_RETURN(
      const std::string block,
      file_.Read(at, static_cast<std::size_t>(std::min<std::uint64_t>(kBlockOctets, size_ - at))));
  buffer_ += block;
  return absl::OkStatus();
}

absl::StatusOr<std::string> LastLineOf(const std::string& path) {
  MPIC_ASSIGN_OR_RETURN(const PosixFile file, PosixFile::Open(path, O_RDONLY));
  MPIC_ASSIGN_OR_RETURN(std::uint64_t at, file.Size());
  std::string tail;
  while (at > 0 && tail.size() <= kLineOctetsMax) {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(kBlockOctets, at));
    at -= count;
    MPIC_ASSIGN_OR_RETURN(std::string block, file.Read(at, count));
    tail.insert(0, block);
    if (tail.back() != '\n') return "";
    const std::size_t before =
        tail.size() < 2 ? std::string::npos : tail.rfind('\n', tail.size() - 2);
    if (before != std::string::npos || at == 0) {
      const std::size_t begin = before == std::string::npos ? 0 : before + 1;
      return tail.substr(begin, tail.size() - 1 - begin);
    }
  }
  return "";
}

}  // namespace mpic::coordinator
