// Reads the records of a log in order and checks that each follows the one before. For recovery at
// the start, for verification, for whoever looks something up; also while a coordinator writes.
#ifndef MPIC_COORDINATOR_AUDIT_CHAIN_READER_H_
#define MPIC_COORDINATOR_AUDIT_CHAIN_READER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "coordinator/audit/chain_line.h"
#include "coordinator/audit/line_file.h"

namespace mpic::coordinator {

struct Segment {
  std::string path;
  std::uint64_t first_sequence = 0;  // as its name says
};

// DIRECTORY/audit-00000000000000000001.jsonl
std::string SegmentPath(const std::string& directory, std::uint64_t first_sequence);

// The segments of a directory in order; other files do not matter. UNAVAILABLE when it cannot be
// read.
absl::StatusOr<std::vector<Segment>> ListSegments(const std::string& directory);

struct ChainEntry {
  absl::string_view text;  // the line without its line break; until the next call
  ChainLine line;          // refers to text
  std::string where;       // "FILE:LINE"
};

class ChainReader {
 public:
  // Begins with the segment that holds record `from`; what is before that is not looked at, and
  // the first line is trusted to name its predecessor. OUT_OF_RANGE when all segments begin later,
  // UNAVAILABLE when the directory cannot be read. Segments that are begun later are not seen.
  static absl::StatusOr<ChainReader> Open(const std::string& directory, std::uint64_t from);
  // Of these segments alone, the first of which follows `before`; nullopt trusts its first line.
  ChainReader(std::vector<Segment> segments, std::optional<ChainHead> before);

  // Gives the next record; false at the end, which an incomplete last line of the last segment is,
  // too: somebody may be writing it. DATA_LOSS with "FILE:LINE: " for the first thing that does not
  // hold; after that only WholeRecordFollows may be asked. UNAVAILABLE when a file cannot be read.
  absl::StatusOr<bool> Next(ChainEntry& entry);

  // The last record given.
  const ChainHead& head() const { return head_; }
  // When the first record of the segment last begun was made; nullopt when that is empty.
  std::optional<absl::Time> segment_begun_at() const { return segment_begun_at_; }
  // Where, in the segment last begun, the last record given ends.
  std::uint64_t end() const { return end_; }
  // The segments begun so far.
  std::size_t segments() const { return next_segment_; }
  // The fault is in the last segment.
  bool in_last_segment() const { return next_segment_ == segments_.size(); }
  // After a fault: whether its line, or any after it in the segment, is a record that agrees with
  // its own hash. Where none is, the fault is a torn end.
  absl::StatusOr<bool> WholeRecordFollows();

 private:
  absl::StatusOr<bool> OpenNextSegment();
  absl::Status Fault(absl::string_view what) const;

  std::vector<Segment> segments_;
  std::size_t next_segment_ = 0;
  std::optional<LineFile> file_;
  bool head_is_known_;
  ChainHead head_;
  std::optional<absl::Time> segment_begun_at_;
  std::uint64_t end_ = 0;
  std::string faulty_;
};

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_AUDIT_CHAIN_READER_H_
