#include "common/clock_watch.h"

#include <chrono>
#include <utility>

#include "common/log.h"
#include "common/steady_time.h"

// Of gRPC 1.51, which exports it and installs no header with it.
void grpc_kick_poller();

namespace mpic {
namespace {

constexpr absl::Duration kInterval = absl::Milliseconds(500);
// Within one interval: what is less may be slewing, and delays nobody noticeably.
constexpr absl::Duration kStepMin = absl::Milliseconds(100);
constexpr absl::Duration kSampleMax = absl::Milliseconds(10);

// Not by absl::Now(), which may be two seconds late to notice. Both clocks at one instant, within
// kSampleMax: a thread that is put aside between the two would see a step where there is none.
absl::Duration AheadOfSteady() {
  while (true) {
    const absl::Duration before = SteadyNow();
    const auto now = absl::FromChrono(std::chrono::system_clock::now().time_since_epoch());
    if (SteadyNow() - before <= kSampleMax) return now - before;
  }
}

}  // namespace

ClockWatch::ClockWatch() : ahead_(AheadOfSteady()), thread_(kInterval, [this] { Look(); }) {}

void ClockWatch::Look() {
  const absl::Duration before = std::exchange(ahead_, AheadOfSteady());
  const absl::Duration step = ahead_ - before;
  if (absl::AbsDuration(step) < kStepMin) return;
  if (step < absl::ZeroDuration()) grpc_kick_poller();
  Log(LogLevel::kWarning, "clock set", {{"by_ms", absl::ToInt64Milliseconds(step)}});
}

}  // namespace mpic
