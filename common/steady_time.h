// Time that no step of the system clock disturbs.
#ifndef MPIC_COMMON_STEADY_TIME_H_
#define MPIC_COMMON_STEADY_TIME_H_

#include <chrono>
#include <functional>

#include "absl/time/time.h"

namespace mpic {

// The time since an instant of its own; never goes back. Injected, so that tests need not wait.
using TimeSource = std::function<absl::Duration()>;

inline absl::Duration SteadyNow() {
  return absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

}  // namespace mpic

#endif  // MPIC_COMMON_STEADY_TIME_H_
