// What every command of mpicctl takes: whom to ask, as whom, and how to answer.
#ifndef MPIC_COORDINATOR_CLI_FLAGS_H_
#define MPIC_COORDINATOR_CLI_FLAGS_H_

#include <functional>
#include <string>

#include "absl/time/time.h"
#include "mpic/config/v1/common.pb.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace mpic::coordinator::cli {

enum class OutputFormat { kTable, kJson };

struct Flags {
  std::string server;     // "host:port"
  config::v1::Tls tls;    // as in configuration files
  std::string peer_name;  // the SAN that the server's certificate must carry
  OutputFormat output = OutputFormat::kTable;
  absl::Duration timeout = absl::Seconds(30);  // of the whole call
  std::string request_id;
  std::string traceparent;
};

// Adds them to `app`; what is given on the command line is stored in `flags`, which outlives `app`.
void AddFlags(CLI::App& app, Flags& flags);

// Lets the environment stand in for those that are not given: MPICCTL_SERVER for --server.
void AddEnvironment(CLI::App& app);

// Adds an option that takes a time span such as "5s" or "250ms", from 1 ms to 24 h.
CLI::Option* AddDuration(CLI::App& app, const std::string& name,
                         std::function<void(absl::Duration)> store, const std::string& description);

// Adds an option that takes an instant, "2026-12-15" (UTC) or RFC 3339.
CLI::Option* AddTime(CLI::App& app, const std::string& name, std::function<void(absl::Time)> store,
                     const std::string& description);

}  // namespace mpic::coordinator::cli

#endif  // MPIC_COORDINATOR_CLI_FLAGS_H_
