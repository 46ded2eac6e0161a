// One attempt at a corroboration: a fresh cohort is asked, and nothing is carried over to the next.
#ifndef MPIC_COORDINATOR_ATTEMPT_H_
#define MPIC_COORDINATOR_ATTEMPT_H_

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/public_suffix_list.h"
#include "coordinator/request_check.h"
#include "coordinator/session_pool.h"
#include "coordinator/settings.h"
#include "coordinator/tally.h"

namespace mpic::coordinator {

// What an attempt needs to know; all of it outlives the attempt.
struct AttemptContext {
  boost::asio::io_context& loop;
  SessionPool& sessions;
  const PolicySettings& policy;
  const Phase& phase;
  const PublicSuffixList& suffixes;
  const std::string& request_id;
  const std::string& traceparent;
};

// What came of it, complete enough to be recorded by itself.
struct AttemptResult {
  unsigned number = 0;  // 1-based
  std::uint64_t cohort_seed = 0;
  const Phase* phase = nullptr;  // in force when it began; never null
  AttemptVerdict verdict;
  v1::CheckResult primary;  // without check_id when the primary was not asked
  std::optional<v1::Attestation> primary_attestation = std::nullopt;
  std::vector<v1::RemoteResult> remotes;  // one for each member of the cohort, in its order
  // Discovery: what the primary saw and may be used, and what a quorum saw too.
  std::vector<std::string> seen_by_primary;
  std::vector<std::string> corroborated_values;
};

// Asks the primary (unless the RA supplied its determination) and the cohort, stops as soon as the
// verdict cannot change, gives stragglers their grace, and cancels what is left. In discovery every
// answer can add a value, so that all are waited for. Answers within `time_left`. Throws
// operation_aborted on cancellation, with every perspective cancelled as well.
boost::asio::awaitable<AttemptResult> RunAttempt(AttemptContext context, const CheckedInput& input,
                                                 unsigned number, std::uint64_t cohort_seed,
                                                 absl::Duration time_left);

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_ATTEMPT_H_
