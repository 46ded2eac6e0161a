// Whether what a perspective answered can be an answer to what it was asked. Pure.
#ifndef MPIC_COORDINATOR_RESULT_CHECK_H_
#define MPIC_COORDINATOR_RESULT_CHECK_H_

#include <string>

#include "mpic/v1/check.pb.h"

namespace mpic::coordinator {

// What makes a result unusable although it names the right perspective: another attempt, no outcome
// that this version knows, PASSED without the evidence, value, values or CNAME targets that `asked`
// demands, permission by a failed lookup that was not asked for or is not proven, or no PASSED and
// no reason. Empty when nothing does.
std::string WhyUnusable(const v1::CheckResult& result, const v1::Check& asked);

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_RESULT_CHECK_H_
