// What a load program says at its end: one line of JSON for tests/bench/measure.py.
#ifndef MPIC_TESTS_BENCH_PERSPECTIVE_LOAD_REPORT_H_
#define MPIC_TESTS_BENCH_PERSPECTIVE_LOAD_REPORT_H_

#include <cstdint>
#include <cstdio>
#include <ctime>
#include <string>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace mpic::bench {

// The kernel's account of this process.
inline double CpuSeconds() {
  timespec used{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

// Counts operations from its construction on.
class LoadReport {
 public:
  void Succeeded() { ++operations_; }
  void Failed(const std::string& why) {
    if (errors_++ == 0) first_error_ = why;
  }
  std::uint64_t ended() const { return operations_ + errors_; }

  // Returns the program's exit code: a rate of errors is no rate.
  int Print() const {
    std::printf(
        "{\"operations\": %llu, \"errors\": %llu, \"seconds\": %.6f, \"own_cpu_seconds\": %.6f}\n",
        static_cast<unsigned long long>(operations_), static_cast<unsigned long long>(errors_),
        absl::ToDoubleSeconds(absl::Now() - started_), CpuSeconds() - cpu_before_);
    if (errors_ > 0) std::fprintf(stderr, "the first error: %s\n", first_error_.c_str());
    return errors_ == 0 ? 0 : 1;
  }

 private:
  const absl::Time started_ = absl::Now();
  const double cpu_before_ = CpuSeconds();
  std::uint64_t operations_ = 0;
  std::uint64_t errors_ = 0;
  std::string first_error_;
};

}  // namespace mpic::bench

#endif  // MPIC_TESTS_BENCH_PERSPECTIVE_LOAD_REPORT_H_
