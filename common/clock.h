// The time of day, injected so that rules with dates can be tested at their boundaries.
#ifndef MPIC_COMMON_CLOCK_H_
#define MPIC_COMMON_CLOCK_H_

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace mpic {

// Thread-safe. Deadlines do not come from here but from the loop's steady timers.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time Now() const = 0;
};

class SystemClock final : public Clock {
 public:
  absl::Time Now() const override { return absl::Now(); }
};

}  // namespace mpic

#endif  // MPIC_COMMON_CLOCK_H_
