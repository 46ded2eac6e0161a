// Permissions by CAA that rest on a failed lookup (BR 4.2.2.1): whether they may, and how it is
// told. Pure.
#ifndef MPIC_COORDINATOR_TOLERATED_FAILURE_H_
#define MPIC_COORDINATOR_TOLERATED_FAILURE_H_

#include <string>

#include "mpic/v1/coordinator.pb.h"

namespace mpic::coordinator {

// What speaks against a PASSED result that says that it rests on a failed lookup: `asked` does not
// let it, or the steps do not hold what CaaCheck.lookup_failure demands: for each failed name,
// which is the identifier or above it, a lookup of CAA that failed twice alike and is blamed on the
// domain's servers, no SERVFAIL where that is excluded, no DNSSEC failure and no alias; and at or
// above all of them a delegation whose lookup of DS is INSECURE, by a resolver that validates.
// Empty when nothing does, and for every other result.
std::string WhyFailureIsNotTolerable(const v1::CheckResult& result, const v1::Check& asked);

// Says in a CORROBORATED answer that it rests on failed lookups, of the primary or of remotes that
// corroborate: the flag, and a warning for each such perspective.
void TellToleratedFailures(v1::Corroboration& corroboration);

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_TOLERATED_FAILURE_H_
