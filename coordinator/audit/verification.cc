#include "coordinator/audit/verification.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "coordinator/audit/chain_reader.h"
#include "coordinator/audit/checkpoint.h"

namespace mpic::coordinator {
namespace {

// The checkpoints of one file, compared with the chain as it goes by.
class Witness {
 public:
  Witness(CheckpointReader reader, const std::vector<VerifyingKey>& keys)
      : reader_(std::move(reader)), keys_(&keys) {}

  // Takes notice of a record.
  absl::Status See(const ChainHead& record, Verified& verified) {
    MPIC_RETURN_IF_ERROR(Advance(record.sequence, verified));
    while (next_ && next_->sequence() == record.sequence) {
      if (next_->hash() != ToOctets(record.hash)) {
        return Fault(absl::StrCat("record ", record.sequence, " had hash ",
                                  absl::BytesToHexString(next_->hash()),
                                  " when this was signed, and has ", ToHex(record.hash)));
      }
      ++verified.checkpoints;
      MPIC_RETURN_IF_ERROR(Read(verified));
    }
    return absl::OkStatus();
  }

  // After the last record. `cut_short`: there are more than were to be read.
  absl::Status End(const ChainHead& last, bool cut_short, Verified& verified) {
    MPIC_RETURN_IF_ERROR(Advance(last.sequence + 1, verified));
    if (next_ && !cut_short) {
      return Fault(absl::StrCat("names record ", next_->sequence(), ", and the log ends with ",
                                last.sequence));
    }
    while (next_) MPIC_RETURN_IF_ERROR(Read(verified));
    return absl::OkStatus();
  }

 private:
  // To the first checkpoint at `sequence` or behind.
  absl::Status Advance(std::uint64_t sequence, Verified& verified) {
    if (!begun_) MPIC_RETURN_IF_ERROR(Read(verified));
    while (next_ && next_->sequence() < sequence) MPIC_RETURN_IF_ERROR(Read(verified));
    return absl::OkStatus();
  }

  absl::Status Read(Verified& verified) {
    begun_ = true;
    next_.emplace();
    MPIC_ASSIGN_OR_RETURN(const bool more, reader_.Next(*next_));
    if (!more) next_.reset();
    if (!more || keys_->empty()) return absl::OkStatus();
    const auto key = std::find_if(keys_->begin(), keys_->end(), [this](const VerifyingKey& one) {
      return one.id() == next_->key_id();
    });
    if (key == keys_->end()) {
      return Fault(absl::StrCat("signed with key \"", absl::CHexEscape(next_->key_id()),
                                "\", which is none of those given"));
    }
    if (!key->Verifies(SignedOctets(*next_), next_->signature())) {
      return Fault("the signature does not hold");
    }
    ++verified.signatures;
    return absl::OkStatus();
  }

  absl::Status Fault(absl::string_view what) const {
    return absl::DataLossError(absl::StrCat(reader_.where(), ": ", what));
  }

  CheckpointReader reader_;
  const std::vector<VerifyingKey>* keys_;
  std::optional<v1::AuditCheckpoint> next_;
  bool begun_ = false;
};

// Opened before the log is: whatever they name is in it by then.
absl::StatusOr<std::vector<Witness>> OpenWitnesses(const VerifyOptions& options) {
  std::vector<std::string> files = options.checkpoint_files;
  const std::string own = CheckpointsPath(options.directory);
  if (std::filesystem::exists(own)) files.push_back(own);
  std::vector<Witness> witnesses;
  for (const std::string& file : files) {
    MPIC_ASSIGN_OR_RETURN(CheckpointReader reader, CheckpointReader::Open(file));
    witnesses.emplace_back(std::move(reader), options.keys);
  }
  return witnesses;
}

absl::StatusOr<ChainReader> OpenChain(const VerifyOptions& options) {
  MPIC_ASSIGN_OR_RETURN(const std::vector<Segment> segments, ListSegments(options.directory));
  if (segments.empty()) {
    return absl::NotFoundError(absl::StrCat(options.directory, ": no segment of an audit log"));
  }
  absl::StatusOr<ChainReader> reader =
      ChainReader::Open(options.directory, options.from.value_or(1));
  if (absl::IsOutOfRange(reader.status()) && !options.from) {
    return absl::DataLossError(
        absl::StrCat(segments.front().path, ":1: the segments before this one are missing"));
  }
  return reader;
}

absl::Status CheckRecord(const VerifyOptions& options, const ChainEntry& entry) {
  const absl::StatusOr<v1::AuditRecord> record = DecodeRecord(entry.line.record);
  absl::Status status = record.status();
  if (status.ok() && options.check_record) status = options.check_record(*record);
  if (status.ok()) return status;
  return absl::DataLossError(absl::StrCat(entry.where, ": ", status.message()));
}

void Count(const ChainEntry& entry, Verified& verified) {
  if (verified.records == 0) {
    verified.first_sequence = entry.line.sequence;
    verified.first_recorded_at = entry.line.recorded_at;
  }
  ++verified.records;
  verified.last_recorded_at = entry.line.recorded_at;
  verified.head = entry.line.head();
}

}  // namespace

absl::StatusOr<Verified> VerifyLog(const VerifyOptions& options) {
  MPIC_ASSIGN_OR_RETURN(std::vector<Witness> witnesses, OpenWitnesses(options));
  MPIC_ASSIGN_OR_RETURN(ChainReader reader, OpenChain(options));
  Verified verified;
  bool cut_short = false;
  for (ChainEntry entry; !cut_short;) {
    MPIC_ASSIGN_OR_RETURN(const bool more, reader.Next(entry));
    if (!more) break;
    cut_short = entry.line.sequence > options.to;
    if (cut_short) break;
    MPIC_RETURN_IF_ERROR(CheckRecord(options, entry));
    Count(entry, verified);
    for (Witness& witness : witnesses) {
      MPIC_RETURN_IF_ERROR(witness.See(verified.head, verified));
    }
  }
  verified.segments = reader.segments();
  for (Witness& witness : witnesses) {
    MPIC_RETURN_IF_ERROR(witness.End(verified.head, cut_short, verified));
  }
  if (!options.keys.empty() && verified.signatures == 0) {
    return absl::DataLossError(
        absl::StrCat(options.directory, ": keys are given, and there is no checkpoint"));
  }
  return verified;
}

}  // namespace mpic::coordinator
