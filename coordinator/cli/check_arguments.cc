#include "coordinator/cli/check_arguments.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <ostream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "coordinator/cli/check_methods.h"
#include "coordinator/cli/exit_code.h"
#include "coordinator/cli/usage.h"
#include "coordinator/policy/methods.h"

namespace mpic::coordinator::cli {
namespace {

constexpr char kSeparator[] = "+";
constexpr char kFooter[] =
    "METHOD --help shows a method's own options. A lone + separates the checks of one call:\n"
    "  mpicctl corroborate dns-01 example.com --key-authorization T.P + caa example.com\n";
constexpr char kFooterOfOne[] =
    "METHOD --help shows a method's own options. A perspective is asked one check a call:\n"
    "  mpicctl check caa example.com --issuer ca.example.com\n";

using Words = std::vector<std::string>;

std::vector<Words> SplitAtSeparators(const Words& arguments) {
  std::vector<Words> segments(1);
  for (const std::string& word : arguments) {
    if (word == kSeparator) {
      segments.emplace_back();
    } else {
      segments.back().push_back(word);
    }
  }
  return segments;
}

// CLI11 only says that something is required or not expected.
std::string Explain(const CLI::App& app, const CLI::Error& error) {
  if (std::string repeated = RepeatedOption(app); !repeated.empty()) return repeated;
  const Words unknown = app.remaining();
  // What follows an unknown option may be its value.
  if (app.get_subcommands().empty() && !unknown.empty() &&
      !absl::StartsWith(unknown.front(), "-")) {
    return std::string(MethodFromName(unknown.front()).status().message());
  }
  return error.what();
}

std::string FailureMessage(const CLI::App* app, const CLI::Error& error) {
  return absl::StrCat(app->get_name(), ": ", Explain(*app, error), "\n");
}

// The request file has no method beside it, and every other segment has one.
std::string RefuseSegment(const CLI::App& app, const CheckArguments& parsed, std::size_t segments) {
  const bool has_method = !app.get_subcommands().empty();
  if (!parsed.request_file.empty()) {
    return has_method || segments > 1 ? "--request excludes METHOD NAME" : "";
  }
  return has_method ? "" : "METHOD NAME is missing";
}

}  // namespace

std::variant<CheckArguments, int> ParseCheckArguments(Asked asked,
                                                      const std::vector<std::string>& arguments,
                                                      Flags& flags, std::ostream& out,
                                                      std::ostream& err) {
  const std::string command =
      asked == Asked::kCoordinator ? "mpicctl corroborate" : "mpicctl check";
  CheckArguments parsed;
  const std::vector<Words> segments = SplitAtSeparators(arguments);
  for (Words words : segments) {
    v1::Check check;
    CLI::App app("", command);
    app.require_subcommand(0, 1)->failure_message(FailureMessage);
    AddFlags(app, flags);
    if (asked == Asked::kCoordinator) {
      app.footer(kFooter)->add_option(
          "--request", parsed.request_file,
          "CorroborateRequest in JSON, instead of METHOD NAME; - is the standard input");
    } else {
      app.footer(kFooterOfOne)
          ->add_option("--attestation-key", parsed.attestation_key_file,
                       "the public key (PEM) that must have signed the result");
    }
    AddMethods(app, check);
    std::reverse(words.begin(), words.end());  // as CLI11 takes them
    try {
      app.parse(std::move(words));
    } catch (const CLI::ParseError& error) {
      return app.exit(error, out, err) == 0 ? kExitCorroborated : kExitUsage;
    }
    const std::string violation = RefuseSegment(app, parsed, segments.size());
    if (!violation.empty()) {
      err << command << ": " << violation << '\n';
      return kExitUsage;
    }
    if (check.method_case() != v1::Check::METHOD_NOT_SET) parsed.checks.push_back(std::move(check));
  }
  return parsed;
}

}  // namespace mpic::coordinator::cli
