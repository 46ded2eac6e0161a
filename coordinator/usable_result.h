// Whether the result of a perspective can stand for what it was asked.
#ifndef MPIC_COORDINATOR_USABLE_RESULT_H_
#define MPIC_COORDINATOR_USABLE_RESULT_H_

#include <string>

#include "mpic/v1/check.pb.h"

namespace mpic::coordinator {

// What makes `result` unusable as the answer to `asked` although it names the right perspective:
// another attempt, no known outcome, a pass without the method's evidence or of something else than
// was asked, a failure without its problem, a time that is none. Empty when nothing does.
std::string WhyUnusable(const v1::CheckResult& result, const v1::Check& asked);

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_USABLE_RESULT_H_
