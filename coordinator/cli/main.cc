// mpicctl: wiring only.
#include <CLI/CLI.hpp>
#include <iostream>
#include <string>
#include <variant>

#include "absl/time/clock.h"
#include "coordinator/cli/account_uri.h"
#include "coordinator/cli/adn.h"
#include "coordinator/cli/audit.h"
#include "coordinator/cli/check.h"
#include "coordinator/cli/check_arguments.h"
#include "coordinator/cli/corroborate.h"
#include "coordinator/cli/exit_code.h"
#include "coordinator/cli/explain.h"
#include "coordinator/cli/flags.h"
#include "coordinator/cli/usage.h"

namespace mpic::coordinator::cli {
namespace {

using Command = int (*)(const CheckArguments&, const Flags&, std::ostream&, std::ostream&);

// The words after a command that asks are parsed by ParseCheckArguments, --help included.
CLI::App* AddAsking(CLI::App& app, const std::string& name, const std::string& description) {
  CLI::App* command = app.add_subcommand(name, description)->prefix_command();
  command->set_help_flag();
  return command;
}

int Ask(const CLI::App& command, Asked asked, Flags& flags, Command run) {
  const auto arguments =
      ParseCheckArguments(asked, command.remaining(), flags, std::cout, std::cerr);
  if (const int* code = std::get_if<int>(&arguments)) return *code;
  return run(std::get<CheckArguments>(arguments), flags, std::cout, std::cerr);
}

CLI::App* AddAdn(CLI::App& app, AdnArguments& arguments) {
  CLI::App* adn = app.add_subcommand(
      "adn", "Ask a coordinator which Authorization Domain Names a method may look at");
  adn->add_option("METHOD", arguments.method, "dns-01, 3.2.2.4.7, ...")->required();
  adn->add_option("NAME", arguments.name, "Domain name or Wildcard Domain Name")->required();
  adn->fallthrough();
  return adn;
}

CLI::App* AddAccountUri(CLI::App& app, AccountUriArguments& arguments) {
  CLI::App* uri = app.add_subcommand(
      "account-uri", "The hashed accounturi of dns-persist-01 (draft -02); asks nobody");
  uri->add_option("DOMAIN", arguments.domain, "Authorization Domain Name, or * for all")
      ->required();
  uri->add_option("--account-url", arguments.account_url, "The account's \"kid\"")->required();
  uri->add_option("--thumbprint", arguments.thumbprint, "Of the account key (RFC 7638)")
      ->required();
  uri->add_option("--prefix", arguments.prefix, "accountHashPrefix of the CA's directory");
  uri->fallthrough();
  return uri;
}

struct ExplainArguments {
  std::string config_file;
  absl::Time at = absl::Now();
};

void AddExplain(CLI::App& app, ExplainArguments& arguments) {
  CLI::App* policy = app.add_subcommand("policy", "What the Baseline Requirements say");
  policy->require_subcommand(1)->fallthrough();
  CLI::App* explain = policy->add_subcommand(
      "explain", "What a coordinator's configuration means under BR 3.2.2.9; asks nobody");
  explain->footer(
      "Exit codes: 0 it satisfies the phase in force, 1 it does not, 2 a coordinator refuses it");
  explain->add_option("--config", arguments.config_file, "The coordinator's configuration (YAML)")
      ->required();
  AddTime(
      *explain, "--at", [&arguments](absl::Time at) { arguments.at = at; },
      "Date (UTC) or RFC 3339 time to explain; now");
}

int Run(int argc, char** argv) {
  Flags flags;
  AdnArguments adn_arguments;
  AccountUriArguments account_uri_arguments;
  ExplainArguments explain_arguments;
  AuditArguments audit_arguments;
  CLI::App app{"Asks for Multi-Perspective Issuance Corroboration, and shows the answer.",
               "mpicctl"};
  app.set_version_flag("--version", "mpicctl " MPIC_VERSION);
  app.require_subcommand(1)->footer(kExitCodesHelp)->failure_message(UsageFailure);
  AddFlags(app, flags);
  AddEnvironment(app);
  const CLI::App* corroborate =
      AddAsking(app, "corroborate", "Ask a coordinator: METHOD NAME [options] [+ METHOD NAME ...]");
  const CLI::App* check =
      AddAsking(app, "check", "Ask one perspective what it sees: METHOD NAME [options]");
  const CLI::App* adn = AddAdn(app, adn_arguments);
  const CLI::App* account_uri = AddAccountUri(app, account_uri_arguments);
  AddExplain(app, explain_arguments);
  const AuditCommands audit = AddAudit(app, audit_arguments);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitCorroborated : kExitUsage;
  }
  if (corroborate->parsed()) return Ask(*corroborate, Asked::kCoordinator, flags, Corroborate);
  if (check->parsed()) return Ask(*check, Asked::kPerspective, flags, Check);
  if (adn->parsed()) return ListAdns(adn_arguments, flags, std::cout, std::cerr);
  if (account_uri->parsed()) {
    return PrintAccountUri(account_uri_arguments, flags.output, std::cout, std::cerr);
  }
  if (audit.audit->parsed()) return RunAudit(audit, audit_arguments, std::cout, std::cerr);
  return ExplainPolicy(explain_arguments.config_file, explain_arguments.at, flags.output, std::cout,
                       std::cerr);
}

}  // namespace
}  // namespace mpic::coordinator::cli

int main(int argc, char** argv) { return mpic::coordinator::cli::Run(argc, argv); }
