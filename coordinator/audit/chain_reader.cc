#include "coordinator/audit/chain_reader.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <system_error>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "common/status_macros.h"

namespace mpic::coordinator {
namespace {

constexpr std::size_t kNameDigits = 20;  // of the largest 64-bit number

std::optional<std::uint64_t> FirstSequenceOf(absl::string_view name) {
  std::uint64_t sequence = 0;
  if (!absl::ConsumePrefix(&name, "audit-") || !absl::ConsumeSuffix(&name, ".jsonl")) {
    return std::nullopt;
  }
  const bool is_number =
      name.size() == kNameDigits && std::all_of(name.begin(), name.end(), [](char c) {
        return absl::ascii_isdigit(static_cast<unsigned char>(c));
      });
  if (!is_number || !absl::SimpleAtoi(name, &sequence)) return std::nullopt;
  return sequence;
}

}  // namespace

std::string SegmentPath(const std::string& directory, std::uint64_t first_sequence) {
  return absl::StrFormat("%s/audit-%020d.jsonl", directory, first_sequence);
}

absl::StatusOr<std::vector<Segment>> ListSegments(const std::string& directory) {
  std::vector<Segment> segments;
  std::error_code error;
  std::filesystem::directory_iterator entry(directory, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    const auto sequence = FirstSequenceOf(entry->path().filename().string());
    if (sequence) segments.push_back({entry->path().string(), *sequence});
  }
  if (error) {
    return absl::UnavailableError(
        absl::StrCat("read directory ", directory, ": ", error.message()));
  }
  std::sort(segments.begin(), segments.end(),
            [](const Segment& a, const Segment& b) { return a.first_sequence < b.first_sequence; });
  return segments;
}

ChainReader::ChainReader(std::vector<Segment> segments, std::optional<ChainHead> before)
    : segments_(std::move(segments)),
      head_is_known_(before.has_value()),
      head_(before.value_or(ChainHead())) {}

absl::StatusOr<ChainReader> ChainReader::Open(const std::string& directory, std::uint64_t from) {
  MPIC_ASSIGN_OR_RETURN(std::vector<Segment> segments, ListSegments(directory));
  const auto later = std::upper_bound(
      segments.begin(), segments.end(), from,
      [](std::uint64_t sequence, const Segment& s) { return sequence < s.first_sequence; });
  if (later == segments.begin() && later != segments.end()) {
    return absl::OutOfRangeError(
        absl::StrCat(directory, ": the first record is ", later->first_sequence, ", not ", from));
  }
  if (later != segments.begin()) segments.erase(segments.begin(), std::prev(later));
  const bool from_the_start = segments.empty() || segments.front().first_sequence == 1;
  return ChainReader(std::move(segments),
                     from_the_start ? std::optional<ChainHead>(ChainHead()) : std::nullopt);
}

absl::Status ChainReader::Fault(absl::string_view what) const {
  return absl::DataLossError(
      absl::StrCat(file_->path(), ":", std::max<std::uint64_t>(file_->number(), 1), ": ", what));
}

absl::StatusOr<bool> ChainReader::OpenNextSegment() {
  if (next_segment_ == segments_.size()) return false;
  const Segment& segment = segments_[next_segment_++];
  MPIC_ASSIGN_OR_RETURN(file_, LineFile::Open(segment.path));
  segment_begun_at_.reset();
  end_ = 0;
  if (!head_is_known_) head_.sequence = segment.first_sequence - 1;
  if (segment.first_sequence != head_.sequence + 1) {
    return absl::DataLossError(absl::StrCat(segment.path,
                                            ":1: the segment that begins with record ",
                                            head_.sequence + 1, " is missing"));
  }
  return true;
}

absl::StatusOr<bool> ChainReader::Next(ChainEntry& entry) {
  absl::string_view text;
  while (true) {
    if (file_) {
      MPIC_ASSIGN_OR_RETURN(const bool is_line, file_->Next(text));
      if (is_line) break;
      if (file_->end() != file_->size() && !in_last_segment()) {
        return absl::DataLossError(absl::StrCat(file_->path(), ":", file_->number() + 1,
                                                ": incomplete, and not the last segment"));
      }
    }
    MPIC_ASSIGN_OR_RETURN(const bool is_open, OpenNextSegment());
    if (!is_open) return false;
  }
  absl::StatusOr<ChainLine> line = ParseLine(text);
  absl::Status follows = line.status();
  if (line.ok()) {
    if (!head_is_known_) head_.hash = line->previous_hash;
    follows = CheckFollows(*line, head_);
  }
  if (!follows.ok()) {
    faulty_ = std::string(text);
    return Fault(follows.message());
  }
  head_is_known_ = true;
  head_ = line->head();
  end_ = file_->end();
  if (!segment_begun_at_) segment_begun_at_ = line->recorded_at;
  entry = {text, *line, absl::StrCat(file_->path(), ":", file_->number())};
  return true;
}

absl::StatusOr<bool> ChainReader::WholeRecordFollows() {
  if (ParseLine(faulty_).ok()) return true;
  absl::string_view text;
  while (true) {
    MPIC_ASSIGN_OR_RETURN(const bool is_line, file_->Next(text));
    if (!is_line) return false;
    if (ParseLine(text).ok()) return true;
  }
}

}  // namespace mpic::coordinator
