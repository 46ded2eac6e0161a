#include "coordinator/cli/audit.h"

#include <CLI/CLI.hpp>

#include "absl/strings/ascii.h"
#include "coordinator/cli/flags.h"

namespace mpic::coordinator::cli {
namespace {

CLI::App* AddCommand(CLI::App& audit, const std::string& name, const std::string& description,
                     AuditArguments& arguments) {
  CLI::App* command = audit.add_subcommand(name, description);
  command->add_option("DIR", arguments.directory, "audit.directory of the coordinator, or a copy")
      ->required();
  command->fallthrough();
  return command;
}

CLI::App* AddVerify(CLI::App& audit, AuditArguments& arguments) {
  CLI::App* verify =
      AddCommand(audit, "verify", "Whether chain, sequences and checkpoints hold", arguments);
  verify->add_option("--public-key", arguments.public_key_files,
                     "PEM; checkpoints must be signed with one of these keys");
  verify->add_option("--checkpoint", arguments.checkpoint_files,
                     "Checkpoints that were kept elsewhere; they tell a rewritten history");
  verify->add_option(
      "--perspective-key", arguments.perspective_keys,
      "ID:KEY_ID=FILE (PEM); results of that perspective must be signed with its keys");
  verify->add_option("--from", arguments.from,
                     "First record, where older segments are in an archive");
  verify->add_option("--to", arguments.to, "Last record");
  return verify;
}

CLI::App* AddShow(CLI::App& audit, AuditArguments& arguments) {
  CLI::App* show = AddCommand(audit, "show", "One record and its place in the chain", arguments);
  show->add_option("SEQUENCE", arguments.sequence, "As the verdict's audit reference says")
      ->required()
      ->check(CLI::PositiveNumber);
  return show;
}

void AddExport(CLI::App& audit, AuditArguments& arguments) {
  CLI::App* records = AddCommand(audit, "export", "Records as JSON lines or CSV", arguments);
  RecordFilter& filter = arguments.filter;
  records->add_option("--identifier", filter.identifier, "As applied for: name, *.name or address");
  records->add_option("--tenant", filter.tenant_id, "Whose request it was");
  AddTime(
      *records, "--since", [&filter](absl::Time time) { filter.since = time; },
      "Recorded then or later: date (UTC) or RFC 3339");
  AddTime(
      *records, "--until", [&filter](absl::Time time) { filter.until = time; }, "Recorded before");
  records
      ->add_option_function<std::string>(
          "--verdict",
          [&filter](const std::string& name) {
            v1::Verdict verdict = v1::VERDICT_UNSPECIFIED;
            v1::Verdict_Parse(absl::AsciiStrToUpper(name), &verdict);  // IsMember has looked
            filter.verdict = verdict;
          },
          "corroborated, not_corroborated or not_completed")
      ->transform(
          CLI::IsMember({"corroborated", "not_corroborated", "not_completed"}, CLI::ignore_case));
  records
      ->add_option_function<std::string>(
          "--format",
          [&arguments](const std::string& format) {
            arguments.format = format == "csv" ? ExportFormat::kCsv : ExportFormat::kJson;
          },
          "json (default: the lines as they are stored) or csv")
      ->transform(CLI::IsMember({"json", "csv"}, CLI::ignore_case));
}

}  // namespace

AuditCommands AddAudit(CLI::App& app, AuditArguments& arguments) {
  CLI::App* audit = app.add_subcommand("audit", "The records of a coordinator; asks nobody");
  audit->require_subcommand(1)->fallthrough();
  audit->footer(
      "Exit codes: 0 it holds, or was found; 1 a fault, or not found; 2 it cannot be read");
  CLI::App* verify = AddVerify(*audit, arguments);
  CLI::App* show = AddShow(*audit, arguments);
  AddExport(*audit, arguments);
  return {.audit = audit, .verify = verify, .show = show};
}

int RunAudit(const AuditCommands& commands, const AuditArguments& arguments, std::ostream& out,
             std::ostream& err) {
  if (commands.verify->parsed()) return VerifyAudit(arguments, out, err);
  if (commands.show->parsed()) return ShowAudit(arguments, out, err);
  return ExportAudit(arguments, out, err);
}

}  // namespace mpic::coordinator::cli
