#include <ostream>

#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "coordinator/audit/verification.h"
#include "coordinator/cli/audit.h"
#include "coordinator/cli/exit_code.h"
#include "coordinator/cli/terminal_text.h"

namespace mpic::coordinator::cli {
namespace {

absl::StatusOr<Verified> Verify(const AuditArguments& arguments) {
  VerifyOptions options{.directory = arguments.directory,
                        .checkpoint_files = arguments.checkpoint_files,
                        .from = arguments.from};
  if (arguments.to) options.to = *arguments.to;
  for (const std::string& file : arguments.public_key_files) {
    MPIC_ASSIGN_OR_RETURN(VerifyingKey key, VerifyingKey::Load(file));
    options.keys.push_back(std::move(key));
  }
  return VerifyLog(options);
}

std::string ToText(const Verified& verified, bool keys_given) {
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
  absl::StrAppend(&text, keys_given ? absl::StrCat(verified.signatures, " signatures hold\n")
                                    : "signatures not looked at (no --public-key)\n");
  return text;
}

}  // namespace

int VerifyAudit(const AuditArguments& arguments, std::ostream& out, std::ostream& err) {
  const absl::StatusOr<Verified> verified = Verify(arguments);
  if (verified.ok()) {
    out << ToText(*verified, !arguments.public_key_files.empty());
    return kExitCorroborated;
  }
  const bool is_fault = absl::IsDataLoss(verified.status());
  err << (is_fault ? "mpicctl: the log does not hold: " : "mpicctl: ")
      << ForTerminal(verified.status().message()) << '\n';
  return is_fault ? kExitNotCorroborated : kExitUsage;
}

}  // namespace mpic::coordinator::cli
