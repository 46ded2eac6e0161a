#include "coordinator/cli/exit_code.h"

#include <algorithm>

namespace mpic::coordinator::cli {

int ExitCodeOf(const v1::CorroborateResponse& response, std::size_t checks) {
  const auto& verdicts = response.corroborations();
  // Report-only answers CORROBORATED with the problem that enforcement would have refused: a script
  // that issues on exit code 0 must not take that for a yes.
  const auto is_refusal = [](const v1::Corroboration& one) {
    return one.verdict() == v1::CORROBORATED ? one.has_problem()
                                             : one.verdict() != v1::NOT_COMPLETED;
  };
  if (std::any_of(verdicts.begin(), verdicts.end(), is_refusal)) return kExitNotCorroborated;
  if (checks == 0 || static_cast<std::size_t>(verdicts.size()) != checks) return kExitNotCompleted;
  const auto is_corroborated = [](const v1::Corroboration& one) {
    return one.verdict() == v1::CORROBORATED;
  };
  return std::all_of(verdicts.begin(), verdicts.end(), is_corroborated) ? kExitCorroborated
                                                                        : kExitNotCompleted;
}

int ExitCodeOf(const v1::CheckResult& result) {
  if (result.outcome() == v1::PASSED) return kExitCorroborated;
  if (result.problem().kind() == v1::Problem::BAD_REQUEST) return kExitUsage;
  return result.outcome() == v1::FAILED ? kExitNotCorroborated : kExitNotCompleted;
}

int ExitCodeOf(const grpc::Status& status) {
  switch (status.error_code()) {
    case grpc::StatusCode::INVALID_ARGUMENT:
      return kExitUsage;
    case grpc::StatusCode::PERMISSION_DENIED:
    case grpc::StatusCode::UNAUTHENTICATED:
      return kExitNotPermitted;
    default:
      return kExitNotCompleted;
  }
}

}  // namespace mpic::coordinator::cli
