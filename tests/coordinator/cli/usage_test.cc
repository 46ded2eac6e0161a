#include "coordinator/cli/usage.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include "coordinator/cli/flags.h"

namespace mpic::coordinator::cli {
namespace {

// What a program with flags, `policy explain --config FILE` and `adn NAME` says of its arguments.
std::string Said(std::vector<std::string> arguments) {
  Flags flags;
  std::string config;
  std::string name;
  CLI::App app{"", "mpicctl"};
  app.require_subcommand(1)->failure_message(UsageFailure);
  AddFlags(app, flags);
  CLI::App* policy = app.add_subcommand("policy", "");
  policy->require_subcommand(1)->fallthrough();
  policy->add_subcommand("explain", "")->add_option("--config", config, "")->required();
  CLI::App* adn = app.add_subcommand("adn", "")->fallthrough();
  adn->add_option("NAME", name, "")->required();
  std::reverse(arguments.begin(), arguments.end());  // as CLI11 takes them
  std::ostringstream out;
  try {
    app.parse(arguments);
  } catch (const CLI::ParseError& error) {
    app.exit(error, out, out);
  }
  return out.str();
}

TEST(UsageTest, NamesWhatIsWrongAndWhereMoreIsSaid) {
  const struct {
    std::vector<std::string> arguments;
    const char* said;
  } kCases[] = {
      {{"adn", "example.com"}, ""},
      {{"frob"}, "mpicctl: no such command: frob\nmpicctl --help says more.\n"},
      {{"--frob"}, "mpicctl: no such option: --frob\nmpicctl --help says more.\n"},
      {{"policy", "frob"},
       "mpicctl policy: no such command: frob\nmpicctl policy --help says more.\n"},
      {{"policy"}, "mpicctl policy: A subcommand is required\nmpicctl policy --help says more.\n"},
      {{"--server", "a:1", "--server", "b:1", "adn", "example.com"},
       "mpicctl adn: --server is given 2 times, and may be given once\n"
       "mpicctl adn --help says more.\n"},
      {{"policy", "explain", "--config", "a", "--config", "b"},
       "mpicctl policy explain: --config is given 2 times, and may be given once\n"
       "mpicctl policy explain --help says more.\n"},
      {{"-o", "json", "--output", "table", "adn", "example.com"},
       "mpicctl adn: --output is given 2 times, and may be given once\n"
       "mpicctl adn --help says more.\n"},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(::testing::PrintToString(c.arguments));
    EXPECT_EQ(Said(c.arguments), c.said);
  }
}

}  // namespace
}  // namespace mpic::coordinator::cli
