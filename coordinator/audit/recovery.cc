#include "coordinator/audit/recovery.h"

#include <fcntl.h>

#include <algorithm>
#include <filesystem>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/log.h"
#include "common/status_macros.h"
#include "coordinator/audit/checkpoint.h"
#include "coordinator/audit/line_file.h"
#include "coordinator/audit/posix_file.h"

namespace mpic::coordinator {
namespace {

constexpr std::size_t kBlockOctets = 1024 * 1024;

std::string DirectoryOf(const std::string& path) {
  return std::filesystem::path(path).parent_path().string();
}

// What does not hold is for a person to look at.
absl::Status Refused(const absl::Status& status) {
  if (!absl::IsDataLoss(status)) return status;
  return absl::FailedPreconditionError(absl::StrCat("audit log: ", status.message()));
}

// The end of a segment that is not the last one, of which only the ends are looked at.
absl::StatusOr<ChainHead> HeadAfter(const Segment& segment, std::optional<ChainHead> before) {
  ChainReader reader({segment}, before);
  ChainEntry first;
  MPIC_ASSIGN_OR_RETURN(const bool is_record, reader.Next(first));
  MPIC_ASSIGN_OR_RETURN(const std::string last_text, LastLineOf(segment.path));
  if (!is_record || last_text.empty()) {
    return absl::DataLossError(
        absl::StrCat(segment.path, ": does not end with a whole record, and is not the last"));
  }
  const absl::StatusOr<ChainLine> last = ParseLine(last_text);
  if (!last.ok()) {
    return absl::DataLossError(
        absl::StrCat(segment.path, ", last line: ", last.status().message()));
  }
  return last->head();
}

absl::Status CopyTail(const PosixFile& from, std::uint64_t at, const std::string& path) {
  const FileCalls calls;
  MPIC_ASSIGN_OR_RETURN(const std::uint64_t size, from.Size());
  MPIC_ASSIGN_OR_RETURN(const PosixFile saved, PosixFile::Open(path, O_WRONLY | O_CREAT | O_EXCL));
  for (std::uint64_t done = at; done < size;) {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(kBlockOctets, size - done));
    MPIC_ASSIGN_OR_RETURN(const std::string block, from.Read(done, count));
    MPIC_RETURN_IF_ERROR(saved.Write(calls, block, done - at));
    done += count;
  }
  return saved.Sync(calls);
}

// Reads the last segment to its end, which may be torn.
absl::StatusOr<Recovered> RecoverLast(const Segment& segment,
                                      const std::optional<ChainHead>& before, absl::Time now) {
  MPIC_ASSIGN_OR_RETURN(const auto checkpoint, LastCheckpoint(DirectoryOf(segment.path)));
  ChainReader reader({segment}, before);
  ChainEntry entry;
  absl::StatusOr<bool> more = reader.Next(entry);
  for (; more.ok() && *more; more = reader.Next(entry)) {
    if (checkpoint && entry.line.sequence == checkpoint->sequence() &&
        ToOctets(entry.line.hash) != checkpoint->hash()) {
      return absl::DataLossError(
          absl::StrCat(entry.where, ": not the record that the last checkpoint names"));
    }
  }
  if (!more.ok()) {
    const bool in_sequence = !before || segment.first_sequence == before->sequence + 1;
    if (!absl::IsDataLoss(more.status()) || !in_sequence) return more.status();
    MPIC_ASSIGN_OR_RETURN(const bool whole, reader.WholeRecordFollows());
    if (whole) return more.status();
  }
  if (checkpoint && reader.head().sequence < checkpoint->sequence()) {
    return absl::DataLossError(
        absl::StrCat(segment.path, ": ends with record ", reader.head().sequence,
                     ", and the last checkpoint names ", checkpoint->sequence()));
  }
  // Without the hash of a record there is nothing to go on from.
  if (!before && reader.end() == 0) {
    return absl::DataLossError(
        absl::StrCat(segment.path, ":1: no whole record, and the segment before it is not here"));
  }
  MPIC_ASSIGN_OR_RETURN(const PosixFile file, PosixFile::Open(segment.path, O_RDONLY));
  MPIC_ASSIGN_OR_RETURN(const std::uint64_t size, file.Size());
  if (size > reader.end()) {
    MPIC_RETURN_IF_ERROR(
        CutOff(segment.path, reader.end(), absl::StrCat(reader.head().sequence + 1), now));
  }
  return Recovered{.head = reader.head(),
                   .segment = segment,
                   .before_segment = before,
                   .length = reader.end(),
                   .segment_begun_at = reader.segment_begun_at()};
}

}  // namespace

absl::Status CutOff(const std::string& path, std::uint64_t at, const std::string& what,
                    absl::Time now) {
  const FileCalls calls;
  const std::string directory = DirectoryOf(path);
  const std::string saved =
      absl::StrCat(directory, "/torn-", what, "-",
                   absl::FormatTime("%Y%m%dT%H%M%E6SZ", now, absl::UTCTimeZone()));
  MPIC_ASSIGN_OR_RETURN(const PosixFile file, PosixFile::Open(path, O_RDWR));
  MPIC_ASSIGN_OR_RETURN(const std::uint64_t size, file.Size());
  MPIC_RETURN_IF_ERROR(CopyTail(file, at, saved));
  MPIC_RETURN_IF_ERROR(SyncDirectory(directory));
  MPIC_RETURN_IF_ERROR(file.Truncate(calls, at));
  MPIC_RETURN_IF_ERROR(file.Sync(calls));
  Log(LogLevel::kWarning, "torn end of the audit log cut off",
      {{"file", path}, {"offset", at}, {"octets", size - at}, {"saved_as", saved}});
  return absl::OkStatus();
}

absl::StatusOr<Recovered> Recover(const std::string& directory, absl::Time now) {
  MPIC_ASSIGN_OR_RETURN(const std::vector<Segment> segments, ListSegments(directory));
  if (segments.empty()) {
    MPIC_ASSIGN_OR_RETURN(const auto checkpoint, LastCheckpoint(directory));
    if (!checkpoint) return Recovered();
    return Refused(absl::DataLossError(absl::StrCat(
        directory, ": no segment, and the last checkpoint names record ", checkpoint->sequence())));
  }
  // Older segments may have been moved to an archive; what is here must be without gaps.
  std::optional<ChainHead> before;
  if (segments.front().first_sequence == 1) before = ChainHead();
  for (std::size_t i = 0; i + 1 < segments.size(); ++i) {
    const absl::StatusOr<ChainHead> head = HeadAfter(segments[i], before);
    if (!head.ok()) return Refused(head.status());
    before = *head;
  }
  absl::StatusOr<Recovered> recovered = RecoverLast(segments.back(), before, now);
  if (!recovered.ok()) return Refused(recovered.status());
  return recovered;
}

}  // namespace mpic::coordinator
