// The RA's own determination, for a CA whose data centre is the Primary Network Perspective.
#ifndef MPIC_COORDINATOR_REQUEST_CHECK_PRIMARY_H_
#define MPIC_COORDINATOR_REQUEST_CHECK_PRIMARY_H_

#include "absl/time/time.h"
#include "coordinator/field_violations.h"
#include "coordinator/request_check.h"
#include "mpic/v1/coordinator.pb.h"

namespace mpic::coordinator {

// Exactly one primary must speak: a determination is required where the coordinator has no primary
// perspective of its own, and refused where it has one, because nothing says which of the two
// counts. A determination must name who made it and where (BR 3.2.2.9 measures distances from
// there), must be fresh, and on PASSED must have seen what the check demands. `check` is the
// normalised one, or nullptr when it is broken (which is reported elsewhere).
void CheckPrimary(const v1::CorroborationInput& input, const v1::Check* check,
                  const RequestRules& rules, absl::Time now, const Field& field);

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_REQUEST_CHECK_PRIMARY_H_
