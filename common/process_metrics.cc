#include "common/process_metrics.h"

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstddef>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "common/file_text.h"

namespace mpic {
namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;

constexpr std::size_t kProcBytesMax = 1 << 20;

struct Reading {
  const char* name;
  const char* help;
  MetricType type;
  std::optional<double> value;
};

// Field numbers of proc(5), /proc/[pid]/stat.
enum StatField {
  kUserTicks = 14,
  kSystemTicks = 15,
  kThreads = 20,
  kStartTicks = 22,
  kBytes = 23,
  kResidentPages = 24
};

class ProcStat {
 public:
  ProcStat() {
    const absl::StatusOr<std::string> text = ReadFileText("/proc/self/stat", kProcBytesMax);
    if (!text.ok()) return;
    // The program's name, field 2, may hold blanks and parentheses.
    const std::size_t name_end = text->rfind(") ");
    if (name_end != std::string::npos) fields_ = absl::StrSplit(text->substr(name_end + 2), ' ');
  }

  std::optional<double> Get(StatField field) const {
    constexpr std::size_t kFirstField = 3;
    const std::size_t index = static_cast<std::size_t>(field) - kFirstField;
    double value = 0;
    if (index >= fields_.size() || !absl::SimpleAtod(fields_[index], &value)) return std::nullopt;
    return value;
  }

 private:
  std::vector<std::string> fields_;
};

std::optional<double> BootTimeSeconds() {
  const absl::StatusOr<std::string> text = ReadFileText("/proc/stat", kProcBytesMax);
  if (!text.ok()) return std::nullopt;
  for (const absl::string_view line : absl::StrSplit(*text, '\n')) {
    double seconds = 0;
    if (absl::StartsWith(line, "btime ") && absl::SimpleAtod(line.substr(6), &seconds)) {
      return seconds;
    }
  }
  return std::nullopt;
}

std::optional<double> OpenDescriptors() {
  DIR* const directory = ::opendir("/proc/self/fd");
  if (directory == nullptr) return std::nullopt;
  int count = 0;
  while (::readdir(directory) != nullptr) ++count;
  ::closedir(directory);
  constexpr int kNotCounted = 3;  // ".", ".." and the directory's own descriptor
  return count - kNotCounted;
}

std::optional<double> SoftLimit(int resource) {
  rlimit limit{};
  // The type of the first parameter differs between C libraries.
  if (::getrlimit(static_cast<decltype(RLIMIT_NOFILE)>(resource), &limit) != 0) return std::nullopt;
  if (limit.rlim_cur == RLIM_INFINITY) return std::nullopt;
  return static_cast<double>(limit.rlim_cur);
}

std::optional<double> Scaled(std::optional<double> value, double factor) {
  return value.has_value() ? std::optional(*value * factor) : std::nullopt;
}

std::optional<double> Sum(std::optional<double> a, std::optional<double> b) {
  return a.has_value() && b.has_value() ? std::optional(*a + *b) : std::nullopt;
}

std::vector<Reading> Read() {
  const ProcStat stat;
  const double tick_seconds = 1.0 / static_cast<double>(::sysconf(_SC_CLK_TCK));
  const double page_bytes = static_cast<double>(::sysconf(_SC_PAGESIZE));
  return {
      {"process_cpu_seconds_total", "User and system CPU time spent in seconds.",
       MetricType::Counter,
       Scaled(Sum(stat.Get(kUserTicks), stat.Get(kSystemTicks)), tick_seconds)},
      {"process_resident_memory_bytes", "Resident memory size in bytes.", MetricType::Gauge,
       Scaled(stat.Get(kResidentPages), page_bytes)},
      {"process_virtual_memory_bytes", "Virtual memory size in bytes.", MetricType::Gauge,
       stat.Get(kBytes)},
      {"process_open_fds", "Number of open file descriptors.", MetricType::Gauge,
       OpenDescriptors()},
      {"process_max_fds", "Maximum number of open file descriptors.", MetricType::Gauge,
       SoftLimit(RLIMIT_NOFILE)},
      {"process_start_time_seconds", "Start time of the process since the Unix epoch in seconds.",
       MetricType::Gauge, Sum(BootTimeSeconds(), Scaled(stat.Get(kStartTicks), tick_seconds))},
      {"process_threads", "Number of threads of the process.", MetricType::Gauge,
       stat.Get(kThreads)},
  };
}

MetricFamily FamilyOf(const Reading& reading) {
  prometheus::ClientMetric metric;
  metric.gauge.value = *reading.value;
  metric.counter.value = *reading.value;
  return {reading.name, reading.help, reading.type, {metric}};
}

}  // namespace

ProcessMetrics::ProcessMetrics(std::string program, std::string version)
    : program_(std::move(program)), version_(std::move(version)) {}

std::vector<MetricFamily> ProcessMetrics::Collect() const {
  std::vector<MetricFamily> families;
  for (const Reading& reading : Read()) {
    if (reading.value.has_value()) families.push_back(FamilyOf(reading));
  }
  prometheus::ClientMetric build;
  build.label = {{"program", program_}, {"version", version_}};
  build.gauge.value = 1;
  families.push_back(
      {"mpic_build_info", "Program and version, constant 1.", MetricType::Gauge, {build}});
  return families;
}

}  // namespace mpic
