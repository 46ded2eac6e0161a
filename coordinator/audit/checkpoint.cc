#include "coordinator/audit/checkpoint.h"

#include <fcntl.h>
#include <google/protobuf/util/json_util.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "common/proto_time.h"
#include "common/status_macros.h"
#include "coordinator/audit/recovery.h"

namespace mpic::coordinator {
namespace {

constexpr absl::string_view kPurpose{"mpic-checkpoint-v1\0", 19};

void AppendBigEndian(std::uint64_t number, std::string& octets) {
  for (int shift = 56; shift >= 0; shift -= 8) {
    octets.push_back(static_cast<char>((number >> shift) & 0xFF));
  }
}

absl::StatusOr<std::string> ToLine(const v1::AuditCheckpoint& checkpoint) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string line;
  if (!google::protobuf::util::MessageToJsonString(checkpoint, &line, options).ok()) {
    return absl::InternalError("audit checkpoint: cannot be printed");
  }
  line.push_back('\n');
  return line;
}

}  // namespace

std::string CheckpointsPath(const std::string& directory) {
  return directory + "/checkpoints.jsonl";
}

std::string SignedOctets(const v1::AuditCheckpoint& checkpoint) {
  std::string octets(kPurpose);
  AppendBigEndian(checkpoint.sequence(), octets);
  octets += checkpoint.hash();
  AppendBigEndian(static_cast<std::uint64_t>(checkpoint.signed_at().seconds()), octets);
  return octets;
}

absl::StatusOr<SigningKey> LoadCheckpointKey(const std::string& file) {
  absl::StatusOr<SigningKey> key = SigningKey::Load(file);
  if (key.ok()) return key;
  return absl::FailedPreconditionError(
      absl::StrCat("audit.checkpoint_key_file: ", key.status().message()));
}

absl::StatusOr<v1::AuditCheckpoint> MakeCheckpoint(const SigningKey& key, const ChainHead& head,
                                                   absl::Time now) {
  v1::AuditCheckpoint checkpoint;
  checkpoint.set_sequence(head.sequence);
  checkpoint.set_hash(ToOctets(head.hash));
  // Whole seconds, because they are what is signed.
  checkpoint.mutable_signed_at()->set_seconds(absl::ToUnixSeconds(now));
  checkpoint.set_key_id(key.id());
  MPIC_ASSIGN_OR_RETURN(*checkpoint.mutable_signature(), key.Sign(SignedOctets(checkpoint)));
  return checkpoint;
}

absl::StatusOr<CheckpointReader> CheckpointReader::Open(const std::string& path) {
  MPIC_ASSIGN_OR_RETURN(LineFile file, LineFile::Open(path));
  return CheckpointReader(std::move(file));
}

std::string CheckpointReader::where() const {
  return absl::StrCat(file_.path(), ":", file_.number());
}

absl::StatusOr<bool> CheckpointReader::Next(v1::AuditCheckpoint& checkpoint) {
  absl::string_view line;
  MPIC_ASSIGN_OR_RETURN(const bool is_line, file_.Next(line));
  if (!is_line) return false;
  checkpoint.Clear();
  const bool is_checkpoint =
      google::protobuf::util::JsonStringToMessage(
          google::protobuf::StringPiece(line.data(), line.size()), &checkpoint)
          .ok() &&
      checkpoint.sequence() > 0 && checkpoint.hash().size() == ChainHash().size();
  if (!is_checkpoint) return absl::DataLossError(absl::StrCat(where(), ": not a checkpoint"));
  if (checkpoint.sequence() < last_sequence_) {
    return absl::DataLossError(
        absl::StrCat(where(), ": sequence ", checkpoint.sequence(), " behind ", last_sequence_));
  }
  last_sequence_ = checkpoint.sequence();
  return true;
}

absl::StatusOr<std::optional<v1::AuditCheckpoint>> LastCheckpoint(const std::string& directory) {
  std::optional<v1::AuditCheckpoint> last;
  const std::string path = CheckpointsPath(directory);
  if (!std::filesystem::exists(path)) return last;
  MPIC_ASSIGN_OR_RETURN(CheckpointReader reader, CheckpointReader::Open(path));
  for (v1::AuditCheckpoint next;;) {
    const absl::StatusOr<bool> more = reader.Next(next);
    if (!more.ok()) return absl::FailedPreconditionError(more.status().message());
    if (!*more) return last;
    last = next;
  }
}

absl::StatusOr<CheckpointWriter> CheckpointWriter::Open(const std::string& directory,
                                                        SigningKey key, FileCalls calls,
                                                        absl::Time now) {
  CheckpointWriter writer(std::move(key), std::move(calls));
  const std::string path = CheckpointsPath(directory);
  MPIC_ASSIGN_OR_RETURN(writer.file_, PosixFile::Open(path, O_RDWR | O_CREAT));
  MPIC_RETURN_IF_ERROR(SyncDirectory(directory));
  MPIC_ASSIGN_OR_RETURN(CheckpointReader reader, CheckpointReader::Open(path));
  for (v1::AuditCheckpoint next;;) {
    const absl::StatusOr<bool> more = reader.Next(next);
    if (!more.ok()) return absl::FailedPreconditionError(more.status().message());
    if (!*more) break;
  }
  writer.length_ = reader.end();
  if (reader.end() != reader.size()) {
    MPIC_RETURN_IF_ERROR(CutOff(path, reader.end(), "checkpoint", now));
  }
  return writer;
}

absl::Status CheckpointWriter::Write(const ChainHead& head, absl::Time now) {
  MPIC_ASSIGN_OR_RETURN(const v1::AuditCheckpoint checkpoint, MakeCheckpoint(key_, head, now));
  MPIC_ASSIGN_OR_RETURN(const std::string line, ToLine(checkpoint));
  absl::Status status = file_.Write(calls_, line, length_);
  if (status.ok()) status = file_.Sync(calls_);
  if (status.ok()) {
    length_ += line.size();
  } else {
    // Where even this fails the next checkpoint is written over it.
    (void)file_.Truncate(calls_, length_);
  }
  return status;
}

}  // namespace mpic::coordinator
