// The lines of a file that another process may be writing to, without holding more than one.
#ifndef MPIC_COORDINATOR_AUDIT_LINE_FILE_H_
#define MPIC_COORDINATOR_AUDIT_LINE_FILE_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "coordinator/audit/posix_file.h"

namespace mpic::coordinator {

// Looks at what the file holds when it is opened; what is added later is not seen.
class LineFile {
 public:
  static absl::StatusOr<LineFile> Open(const std::string& path);

  // Gives the next whole line, without its line break; it stays until the next call. False at the
  // end. DATA_LOSS for a line beyond kLineOctetsMax, UNAVAILABLE when the file cannot be read.
  absl::StatusOr<bool> Next(absl::string_view& line);

  const std::string& path() const { return file_.path(); }
  std::uint64_t number() const { return number_; }  // of the line last given, 1-based
  std::uint64_t begin() const { return line_at_; }  // where it begins
  // Behind its line break, or where the octets that are no whole line begin.
  std::uint64_t end() const { return buffer_at_ + used_; }
  std::uint64_t size() const { return size_; }

 private:
  LineFile(PosixFile file, std::uint64_t size) : file_(std::move(file)), size_(size) {}
  absl::Status Fill();

  PosixFile file_;
  std::uint64_t size_;
  std::string buffer_;
  std::uint64_t buffer_at_ = 0;  // where in the file the buffer begins
  std::size_t used_ = 0;         // octets of the buffer that have been given
  std::size_t searched_ = 0;     // octets of the buffer without a line break, from its begin
  std::uint64_t number_ = 0;
  std::uint64_t line_at_ = 0;
};

// The last whole line of a file, without its line break; empty when there is none or when octets
// follow that are no whole line.
absl::StatusOr<std::string> LastLineOf(const std::string& path);

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_AUDIT_LINE_FILE_H_
