// Whether what a perspective answered can be an answer to what it was asked. Pure.
#ifndef MPIC_COORDINATOR_RESULT_CHECK_H_
#define MPIC_COORDINATOR_RESULT_CHECK_H_

#include <cstddef>
#include <string>

#include "mpic/v1/check.pb.h"

namespace mpic::coordinator {

// An honest result is below half a megabyte (a file of 64 KiB, a DNS answer of as much, eleven hops
// with their lookups). What is kept until the verdict, and recorded with it, needs a bound that no
// perspective can exceed: a record that is too long for the log would cost everybody the verdict.
inline constexpr std::size_t kResultOctetsMax = std::size_t{1024} * 1024;

// What makes a result unusable although it names the right perspective: its size, another attempt,
// no outcome that this version knows, PASSED without the evidence, value, values or CNAME targets
// that `asked` demands, permission by a failed lookup that was not asked for or is not proven, or
// no PASSED and no reason. Empty when nothing does.
std::string WhyUnusable(const v1::CheckResult& result, const v1::Check& asked);

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_RESULT_CHECK_H_
