// Lines about what others may repeat as often as they like: requests that are refused, handshakes
// that fail. A flood of those must not become one of the log.
#ifndef MPIC_COMMON_LOG_LIMIT_H_
#define MPIC_COMMON_LOG_LIMIT_H_

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/log.h"
#include "common/steady_time.h"

namespace mpic {

// Thread-safe. Each kind of line has a bound of its own, so that a flood of one hides no other.
class LogLimit {
 public:
  // Of one kind. Enough to see who and what; counting is the metrics' matter.
  static constexpr unsigned kLinesPerSecond = 5;

  LogLimit() : LogLimit(SteadyNow) {}
  explicit LogLimit(TimeSource now) : now_(std::move(now)) {}

  // As mpic::Log, unless this second has had its lines of this kind. What was left out is told as
  // "suppressed" by the next line of the kind. Every `kind` is remembered: a code or a label, never
  // a text that others choose.
  void Log(LogLevel level, absl::string_view kind, absl::string_view message,
           std::initializer_list<LogField> fields);

 private:
  struct Second {
    absl::Duration began = -absl::InfiniteDuration();
    unsigned lines = 0;
    std::uint64_t suppressed = 0;  // since the last line
  };
  // Whether a line may be written; if so, how many were not since the last one.
  bool Admit(absl::string_view kind, std::uint64_t& suppressed);

  const TimeSource now_;
  absl::Mutex mutex_;
  std::map<std::string, Second, std::less<>> seconds_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace mpic

#endif  // MPIC_COMMON_LOG_LIMIT_H_
