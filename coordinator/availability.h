// Which perspectives can be reached, over all loops, and whether a compliant cohort can be formed.
#ifndef MPIC_COORDINATOR_AVAILABILITY_H_
#define MPIC_COORDINATOR_AVAILABILITY_H_

#include <functional>
#include <map>
#include <set>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "common/clock.h"
#include "coordinator/metrics.h"
#include "coordinator/settings.h"

namespace mpic::coordinator {

// Thread-safe. Sessions tell it when a stream becomes or ceases to be usable; it keeps the gauges
// and tells `on_change` when the answer to CanFormCohort may have changed. References must outlive
// it.
class Availability {
 public:
  Availability(const Settings& settings, const Clock& clock, Metrics& metrics);

  void StreamUp(const std::string& perspective_id);
  void StreamDown(const std::string& perspective_id);

  // OK when the remotes in reach satisfy count and RIR rule of the policy and the phase in force,
  // and the primary is in reach where one is configured; else UNAVAILABLE with the sentence.
  absl::Status CanFormCohort() const;
  // Called after each change, from whichever thread brought it about, one call at a time; it may
  // ask CanFormCohort. Once this returns, the former function does not run and never will.
  void set_on_change(std::function<void()> on_change);

 private:
  void Count(const std::string& perspective_id, int change);
  struct Reach {
    unsigned remotes = 0;
    std::set<v1::Rir> rirs;
  };
  Reach ReachLocked() const ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  bool ReachableLocked(const ConfiguredPerspective& perspective) const
      ABSL_SHARED_LOCKS_REQUIRED(mutex_);

  const Settings& settings_;
  const Clock& clock_;
  Metrics& metrics_;
  absl::Mutex on_change_mutex_ ABSL_ACQUIRED_BEFORE(mutex_);
  std::function<void()> on_change_ ABSL_GUARDED_BY(on_change_mutex_);
  mutable absl::Mutex mutex_;
  std::map<std::string, int> streams_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_AVAILABILITY_H_
