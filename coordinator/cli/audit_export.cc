#include <ostream>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/json_string.h"
#include "common/status_macros.h"
#include "coordinator/audit/chain_reader.h"
#include "coordinator/cli/audit.h"
#include "coordinator/cli/csv.h"
#include "coordinator/cli/exit_code.h"
#include "coordinator/cli/json.h"
#include "coordinator/cli/terminal_text.h"

namespace mpic::coordinator::cli {
namespace {

int ExitWith(const absl::Status& status, std::ostream& err) {
  err << "mpicctl: " << ForTerminal(status.message()) << '\n';
  const bool is_fault = absl::IsDataLoss(status) || absl::IsOutOfRange(status);
  return is_fault ? kExitNotCorroborated : kExitUsage;
}

bool Matches(const RecordFilter& filter, absl::Time recorded_at, const v1::AuditRecord& record) {
  if (recorded_at < filter.since || recorded_at >= filter.until) return false;
  if (filter.verdict && record.corroboration().verdict() != *filter.verdict) return false;
  if (!filter.tenant_id.empty() && record.tenant_id() != filter.tenant_id) return false;
  return filter.identifier.empty() ||
         absl::EqualsIgnoreCase(record.identifier(), filter.identifier);
}

std::string LowerName(const std::string& name) { return absl::AsciiStrToLower(name); }

// "us-east passed; eu-west dns_nxdomain": each remote of the last attempt.
std::string RemotesText(const v1::AuditRecord& record) {
  if (record.attempts().empty()) return "";
  const auto& remotes = record.attempts(record.attempts_size() - 1).remotes();
  return absl::StrJoin(remotes, "; ", [](std::string* out, const v1::RemoteSummary& remote) {
    absl::StrAppend(out, remote.perspective_id(), " ",
                    remote.corroborates()
                        ? "corroborates"
                        : LowerName(v1::Problem::Kind_Name(remote.problem().kind())));
  });
}

std::string PrimaryText(const v1::AuditRecord& record) {
  if (record.attempts().empty()) return "";
  const v1::AttemptRecord& last = record.attempts(record.attempts_size() - 1);
  return absl::StrCat(last.primary_perspective_id(), " ",
                      LowerName(v1::Outcome_Name(last.primary_outcome())));
}

std::string CsvHead() {
  return CsvRow({"sequence", "recorded_at", "request_id", "requested_by", "tenant_id", "identifier",
                 "method", "method_reference", "authorization_domain_name", "verdict", "problem",
                 "quorum", "attempts", "primary", "remotes", "challenge_sha256", "hash"});
}

std::string CsvOf(const ChainLine& line, const v1::AuditRecord& record) {
  const v1::Corroboration& corroboration = record.corroboration();
  return CsvRow(
      {absl::StrCat(line.sequence),
       absl::FormatTime(absl::RFC3339_full, line.recorded_at, absl::UTCTimeZone()),
       record.request_id(), record.requested_by(), record.tenant_id(), record.identifier(),
       LowerName(v1::Method_Name(record.method())), record.method_reference(),
       record.authorization_domain_name(), LowerName(v1::Verdict_Name(corroboration.verdict())),
       corroboration.has_problem()
           ? LowerName(v1::Problem::Kind_Name(corroboration.problem().kind()))
           : "",
       corroboration.quorum().text(), absl::StrCat(record.attempts_size()), PrimaryText(record),
       RemotesText(record), record.challenge_sha256(), ToHex(line.hash)});
}

// From the oldest record that is there.
absl::StatusOr<ChainReader> OpenOldest(const std::string& directory) {
  MPIC_ASSIGN_OR_RETURN(const std::vector<Segment> segments, ListSegments(directory));
  if (segments.empty()) {
    return absl::NotFoundError(absl::StrCat(directory, ": no segment of an audit log"));
  }
  return ChainReader::Open(directory, segments.front().first_sequence);
}

absl::Status Export(const AuditArguments& arguments, std::ostream& out) {
  MPIC_ASSIGN_OR_RETURN(ChainReader reader, OpenOldest(arguments.directory));
  if (arguments.format == ExportFormat::kCsv) out << CsvHead();
  for (ChainEntry entry;;) {
    MPIC_ASSIGN_OR_RETURN(const bool more, reader.Next(entry));
    if (!more) return absl::OkStatus();
    MPIC_ASSIGN_OR_RETURN(const v1::AuditRecord record, DecodeRecord(entry.line.record));
    if (!Matches(arguments.filter, entry.line.recorded_at, record)) continue;
    if (arguments.format == ExportFormat::kCsv) {
      out << CsvOf(entry.line, record);
    } else {
      out << entry.text << '\n';
    }
  }
}

absl::Status Show(const AuditArguments& arguments, std::ostream& out) {
  MPIC_ASSIGN_OR_RETURN(ChainReader reader,
                        ChainReader::Open(arguments.directory, arguments.sequence));
  for (ChainEntry entry;;) {
    MPIC_ASSIGN_OR_RETURN(const bool more, reader.Next(entry));
    if (!more) {
      return absl::OutOfRangeError(
          absl::StrCat(arguments.directory, ": no record ", arguments.sequence));
    }
    if (entry.line.sequence != arguments.sequence) continue;
    MPIC_ASSIGN_OR_RETURN(const v1::AuditRecord record, DecodeRecord(entry.line.record));
    std::string where;
    AppendJsonString(entry.where, entry.where.size(), where);
    out << "{\n\"where\": " << where << ",\n\"previous_hash\": \""
        << ToHex(entry.line.previous_hash) << "\",\n\"hash\": \"" << ToHex(entry.line.hash)
        << "\",\n\"record\": " << ToJson(record) << "}\n";
    return absl::OkStatus();
  }
}

}  // namespace

int ShowAudit(const AuditArguments& arguments, std::ostream& out, std::ostream& err) {
  const absl::Status status = Show(arguments, out);
  return status.ok() ? kExitCorroborated : ExitWith(status, err);
}

int ExportAudit(const AuditArguments& arguments, std::ostream& out, std::ostream& err) {
  const absl::Status status = Export(arguments, out);
  return status.ok() ? kExitCorroborated : ExitWith(status, err);
}

}  // namespace mpic::coordinator::cli
