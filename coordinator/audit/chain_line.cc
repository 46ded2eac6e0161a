#include "coordinator/audit/chain_line.h"

#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/time_util.h>
#include <google/protobuf/wire_format_lite.h>

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/proto_json.h"
#include "common/proto_time.h"
#include "common/sha256.h"
#include "common/status_macros.h"
#include "common/time_text.h"

namespace mpic::coordinator {
namespace {

using google::protobuf::internal::WireFormatLite;

constexpr absl::string_view kBeforePrevious = R"({"previous_hash":")";
constexpr absl::string_view kBeforeHash = R"(","hash":")";
constexpr absl::string_view kBeforeRecord = R"(","record":)";
constexpr absl::string_view kBeforeSequence = R"({"schema_version":1,"sequence":")";
constexpr absl::string_view kBeforeTime = R"(","recorded_at":")";
constexpr std::size_t kHashDigits = 64;
constexpr std::size_t kTimeOctetsMax = 40;

absl::string_view View(const ChainHash& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

ChainHash HashOf(const ChainHash& previous, absl::string_view record) {
  const std::string digest = Sha256(View(previous), record);
  ChainHash hash{};
  std::copy(digest.begin(), digest.end(), hash.begin());
  return hash;
}

absl::Status Broken(absl::string_view what) { return absl::DataLossError(what); }

// Lower case alone: one value has one form.
absl::StatusOr<ChainHash> TakeHash(absl::string_view& line, absl::string_view before) {
  if (!absl::ConsumePrefix(&line, before) || line.size() < kHashDigits) {
    return Broken("not the form of a record");
  }
  const absl::string_view digits = line.substr(0, kHashDigits);
  const bool is_hex = std::all_of(digits.begin(), digits.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
  });
  if (!is_hex) return Broken("a hash is not 64 lower case hexadecimal digits");
  line.remove_prefix(kHashDigits);
  const std::string octets = absl::HexStringToBytes(digits);
  ChainHash hash{};
  std::copy(octets.begin(), octets.end(), hash.begin());
  return hash;
}

absl::StatusOr<std::uint64_t> TakeSequence(absl::string_view& record) {
  std::uint64_t sequence = 0;
  if (!absl::ConsumePrefix(&record, kBeforeSequence)) {
    return Broken("the record does not begin with schema_version 1 and its sequence");
  }
  const absl::string_view digits = record.substr(0, record.find('"'));
  if (!absl::SimpleAtoi(digits, &sequence) || sequence == 0 || absl::StrCat(sequence) != digits) {
    return Broken("the sequence is no number");
  }
  record.remove_prefix(digits.size());
  return sequence;
}

absl::StatusOr<absl::Time> TakeTime(absl::string_view& record) {
  google::protobuf::Timestamp time;
  if (!absl::ConsumePrefix(&record, kBeforeTime)) return Broken("the record has no recorded_at");
  const absl::string_view text = record.substr(0, kTimeOctetsMax);
  const std::string digits(text.substr(0, text.find('"')));
  if (!google::protobuf::util::TimeUtil::FromString(digits, &time)) {
    return Broken("recorded_at is no time");
  }
  return FromTimestamp(time);
}

// They have the lowest numbers, so that they stand first.
bool HasFieldsOfTheLog(absl::string_view record) {
  const auto first_tag = static_cast<unsigned char>(record.front());
  return WireFormatLite::GetTagFieldNumber(first_tag) < v1::AuditRecord::kRequestIdFieldNumber;
}

}  // namespace

std::string ToHex(const ChainHash& hash) { return absl::BytesToHexString(View(hash)); }

std::string ToOctets(const ChainHash& hash) { return std::string(View(hash)); }

absl::StatusOr<std::string> EncodeBody(absl::string_view record) {
  if (record.empty()) return absl::InternalError("audit record: could not be serialized");
  if (HasFieldsOfTheLog(record)) return absl::InternalError("audit record: has fields of the log");
  std::string json;
  const absl::Status status = AppendProtoJson(*v1::AuditRecord::descriptor(), record, json);
  if (!status.ok()) return absl::InternalError(absl::StrCat("audit record: ", status.message()));
  return json;
}

void AppendLine(absl::string_view body, absl::Time recorded_at, ChainHead& head,
                std::string& lines) {
  body.remove_prefix(1);  // its brace: our fields have the lowest numbers and stand first
  absl::StrAppend(&lines, kBeforePrevious, ToHex(head.hash), kBeforeHash);
  const std::size_t hash_at = lines.size();
  lines.append(kHashDigits, '0');  // until the record is there
  absl::StrAppend(&lines, kBeforeRecord);
  const std::size_t record_at = lines.size();
  absl::StrAppend(&lines, kBeforeSequence, head.sequence + 1, kBeforeTime);
  AppendTimeText(ToTimestamp(recorded_at), lines);
  absl::StrAppend(&lines, body == "}" ? "\"" : "\",", body);
  head = {head.sequence + 1, HashOf(head.hash, absl::string_view(lines).substr(record_at))};
  lines.replace(hash_at, kHashDigits, ToHex(head.hash));
  lines += "}\n";
}

absl::StatusOr<ChainLine> ParseLine(absl::string_view line) {
  ChainLine parsed;
  MPIC_ASSIGN_OR_RETURN(parsed.previous_hash, TakeHash(line, kBeforePrevious));
  MPIC_ASSIGN_OR_RETURN(parsed.hash, TakeHash(line, kBeforeHash));
  if (!absl::ConsumePrefix(&line, kBeforeRecord) || !absl::ConsumeSuffix(&line, "}")) {
    return Broken("not the form of a record");
  }
  parsed.record = line;
  if (HashOf(parsed.previous_hash, parsed.record) != parsed.hash) {
    return Broken("the hash is not that of the record");
  }
  MPIC_ASSIGN_OR_RETURN(parsed.sequence, TakeSequence(line));
  MPIC_ASSIGN_OR_RETURN(parsed.recorded_at, TakeTime(line));
  return parsed;
}

absl::Status CheckFollows(const ChainLine& line, const ChainHead& head) {
  if (line.sequence != head.sequence + 1) {
    return Broken(
        absl::StrCat("sequence ", line.sequence, " where ", head.sequence + 1, " is expected"));
  }
  if (line.previous_hash != head.hash) {
    return Broken(absl::StrCat("previous_hash is not the hash of record ", head.sequence));
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::AuditRecord> DecodeRecord(absl::string_view record_json) {
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;
  v1::AuditRecord record;
  const auto status = google::protobuf::util::JsonStringToMessage(
      google::protobuf::StringPiece(record_json.data(), record_json.size()), &record, options);
  if (!status.ok()) return Broken("the record is no JSON of an AuditRecord");
  return record;
}

}  // namespace mpic::coordinator
