#include "coordinator/audit/segment_writer.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "common/log.h"
#include "common/status_macros.h"
#include "coordinator/audit/recovery.h"

namespace mpic::coordinator {
namespace {

// What a failed write may have spoilt of what was durable: the block that both share.
constexpr std::uint64_t kBlockOctets = 4096;
constexpr std::size_t kProbeOctetsMin = 65536;

absl::Status CreateDirectory(const std::string& directory) {
  if (::mkdir(directory.c_str(), 0700) == 0) {
    const std::filesystem::path parent = std::filesystem::path(directory).parent_path();
    return SyncDirectory(parent.empty() ? "." : parent.string());
  }
  if (errno == EEXIST && std::filesystem::is_directory(directory)) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("audit.directory ", directory, ": ", std::strerror(errno)));
}

}  // namespace

absl::StatusOr<SegmentWriter> SegmentWriter::Open(SegmentOptions options, const Clock& clock) {
  SegmentWriter writer(std::move(options), clock);
  MPIC_RETURN_IF_ERROR(CreateDirectory(writer.options_.directory));
  MPIC_RETURN_IF_ERROR(writer.Lock());
  MPIC_RETURN_IF_ERROR(writer.TakeOver());
  return writer;
}

absl::Status SegmentWriter::Lock() {
  const std::string path = options_.directory + "/lock";
  absl::StatusOr<PosixFile> opened = PosixFile::Open(path, O_RDWR | O_CREAT);
  if (!opened.ok()) {
    return absl::FailedPreconditionError(
        absl::StrCat("audit.directory: ", opened.status().message()));
  }
  lock_ = *std::move(opened);
  if (::flock(lock_.fd(), LOCK_EX | LOCK_NB) == 0) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("audit.directory ", options_.directory, ": another process writes to it"));
}

absl::Status SegmentWriter::TakeOver() {
  last_now_ = clock_->Now();
  MPIC_ASSIGN_OR_RETURN(Recovered recovered, Recover(options_.directory, last_now_));
  head_ = recovered.head;
  segment_ = std::move(recovered.segment);
  before_segment_ = recovered.before_segment;
  length_ = recovered.length;
  if (recovered.segment_begun_at) {
    age_ = std::max(absl::ZeroDuration(), last_now_ - *recovered.segment_begun_at);
  }
  if (!segment_) return absl::OkStatus();
  MPIC_ASSIGN_OR_RETURN(file_, PosixFile::Open(segment_->path, O_RDWR));
  // Records that a former process wrote and did not live to sync are ours now: the next one's
  // durability includes them.
  MPIC_RETURN_IF_ERROR(file_.Sync(options_.calls));
  return SyncDirectory(options_.directory);
}

bool SegmentWriter::IsFullOrOld() {
  const absl::Time now = clock_->Now();
  age_ += std::max(absl::ZeroDuration(), now - last_now_);
  last_now_ = now;
  return length_ > 0 && (length_ >= options_.octets_max || age_ >= options_.age_max);
}

absl::Status SegmentWriter::BeginSegment() {
  file_.Close();
  const Segment segment{SegmentPath(options_.directory, head_.sequence + 1), head_.sequence + 1};
  MPIC_ASSIGN_OR_RETURN(PosixFile file, PosixFile::Open(segment.path, O_RDWR | O_CREAT));
  MPIC_ASSIGN_OR_RETURN(const std::uint64_t size, file.Size());
  if (size != 0) {
    return absl::UnavailableError(absl::StrCat(segment.path, ": is there already, with content"));
  }
  MPIC_RETURN_IF_ERROR(SyncDirectory(options_.directory));
  file_ = std::move(file);
  segment_ = segment;
  before_segment_ = head_;
  length_ = 0;
  age_ = absl::ZeroDuration();
  return absl::OkStatus();
}

absl::StatusOr<std::vector<ChainHead>> SegmentWriter::Append(
    const std::vector<std::string>& bodies) {
  if (IsFullOrOld() || !file_.is_open()) MPIC_RETURN_IF_ERROR(BeginSegment());
  ChainHead head = head_;
  std::vector<ChainHead> heads;
  heads.reserve(bodies.size());
  std::string lines;
  for (const std::string& body : bodies) {
    AppendLine(body, clock_->Now(), head, lines);
    heads.push_back(head);
  }
  absl::Status status = file_.Write(options_.calls, lines, length_);
  if (status.ok()) status = file_.Sync(options_.calls);
  if (!status.ok()) {
    failed_octets_ = lines.size();
    return status;
  }
  length_ += lines.size();
  head_ = head;
  return heads;
}

absl::Status SegmentWriter::Repair() {
  // Closed in any case: after a failed fdatasync the kernel may take its pages for clean, so that a
  // second one would succeed without having written them.
  file_.Close();
  if (segment_) {
    MPIC_RETURN_IF_ERROR(RestoreSegment());
    MPIC_RETURN_IF_ERROR(CheckSegment());
  }
  return Probe();
}

absl::Status SegmentWriter::RestoreSegment() {
  MPIC_ASSIGN_OR_RETURN(const PosixFile file, PosixFile::Open(segment_->path, O_RDWR));
  MPIC_ASSIGN_OR_RETURN(const std::uint64_t size, file.Size());
  if (size < length_) return absl::DataLossError(absl::StrCat(file.path(), ": has become shorter"));
  const std::uint64_t block = length_ - (length_ % kBlockOctets);
  MPIC_ASSIGN_OR_RETURN(const std::string shared,
                        file.Read(block, static_cast<std::size_t>(length_ - block)));
  MPIC_RETURN_IF_ERROR(file.Truncate(options_.calls, length_));
  MPIC_RETURN_IF_ERROR(file.Write(options_.calls, shared, block));
  MPIC_RETURN_IF_ERROR(file.Sync(options_.calls));
  return SyncDirectory(options_.directory);
}

absl::Status SegmentWriter::CheckSegment() const {
  ChainReader reader({*segment_}, before_segment_);
  ChainEntry entry;
  while (true) {
    MPIC_ASSIGN_OR_RETURN(const bool more, reader.Next(entry));
    if (!more) break;
  }
  if (length_ == 0 || reader.head() == head_) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat(segment_->path, ": no longer ends with record ",
                                          head_.sequence, ", which was acknowledged"));
}

// What has just failed must fit, or the next record would fail again.
absl::Status SegmentWriter::Probe() const {
  const std::string path = options_.directory + "/probe";
  const absl::Cleanup remove = [&path] { ::unlink(path.c_str()); };
  MPIC_ASSIGN_OR_RETURN(const PosixFile file, PosixFile::Open(path, O_WRONLY | O_CREAT | O_TRUNC));
  MPIC_RETURN_IF_ERROR(
      file.Write(options_.calls, std::string(std::max(kProbeOctetsMin, failed_octets_), '\0'), 0));
  return file.Sync(options_.calls);
}

}  // namespace mpic::coordinator
