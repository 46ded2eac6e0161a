// How the remotes answered to what the primary saw:
//   mpic_coordinator_remote_answers_total{perspective,rir,method,answer}
// Counted only where the primary passed, for without that there is nothing to corroborate. Answers:
// corroborated; disagreed (it looked, and did not see the same); error (it looked, and could not
// tell); unanswered (nothing that counts came from it: unreachable, late, or not who was asked).
#ifndef MPIC_COORDINATOR_REMOTE_ANSWERS_H_
#define MPIC_COORDINATOR_REMOTE_ANSWERS_H_

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/registry.h>

#include <array>
#include <map>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "coordinator/configured_perspective.h"
#include "mpic/v1/coordinator.pb.h"

namespace mpic::coordinator {

// Thread-safe. The registry must outlive it.
class RemoteAnswers {
 public:
  explicit RemoteAnswers(prometheus::Registry& registry);

  // Makes the series of a remote, at zero.
  void Prepare(const ConfiguredPerspective& remote);
  // The answers of the last attempt. Remotes that nobody has prepared are not counted.
  void Count(v1::Method method, const v1::Corroboration& corroboration);

 private:
  using Counters = std::array<prometheus::Counter*, 4>;  // by answer
  using OfPerspective = std::map<std::pair<v1::Rir, v1::Method>, Counters>;

  prometheus::Family<prometheus::Counter>& family_;
  absl::Mutex mutex_;
  // By perspective id. Kept, because to find a series by its labels costs more than all else here.
  std::map<std::string, OfPerspective> counters_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_REMOTE_ANSWERS_H_
