#include "coordinator/audit/disk_metrics.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace mpic::coordinator {
namespace {

TEST(DiskMetricsTest, TellsOfTheFileSystemThatTheDirectoryLiesOn) {
  const std::string directory = ::testing::TempDir();
  const auto space = std::filesystem::space(directory);
  const auto families = DiskMetrics(directory).Collect();
  ASSERT_EQ(families.size(), 2U);
  EXPECT_EQ(families[0].name, "mpic_coordinator_audit_disk_size_bytes");
  EXPECT_EQ(families[0].metric.at(0).gauge.value, static_cast<double>(space.capacity));
  EXPECT_EQ(families[1].name, "mpic_coordinator_audit_disk_free_bytes");
  // Others write there as well.
  EXPECT_GT(families[1].metric.at(0).gauge.value, 0);
  EXPECT_LE(families[1].metric.at(0).gauge.value, static_cast<double>(space.capacity));
}

TEST(DiskMetricsTest, NoAnswerIsNoFullDisk) {
  EXPECT_TRUE(DiskMetrics("/nowhere/at/all").Collect().empty());
}

}  // namespace
}  // namespace mpic::coordinator
