// Whether a log holds: for auditors, offline, also while a coordinator writes.
#ifndef MPIC_COORDINATOR_AUDIT_VERIFICATION_H_
#define MPIC_COORDINATOR_AUDIT_VERIFICATION_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/signing_key.h"
#include "coordinator/audit/chain_line.h"
#include "mpic/v1/audit.pb.h"

namespace mpic::coordinator {

struct VerifyOptions {
  std::string directory;
  // Checkpoints that were kept elsewhere, beside those of the directory.
  std::vector<std::string> checkpoint_files;
  // Whose checkpoints count. Empty: signatures are not looked at.
  std::vector<VerifyingKey> keys;
  // Records to read. Verification begins with the segment that holds `from`, and trusts its first
  // line to name its predecessor; unset, the log must begin with record 1.
  std::optional<std::uint64_t> from;
  std::uint64_t to = std::numeric_limits<std::uint64_t>::max();
  // Looks into a record that stands where it should: what else it holds that can be verified.
  std::function<absl::Status(const v1::AuditRecord& record)> check_record;
};

struct Verified {
  std::uint64_t records = 0;
  std::size_t segments = 0;
  std::uint64_t checkpoints = 0;  // that name one of these records
  std::uint64_t signatures = 0;   // of checkpoints
  std::uint64_t first_sequence = 0;
  absl::Time first_recorded_at;
  absl::Time last_recorded_at;
  ChainHead head;  // the last record
};

// Reads the records and checks hashes, chain, sequences and JSON, and that each checkpoint is
// signed and names the hash that its record has. Nothing is held but one record and one checkpoint
// a file. DATA_LOSS with "FILE:LINE: " for the first thing that does not hold, NOT_FOUND where
// there is no log, OUT_OF_RANGE when it begins behind `from`, UNAVAILABLE for what cannot be read.
absl::StatusOr<Verified> VerifyLog(const VerifyOptions& options);

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_AUDIT_VERIFICATION_H_
