// AuditLog as a file of JSON objects, one a line.
#ifndef MPIC_COORDINATOR_AUDIT_JSON_LINES_AUDIT_LOG_H_
#define MPIC_COORDINATOR_AUDIT_JSON_LINES_AUDIT_LOG_H_

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "common/clock.h"
#include "coordinator/audit/audit_log.h"

namespace mpic::coordinator {

// Each line is handed to the kernel by one write before Append answers, so it survives the end of
// the process, not that of the machine. A line that could only be written in part is taken back;
// where that fails, every further Append fails.
class JsonLinesAuditLog final : public AuditLog {
 public:
  // Opens for appending, created with mode 0600, and counts the records that are there, so that
  // sequence numbers go on. FAILED_PRECONDITION when the file cannot be opened, is no regular file
  // or ends in the middle of a line; another process that has it open is refused, too.
  static absl::StatusOr<std::unique_ptr<JsonLinesAuditLog>> Open(const std::string& file,
                                                                 const Clock& clock);
  // FAILED_PRECONDITION when the file is there and may not be read and written, or is not and may
  // not be created. Touches nothing: a running coordinator's may be looked at.
  static absl::Status CheckPlace(const std::string& file);
  ~JsonLinesAuditLog() override;

  boost::asio::awaitable<absl::StatusOr<v1::AuditReference>> Append(
      v1::AuditRecord record) override;

 private:
  JsonLinesAuditLog(std::string file, const Clock& clock, int fd)
      : file_(std::move(file)), clock_(clock), fd_(fd) {}
  absl::Status TakeOver();
  absl::StatusOr<v1::AuditReference> Write(v1::AuditRecord& record);
  absl::Status WriteLine(const std::string& line) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::string file_;
  const Clock& clock_;
  const int fd_;
  absl::Mutex mutex_;
  std::uint64_t records_ ABSL_GUARDED_BY(mutex_) = 0;
  bool torn_ ABSL_GUARDED_BY(mutex_) = false;  // a part of a record could not be taken back
};

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_AUDIT_JSON_LINES_AUDIT_LOG_H_
