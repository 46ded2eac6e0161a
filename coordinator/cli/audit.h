// mpicctl audit: verifies, shows and exports the records of a coordinator, offline.
#ifndef MPIC_COORDINATOR_CLI_AUDIT_H_
#define MPIC_COORDINATOR_CLI_AUDIT_H_

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "mpic/v1/audit.pb.h"

namespace CLI {
class App;
}  // namespace CLI

namespace mpic::coordinator::cli {

enum class ExportFormat { kJson, kCsv };

// What a record must be like; unset: whatever it is.
struct RecordFilter {
  std::string identifier;  // as applied for; letter case does not matter
  std::string tenant_id;
  absl::Time since = absl::InfinitePast();    // recorded then or later
  absl::Time until = absl::InfiniteFuture();  // recorded before
  std::optional<v1::Verdict> verdict;
};

struct AuditArguments {
  std::string directory;
  // verify
  std::vector<std::string> public_key_files;
  std::vector<std::string> checkpoint_files;
  std::vector<std::string> perspective_keys;  // "ID:KEY_ID=FILE"
  std::optional<std::uint64_t> from;
  std::optional<std::uint64_t> to;
  // show
  std::uint64_t sequence = 0;
  // export
  RecordFilter filter;
  ExportFormat format = ExportFormat::kJson;
};

// What AddAudit has added to the command line.
struct AuditCommands {
  const CLI::App* audit;
  const CLI::App* verify;
  const CLI::App* show;
};

// The values are stored in `arguments`, which outlives `app`.
AuditCommands AddAudit(CLI::App& app, AuditArguments& arguments);

// Runs the command that was given. Exit codes: kExitCorroborated when it holds, or was found;
// kExitNotCorroborated for a fault in the log, or a record that is not there; kExitUsage for files
// that cannot be read.
int RunAudit(const AuditCommands& commands, const AuditArguments& arguments, std::ostream& out,
             std::ostream& err);

// VerifyLog's findings, or the first fault, for people.
int VerifyAudit(const AuditArguments& arguments, std::ostream& out, std::ostream& err);
// One record with its place in the chain, as JSON.
int ShowAudit(const AuditArguments& arguments, std::ostream& out, std::ostream& err);
// The records that match the filter: the lines as they are stored, or rows of CSV with a head.
int ExportAudit(const AuditArguments& arguments, std::ostream& out, std::ostream& err);

}  // namespace mpic::coordinator::cli

#endif  // MPIC_COORDINATOR_CLI_AUDIT_H_
