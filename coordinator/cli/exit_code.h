// How mpicctl ends, so that a script never takes "could not ask" for "refused".
#ifndef MPIC_COORDINATOR_CLI_EXIT_CODE_H_
#define MPIC_COORDINATOR_CLI_EXIT_CODE_H_

#include <grpcpp/support/status.h>

#include <cstddef>

#include "mpic/v1/check.pb.h"
#include "mpic/v1/coordinator.pb.h"

namespace mpic::coordinator::cli {

inline constexpr int kExitCorroborated = 0;     // everything that was asked
inline constexpr int kExitNotCorroborated = 1;  // at least one
inline constexpr int kExitUsage = 2;            // command line, files, or a request that is refused
inline constexpr int kExitNotCompleted = 3;     // could not be asked or decided
inline constexpr int kExitNotPermitted = 4;     // the caller is not who it must be

// The same for people, as --help shows it.
inline constexpr char kExitCodesHelp[] =
    "Exit codes:\n"
    "  0  corroborated: every check\n"
    "  1  not corroborated: at least one check\n"
    "  2  usage: command line, unreadable file, or a request that breaks a rule\n"
    "  3  could not be completed: not decided, unreachable, overloaded, deadline\n"
    "  4  not permitted";

// A refusal outweighs what could not be decided. An answer that does not have exactly `checks`
// verdicts decides nothing; an unknown verdict is a refusal.
int ExitCodeOf(const v1::CorroborateResponse& response, std::size_t checks);

// For one perspective: PASSED 0, FAILED 1, a check that breaks a rule 2, anything else 3.
int ExitCodeOf(const v1::CheckResult& result);

// For a call that failed; never kExitCorroborated.
int ExitCodeOf(const grpc::Status& status);

}  // namespace mpic::coordinator::cli

#endif  // MPIC_COORDINATOR_CLI_EXIT_CODE_H_
