// One line of the audit log: a record and its place in the chain. Pure. The form, which is the
// canonical encoding, is described in README.md beside this file.
#ifndef MPIC_COORDINATOR_AUDIT_CHAIN_LINE_H_
#define MPIC_COORDINATOR_AUDIT_CHAIN_LINE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "mpic/v1/audit.pb.h"

namespace mpic::coordinator {

using ChainHash = std::array<unsigned char, 32>;  // SHA-256

std::string ToHex(const ChainHash& hash);
// As the octets of a bytes field.
std::string ToOctets(const ChainHash& hash);

// Where a chain ends; the zeros stand before its first record.
struct ChainHead {
  std::uint64_t sequence = 0;
  ChainHash hash{};

  bool operator==(const ChainHead&) const = default;
};

// A longer line is refused by who reads it, and by who writes a record whose body has half of that.
// A cohort's results are far below, as they come from honest perspectives and where two are none
// (kResultOctetsMax of coordinator/result_check.h).
inline constexpr std::size_t kLineOctetsMax = std::size_t{64} * 1024 * 1024;

// A serialized record as JSON. INTERNAL when it holds a time that JSON cannot tell, when it is
// empty, and when schema_version, sequence or recorded_at are set, which the log alone gives.
absl::StatusOr<std::string> EncodeBody(absl::string_view record);

// Appends the line, with its line break, of the record that follows `head`, which moves to it.
void AppendLine(absl::string_view body, absl::Time recorded_at, ChainHead& head,
                std::string& lines);

struct ChainLine {
  ChainHash previous_hash{};
  ChainHash hash{};
  absl::string_view record;  // JSON as it is stored; refers to the line
  std::uint64_t sequence = 0;
  absl::Time recorded_at;

  ChainHead head() const { return {sequence, hash}; }
};

// Takes a line without its line break apart. DATA_LOSS, with what is wrong, for another form or a
// hash that is not that of what the line holds. The record's JSON is not looked into beyond the
// fields above.
absl::StatusOr<ChainLine> ParseLine(absl::string_view line);

// DATA_LOSS when `line` is not the one that follows `head`.
absl::Status CheckFollows(const ChainLine& line, const ChainHead& head);

// The record of a line. DATA_LOSS for JSON that is none. Fields of later versions are skipped.
absl::StatusOr<v1::AuditRecord> DecodeRecord(absl::string_view record_json);

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_AUDIT_CHAIN_LINE_H_
