// Which perspectives can be reached, over all loops, and whether a compliant cohort can be formed.
#ifndef MPIC_COORDINATOR_AVAILABILITY_H_
#define MPIC_COORDINATOR_AVAILABILITY_H_

#include <functional>
#include <map>
#include <set>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/steady_condition.h"
#include "coordinator/metrics.h"
#include "coordinator/settings.h"

namespace mpic::coordinator {

// Thread-safe; one for each configuration with its sessions, of which one is in force. Sessions
// tell it when a stream becomes or ceases to be usable; while it is published it keeps the gauges
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
  // Waits until every perspective has `streams` usable ones, for `patience` at most; whether they
  // have.
  bool WaitForAll(int streams, absl::Duration patience) const;

  // Sets the gauges, and from now on again after each change. Then `on_change` is called as well,
  // from whichever thread brought the change about, one call at a time; it may ask CanFormCohort.
  void Publish(std::function<void()> on_change);
  // Once this returns, the gauges are left alone, and the function does not run and never will.
  void Withdraw();

 private:
  void Count(const std::string& perspective_id, int change);
  void PublishReach() ABSL_EXCLUSIVE_LOCKS_REQUIRED(publish_mutex_) ABSL_LOCKS_EXCLUDED(mutex_);
  struct Reach {
    unsigned remotes = 0;
    std::set<v1::Rir> rirs;
  };
  // What has to be in reach so that a verdict can be had.
  struct Demand {
    absl::string_view phase;
    unsigned remotes = 0;
    unsigned rirs = 0;
  };
  Demand DemandNow() const;
  Reach ReachLocked() const ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  bool ReachableLocked(const ConfiguredPerspective& perspective) const
      ABSL_SHARED_LOCKS_REQUIRED(mutex_);

  const Settings& settings_;
  const Clock& clock_;
  Metrics& metrics_;
  // Held while something is told, so that what is told last is what is true.
  absl::Mutex publish_mutex_ ABSL_ACQUIRED_BEFORE(mutex_);
  bool published_ ABSL_GUARDED_BY(publish_mutex_) = false;
  std::function<void()> on_change_ ABSL_GUARDED_BY(publish_mutex_);
  mutable absl::Mutex mutex_;
  mutable SteadyCondition counted_;
  std::map<std::string, int> streams_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_AVAILABILITY_H_
