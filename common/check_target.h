// Against whom a check is, for the limit of checks under way for one target
// (common/target_limit.h).
#ifndef MPIC_COMMON_CHECK_TARGET_H_
#define MPIC_COMMON_CHECK_TARGET_H_

#include <string>

#include "mpic/v1/check.pb.h"

namespace mpic {

// The name whose DNS and servers a check works on, as TargetOfName writes it: the Authorization
// Domain Name where its method looks at one (BR 3.2.2.4), else the identifier. However many names
// are validated by one Authorization Domain Name, it is one target. The search for CAA records and
// CNAME hops begin at the identifier itself, and an IP address has no other name, whatever else
// such a check claims.
std::string TargetOf(const v1::Check& check);

}  // namespace mpic

#endif  // MPIC_COMMON_CHECK_TARGET_H_
