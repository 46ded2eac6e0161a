#include "coordinator/cli/usage.h"

#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace mpic::coordinator::cli {
namespace {

// The commands that were given, outermost first; `app` itself is the first.
std::vector<const CLI::App*> Given(const CLI::App& app) {
  std::vector<const CLI::App*> given = {&app};
  while (!given.back()->get_subcommands().empty()) {
    given.push_back(given.back()->get_subcommands().front());
  }
  return given;
}

}  // namespace

std::string RepeatedOption(const CLI::App& app) {
  for (const CLI::App* command : Given(app)) {
    for (const CLI::Option* option : command->get_options()) {
      const bool takes_one = option->get_expected_max() == 1 && option->get_type_size_max() == 1;
      if (takes_one && option->count() > 1) {
        return absl::StrCat(option->get_name(), " is given ", option->count(),
                            " times, and may be given once");
      }
    }
  }
  return "";
}

std::string UsageFailure(const CLI::App* app, const CLI::Error& error) {
  std::string command = "mpicctl";
  const std::vector<const CLI::App*> given = Given(*app);
  for (std::size_t i = 1; i < given.size(); ++i) {
    absl::StrAppend(&command, " ", given[i]->get_name());
  }
  std::string what = RepeatedOption(*app);
  const std::vector<std::string> unknown = app->remaining(/*recurse=*/true);
  if (what.empty() && given.back()->get_require_subcommand_min() > 0 && !unknown.empty()) {
    what = absl::StrCat("no such ", absl::StartsWith(unknown.front(), "-") ? "option" : "command",
                        ": ", unknown.front());
  }
  return absl::StrCat(command, ": ", what.empty() ? error.what() : what, "\n", command,
                      " --help says more.\n");
}

}  // namespace mpic::coordinator::cli
