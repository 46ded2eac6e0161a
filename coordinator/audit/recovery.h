// What a log holds when a coordinator opens it, and how a torn end is mended.
#ifndef MPIC_COORDINATOR_AUDIT_RECOVERY_H_
#define MPIC_COORDINATOR_AUDIT_RECOVERY_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "coordinator/audit/chain_line.h"
#include "coordinator/audit/chain_reader.h"

namespace mpic::coordinator {

// Where writing goes on.
struct Recovered {
  ChainHead head;                              // the last record
  std::optional<Segment> segment;              // the last one; nullopt: none yet
  std::optional<ChainHead> before_segment;     // the record before it; nullopt: in an archive
  std::uint64_t length = 0;                    // of the last segment
  std::optional<absl::Time> segment_begun_at;  // its first record's time
};

// Checks the last segment whole, and of the others that their first and last records are sound and
// follow each other, so that a start does not take longer the older a log is. A torn end of the
// last segment, one that holds no whole record, is saved as DIRECTORY/torn-SEQUENCE-TIME, logged,
// and cut off. FAILED_PRECONDITION with file, line and reason for everything else that does not
// hold; nothing is changed then. UNAVAILABLE when a file cannot be read or written.
absl::StatusOr<Recovered> Recover(const std::string& directory, absl::Time now);

// Saves the octets of `path` from `at` on as DIRECTORY/torn-`what`-TIME, durably, logs that and
// cuts them off.
absl::Status CutOff(const std::string& path, std::uint64_t at, const std::string& what,
                    absl::Time now);

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_AUDIT_RECOVERY_H_
