#include "common/process_metrics.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <map>
#include <string>

#include "absl/time/clock.h"

namespace mpic {
namespace {

std::map<std::string, double> Values() {
  std::map<std::string, double> values;
  for (const prometheus::MetricFamily& family : ProcessMetrics("test", "1.2.3").Collect()) {
    const prometheus::ClientMetric& metric = family.metric.at(0);
    const bool counter = family.type == prometheus::MetricType::Counter;
    values[family.name] = counter ? metric.counter.value : metric.gauge.value;
  }
  return values;
}

TEST(ProcessMetricsTest, TellsPlausibleNumbers) {
  const std::map<std::string, double> values = Values();
  const double now = absl::ToDoubleSeconds(absl::Now() - absl::UnixEpoch());
  EXPECT_GT(values.at("process_resident_memory_bytes"), 1e5);
  EXPECT_GT(values.at("process_virtual_memory_bytes"), values.at("process_resident_memory_bytes"));
  EXPECT_GE(values.at("process_cpu_seconds_total"), 0);
  EXPECT_LT(values.at("process_cpu_seconds_total"), 3600);
  EXPECT_NEAR(values.at("process_start_time_seconds"), now, 600);
  EXPECT_GE(values.at("process_threads"), 1);
  EXPECT_GE(values.at("process_max_fds"), values.at("process_open_fds"));
}

TEST(ProcessMetricsTest, CountsOpenDescriptors) {
  const double before = Values().at("process_open_fds");
  const int descriptor = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  EXPECT_EQ(Values().at("process_open_fds"), before + 1);
  ::close(descriptor);
  EXPECT_EQ(Values().at("process_open_fds"), before);
}

TEST(ProcessMetricsTest, NamesTheBuild) {
  const prometheus::MetricFamily build = ProcessMetrics("test", "1.2.3").Collect().back();
  EXPECT_EQ(build.name, "mpic_build_info");
  ASSERT_EQ(build.metric.size(), 1u);
  EXPECT_THAT(build.metric[0].label,
              ::testing::ElementsAre(prometheus::ClientMetric::Label{"program", "test"},
                                     prometheus::ClientMetric::Label{"version", "1.2.3"}));
  EXPECT_EQ(build.metric[0].gauge.value, 1);
}

}  // namespace
}  // namespace mpic
