#include "common/log_limit.h"

#include <utility>
#include <vector>

namespace mpic {

void LogLimit::Log(LogLevel level, absl::string_view kind, absl::string_view message,
                   std::initializer_list<LogField> fields) {
  std::uint64_t suppressed = 0;
  if (!LogEnabled(level) || !Admit(kind, suppressed)) return;
  std::vector<LogField> all(fields);
  if (suppressed > 0) all.emplace_back("suppressed", suppressed);
  mpic::Log(level, message, all);
}

bool LogLimit::Admit(absl::string_view kind, std::uint64_t& suppressed) {
  const absl::Duration now = now_();
  const absl::MutexLock lock(&mutex_);
  const auto found = seconds_.find(kind);
  Second& second = found != seconds_.end() ? found->second : seconds_[std::string(kind)];
  if (now - second.began >= absl::Seconds(1)) {
    second.began = now;
    second.lines = 0;
  }
  if (second.lines == kLinesPerSecond) {
    ++second.suppressed;
    return false;
  }
  ++second.lines;
  suppressed = std::exchange(second.suppressed, 0);
  return true;
}

}  // namespace mpic
