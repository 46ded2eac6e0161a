// One check from its question to its recorded verdict: attempts, verdict, record.
#ifndef MPIC_COORDINATOR_CORROBORATION_H_
#define MPIC_COORDINATOR_CORROBORATION_H_

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/public_suffix_list.h"
#include "common/random.h"
#include "coordinator/audit/audit_log.h"
#include "coordinator/audit/record.h"
#include "coordinator/metrics.h"
#include "coordinator/request_check.h"
#include "coordinator/session_pool.h"
#include "coordinator/settings.h"
#include "mpic/v1/coordinator.pb.h"

namespace mpic::coordinator {

// What every corroboration on one loop works with. Outlives them.
struct CorroborationEnvironment {
  boost::asio::io_context& loop;
  SessionPool& sessions;
  const Settings& settings;
  const PublicSuffixList& suffixes;
  const Clock& clock;
  RandomSource random;
  AuditLog& audit;
  Metrics& metrics;
};

// Runs up to policy.attempts_max attempts, until one corroborates, `deadline` (of SteadyNow)
// comes near, or another attempt cannot help. Answers only after the audit log has the record;
// UNAVAILABLE when it cannot be written, and then nothing was decided. On cancellation of the
// awaiting coroutine the attempts so far are recorded, the one under way as cancelled, and
// CANCELLED is the answer.
boost::asio::awaitable<absl::StatusOr<v1::Corroboration>> Corroborate(
    CorroborationEnvironment& environment, const RequestOrigin& origin, const CheckedInput& input,
    absl::Duration deadline);

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_CORROBORATION_H_
