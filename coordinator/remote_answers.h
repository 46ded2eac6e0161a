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

#include "coordinator/configured_perspective.h"
#include "mpic/v1/coordinator.pb.h"

namespace mpic::coordinator {

// Thread-safe. The registry must outlive it.
class RemoteAnswers {
 public:
  explicit RemoteAnswers(prometheus::Registry& registry);

  // Makes the series of a remote, at zero.
  void Prepare(const ConfiguredPerspective& remote);
  // The answers of the last attempt.
  void Count(v1::Method method, const v1::Corroboration& corroboration);

 private:
  prometheus::Family<prometheus::Counter>& family_;
};

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_REMOTE_ANSWERS_H_
