#include <ostream>

#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "coordinator/audit/attestation_verify.h"
#include "coordinator/audit/verification.h"
#include "coordinator/cli/audit.h"
#include "coordinator/cli/exit_code.h"
#include "coordinator/cli/terminal_text.h"

namespace mpic::coordinator::cli {
namespace {

// Results of perspectives whose keys the auditor has: each must verify. Those of others are not
// looked at.
absl::Status CheckAttestations(const v1::AuditRecord& record, const PerspectiveKeys& keys,
                               std::uint64_t& verified) {
  for (const AttestationFinding& finding : VerifyAttestations(record, keys)) {
    if (!keys.contains(finding.perspective_id)) continue;
    if (finding.standing != AttestationStanding::kVerified) {
      return absl::DataLossError(
          absl::StrCat("result of perspective ", finding.perspective_id, ": ", finding.why));
    }
    ++verified;
  }
  return absl::OkStatus();
}

struct Findings {
  Verified log;
  std::uint64_t signed_results = 0;
};

absl::StatusOr<Findings> Verify(const AuditArguments& arguments) {
  VerifyOptions options{.directory = arguments.directory,
                        .checkpoint_files = arguments.checkpoint_files,
                        .from = arguments.from};
  if (arguments.to) options.to = *arguments.to;
  for (const std::string& file : arguments.public_key_files) {
    MPIC_ASSIGN_OR_RETURN(VerifyingKey key, VerifyingKey::Load(file));
    options.keys.push_back(std::move(key));
  }
  PerspectiveKeys perspective_keys;
  for (const std::string& option : arguments.perspective_keys) {
    MPIC_RETURN_IF_ERROR(AddPerspectiveKey(option, perspective_keys));
  }
  Findings findings;
  if (!perspective_keys.empty()) {
    options.check_record = [&](const v1::AuditRecord& record) {
      return CheckAttestations(record, perspective_keys, findings.signed_results);
    };
  }
  MPIC_ASSIGN_OR_RETURN(findings.log, VerifyLog(options));
  return findings;
}

std::string ToText(const Findings& findings, const AuditArguments& arguments) {
  const Verified& verified = findings.log;
  const auto time = [](absl::Time at) {
    return absl::FormatTime("%Y-%m-%d %H:%M:%SZ", at, absl::UTCTimeZone());
  };
  std::string text = absl::StrCat("records      ", verified.records, " in ", verified.segments,
                                  verified.segments == 1 ? " segment\n" : " segments\n");
  if (verified.records > 0) {
    absl::StrAppend(&text, "first        ", verified.first_sequence, " at ",
                    time(verified.first_recorded_at), "\n");
    absl::StrAppend(&text, "last         ", verified.head.sequence, " at ",
                    time(verified.last_recorded_at), "\n");
    absl::StrAppend(&text, "head         ", ToHex(verified.head.hash), "\n");
  }
  absl::StrAppend(&text, "checkpoints  ", verified.checkpoints, " agree with the records; ");
  absl::StrAppend(&text, arguments.public_key_files.empty()
                             ? "signatures not looked at (no --public-key)\n"
                             : absl::StrCat(verified.signatures, " signatures hold\n"));
  absl::StrAppend(&text, "results      ",
                  arguments.perspective_keys.empty()
                      ? "signatures not looked at (no --perspective-key)\n"
                      : absl::StrCat(findings.signed_results, " signatures hold\n"));
  return text;
}

}  // namespace

int VerifyAudit(const AuditArguments& arguments, std::ostream& out, std::ostream& err) {
  const absl::StatusOr<Findings> verified = Verify(arguments);
  if (verified.ok()) {
    out << ToText(*verified, arguments);
    return kExitCorroborated;
  }
  const bool is_fault = absl::IsDataLoss(verified.status());
  err << (is_fault ? "mpicctl: the log does not hold: " : "mpicctl: ")
      << ForTerminal(verified.status().message()) << '\n';
  return is_fault ? kExitNotCorroborated : kExitUsage;
}

}  // namespace mpic::coordinator::cli
