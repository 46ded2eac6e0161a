// Writes records to segments so that they are on stable storage, and finds its way back after a
// failure of that storage. Blocks; one thread.
#ifndef MPIC_COORDINATOR_AUDIT_SEGMENT_WRITER_H_
#define MPIC_COORDINATOR_AUDIT_SEGMENT_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "coordinator/audit/chain_line.h"
#include "coordinator/audit/chain_reader.h"
#include "coordinator/audit/posix_file.h"

namespace mpic::coordinator {

struct SegmentOptions {
  std::string directory;
  std::uint64_t octets_max = 0;  // a segment is closed once it has reached this
  absl::Duration age_max;        // or once its first record is so old
  FileCalls calls;
};

class SegmentWriter {
 public:
  // Creates the directory (0700) where it is missing, locks it, and recovers. FAILED_PRECONDITION
  // when another process writes there or the log does not hold (Recover says what).
  static absl::StatusOr<SegmentWriter> Open(SegmentOptions options, const Clock& clock);

  // Appends these records' bodies (EncodeBody) in order; on OK all are on stable storage, with the
  // heads that are returned. On UNAVAILABLE none counts, and Repair has to succeed before the next.
  absl::StatusOr<std::vector<ChainHead>> Append(const std::vector<std::string>& bodies);

  // After a failure: brings the segment back to its last durable record, makes sure that it still
  // holds what was acknowledged, and that there is room again. The next record begins a new
  // segment. UNAVAILABLE while that does not succeed; DATA_LOSS when storage has lost what it said
  // it had, which no retry mends.
  absl::Status Repair();

  const ChainHead& head() const { return head_; }
  std::uint64_t segment_octets() const { return length_; }

 private:
  SegmentWriter(SegmentOptions options, const Clock& clock)
      : options_(std::move(options)), clock_(&clock) {}
  absl::Status Lock();
  absl::Status TakeOver();
  absl::Status BeginSegment();
  bool IsFullOrOld();
  absl::Status RestoreSegment();
  absl::Status CheckSegment() const;
  absl::Status Probe() const;

  SegmentOptions options_;
  const Clock* clock_;
  PosixFile lock_;
  PosixFile file_;  // the last segment; closed while there is none to write to
  std::optional<Segment> segment_;
  std::optional<ChainHead> before_segment_;
  ChainHead head_;
  std::uint64_t length_ = 0;  // of the segment, durable
  std::size_t failed_octets_ = 0;
  // The age is summed up from what the clock goes forward, so that a step back costs one interval.
  absl::Duration age_;
  absl::Time last_now_;
};

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_AUDIT_SEGMENT_WRITER_H_
