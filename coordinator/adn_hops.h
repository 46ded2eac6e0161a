// What a perspective reports of the CNAME hops to an Authorization Domain Name (BR 3.2.2.4), held
// against what was asked. Pure.
#ifndef MPIC_COORDINATOR_ADN_HOPS_H_
#define MPIC_COORDINATOR_ADN_HOPS_H_

#include "absl/status/status.h"
#include "common/public_suffix_list.h"
#include "mpic/v1/check.pb.h"

namespace mpic::coordinator {

// Whether the result, which is PASSED, has a target for each hop that `check` demands, and no
// other. INVALID_ARGUMENT: the perspective did not do as it was told.
absl::Status CheckHopCount(const v1::Check& check, const v1::CheckResult& result);

// Whether the last target is the Authorization Domain Name of `check` or may be pruned to it. OK
// without hops. INVALID_ARGUMENT says what is wrong.
absl::Status CheckHops(const v1::Check& check, const v1::CheckResult& result,
                       const PublicSuffixList& suffixes);

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_ADN_HOPS_H_
