#include "coordinator/audit/json_lines_audit_log.h"

#include <fcntl.h>
#include <google/protobuf/util/json_util.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "common/proto_time.h"
#include "common/status_macros.h"

namespace mpic::coordinator {
namespace {

absl::Status Failure(const std::string& file, absl::string_view what) {
  return absl::FailedPreconditionError(absl::StrCat("audit.file ", file, ": ", what));
}

absl::StatusOr<std::string> ToLine(const v1::AuditRecord& record) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string line;
  if (const auto status = google::protobuf::util::MessageToJsonString(record, &line, options);
      !status.ok()) {
    return absl::InternalError(absl::StrCat("audit record: ", status.ToString()));
  }
  line.push_back('\n');
  return line;
}

}  // namespace

absl::StatusOr<std::unique_ptr<JsonLinesAuditLog>> JsonLinesAuditLog::Open(const std::string& file,
                                                                           const Clock& clock) {
  const int fd = open(file.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return Failure(file, std::strerror(errno));
  auto log = std::unique_ptr<JsonLinesAuditLog>(new JsonLinesAuditLog(file, clock, fd));
  MPIC_RETURN_IF_ERROR(log->TakeOver());
  return log;
}

absl::Status JsonLinesAuditLog::CheckPlace(const std::string& file) {
  if (faccessat(AT_FDCWD, file.c_str(), R_OK | W_OK, AT_EACCESS) == 0) return absl::OkStatus();
  if (errno != ENOENT) return Failure(file, std::strerror(errno));
  const std::string directory = std::filesystem::absolute(file).parent_path().string();
  if (faccessat(AT_FDCWD, directory.c_str(), W_OK | X_OK, AT_EACCESS) == 0) return absl::OkStatus();
  return Failure(file, absl::StrCat(std::strerror(errno), ", directory ", directory));
}

JsonLinesAuditLog::~JsonLinesAuditLog() { close(fd_); }

absl::Status JsonLinesAuditLog::TakeOver() {
  struct stat info{};
  if (fstat(fd_, &info) != 0 || !S_ISREG(info.st_mode)) return Failure(file_, "not a regular file");
  if (flock(fd_, LOCK_EX | LOCK_NB) != 0) return Failure(file_, "another process writes to it");
  std::array<char, 64 * 1024> buffer{};
  char last = '\n';
  const absl::MutexLock lock(&mutex_);
  for (off_t at = 0;;) {
    const ssize_t got = pread(fd_, buffer.data(), buffer.size(), at);
    if (got < 0) return Failure(file_, std::strerror(errno));
    if (got == 0) break;
    records_ += static_cast<std::uint64_t>(std::count(buffer.begin(), buffer.begin() + got, '\n'));
    last = buffer[static_cast<std::size_t>(got - 1)];
    at += got;
  }
  if (last != '\n') return Failure(file_, "ends in the middle of a record");
  return absl::OkStatus();
}

boost::asio::awaitable<absl::StatusOr<v1::AuditReference>> JsonLinesAuditLog::Append(
    v1::AuditRecord record) {
  co_return Write(record);
}

absl::StatusOr<v1::AuditReference> JsonLinesAuditLog::Write(v1::AuditRecord& record) {
  const absl::MutexLock lock(&mutex_);
  record.set_schema_version(1);
  record.set_sequence(records_ + 1);
  *record.mutable_recorded_at() = ToTimestamp(clock_.Now());
  MPIC_ASSIGN_OR_RETURN(const std::string line, ToLine(record));
  MPIC_RETURN_IF_ERROR(WriteLine(line));
  ++records_;
  v1::AuditReference reference;
  reference.set_sequence(records_);
  return reference;
}

absl::Status JsonLinesAuditLog::WriteLine(const std::string& line) {
  if (torn_) return absl::UnavailableError(absl::StrCat("audit.file ", file_, ": torn record"));
  const off_t before = lseek(fd_, 0, SEEK_END);
  std::size_t written = 0;
  while (written < line.size()) {
    const ssize_t done = write(fd_, line.data() + written, line.size() - written);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) {
      const int error = errno;
      // A torn line would spoil the next record, so if even this fails there is no next one.
      torn_ = written > 0 && (before < 0 || ftruncate(fd_, before) != 0);
      return absl::UnavailableError(absl::StrCat("audit.file ", file_, ": ", std::strerror(error)));
    }
    written += static_cast<std::size_t>(done);
  }
  return absl::OkStatus();
}

}  // namespace mpic::coordinator
