// What is wrong with the words of a command line, where CLI11 only says that something is.
#ifndef MPIC_COORDINATOR_CLI_USAGE_H_
#define MPIC_COORDINATOR_CLI_USAGE_H_

#include <CLI/CLI.hpp>
#include <string>

namespace mpic::coordinator::cli {

// The option that stands there more often than it may, as a sentence; empty when none does. Looks
// at the commands that were parsed as well.
std::string RepeatedOption(const CLI::App& app);

// CLI11's failure_message of the whole program: what was given that nobody knows, or given twice,
// and which --help says more.
std::string UsageFailure(const CLI::App* app, const CLI::Error& error);

}  // namespace mpic::coordinator::cli

#endif  // MPIC_COORDINATOR_CLI_USAGE_H_
