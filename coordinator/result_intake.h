// From what a perspective sent to what counts: the first look at every result.
#ifndef MPIC_COORDINATOR_RESULT_INTAKE_H_
#define MPIC_COORDINATOR_RESULT_INTAKE_H_

#include "absl/time/time.h"
#include "coordinator/attestation_check.h"
#include "coordinator/configured_perspective.h"
#include "coordinator/metrics.h"
#include "coordinator/perspective_session.h"
#include "coordinator/region_pin.h"

namespace mpic::coordinator {

// What the results of one perspective are held against.
struct IntakeRules {
  const ConfiguredPerspective& perspective;
  const PinRules& pin;
  const AttestationKeys& attestation_keys;  // empty: signatures are not looked at
};

// The result with its verified attestation; or PERSPECTIVE_IDENTITY or PERSPECTIVE_RESPONSE_INVALID
// when it names another perspective, is not signed as it must be (counted and logged, too), or
// cannot be an answer to the question.
PerspectiveAnswer TakeResult(const IntakeRules& rules, const AskedQuestion& question,
                             ReceivedResult received, absl::Time now, Metrics& metrics);

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_RESULT_INTAKE_H_
