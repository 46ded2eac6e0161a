// How long a completed validation may support issuance (BR 4.2.1, and the methods' own sections).
#ifndef MPIC_COORDINATOR_POLICY_REUSE_H_
#define MPIC_COORDINATOR_POLICY_REUSE_H_

#include "absl/time/time.h"
#include "coordinator/policy/methods.h"

namespace mpic::coordinator {

// The instant from which a validation by `facts` that was completed at `validated_at` supports no
// new certificate. BR 4.2.1 counts days back from issuance, by a table that gets stricter on fixed
// dates; persistent TXT records have ten days of their own (BR 3.2.2.4.22, for addresses by
// choice); a method's sunset ends its earlier validations too. Never before `validated_at`.
//
// CAA is no validation: its answer has the validity of BR 4.2.2.1, and this is not to be asked.
absl::Time ReusableUntil(const MethodFacts& facts, absl::Time validated_at);

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_POLICY_REUSE_H_
