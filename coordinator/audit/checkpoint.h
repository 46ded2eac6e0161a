// Signed words on the end of the log (v1.AuditCheckpoint), one JSON object a line. Who keeps one
// elsewhere can tell a rewritten history, whose hashes agree with each other as well.
#ifndef MPIC_COORDINATOR_AUDIT_CHECKPOINT_H_
#define MPIC_COORDINATOR_AUDIT_CHECKPOINT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/signing_key.h"
#include "coordinator/audit/chain_line.h"
#include "coordinator/audit/line_file.h"
#include "coordinator/audit/posix_file.h"
#include "mpic/v1/audit.pb.h"

namespace mpic::coordinator {

// DIRECTORY/checkpoints.jsonl
std::string CheckpointsPath(const std::string& directory);

// The octets that are signed (mpic/v1/audit.proto).
std::string SignedOctets(const v1::AuditCheckpoint& checkpoint);

// The key of audit.checkpoint_key_file. FAILED_PRECONDITION names the field, the file and what is
// wrong.
absl::StatusOr<SigningKey> LoadCheckpointKey(const std::string& file);

absl::StatusOr<v1::AuditCheckpoint> MakeCheckpoint(const SigningKey& key, const ChainHead& head,
                                                   absl::Time now);

// Checkpoints of one file in order.
class CheckpointReader {
 public:
  static absl::StatusOr<CheckpointReader> Open(const std::string& path);

  // Gives the next one; false at the end, which an incomplete last line is, too. DATA_LOSS with
  // "FILE:LINE: " for a line that is none, or whose sequence is below the one before.
  absl::StatusOr<bool> Next(v1::AuditCheckpoint& checkpoint);

  std::string where() const;  // "FILE:LINE" of the one last given
  std::uint64_t end() const { return file_.end(); }
  std::uint64_t size() const { return file_.size(); }

 private:
  explicit CheckpointReader(LineFile file) : file_(std::move(file)) {}

  LineFile file_;
  std::uint64_t last_sequence_ = 0;
};

// The last checkpoint of a log; nullopt when there is none. FAILED_PRECONDITION for a file that
// CheckpointReader refuses.
absl::StatusOr<std::optional<v1::AuditCheckpoint>> LastCheckpoint(const std::string& directory);

// Appends checkpoints to the file of a log. Blocks; one thread.
class CheckpointWriter {
 public:
  // Cuts a torn end off as recovery does.
  static absl::StatusOr<CheckpointWriter> Open(const std::string& directory, SigningKey key,
                                               FileCalls calls, absl::Time now);

  // Signs and appends one, durably. UNAVAILABLE when it cannot be written; what was written in part
  // is taken back.
  absl::Status Write(const ChainHead& head, absl::Time now);

 private:
  CheckpointWriter(SigningKey key, FileCalls calls)
      : key_(std::move(key)), calls_(std::move(calls)) {}

  SigningKey key_;
  FileCalls calls_;
  PosixFile file_;
  std::uint64_t length_ = 0;
};

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_AUDIT_CHECKPOINT_H_
