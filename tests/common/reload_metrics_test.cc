#include "common/reload_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <prometheus/text_serializer.h>

#include <string>

namespace mpic {
namespace {

using ::testing::HasSubstr;

TEST(ReloadMetricsTest, SayWhetherTheLastOneWasTaken) {
  prometheus::Registry registry;
  const auto text = [&] { return prometheus::TextSerializer().Serialize(registry.Collect()); };
  ReloadMetrics metrics(registry, absl::FromUnixSeconds(1000));
  EXPECT_THAT(text(), HasSubstr("\nmpic_config_last_reload_successful 1\n"));
  EXPECT_THAT(text(), HasSubstr("\nmpic_config_last_reload_success_timestamp_seconds 1000\n"));
  EXPECT_THAT(text(), HasSubstr("\nmpic_config_reloads_total{outcome=\"taken\"} 0\n"));

  metrics.Count(absl::FailedPreconditionError("no"), absl::FromUnixSeconds(1010));
  EXPECT_THAT(text(), HasSubstr("\nmpic_config_last_reload_successful 0\n"));
  EXPECT_THAT(text(), HasSubstr("\nmpic_config_last_reload_success_timestamp_seconds 1000\n"));
  EXPECT_THAT(text(), HasSubstr("\nmpic_config_reloads_total{outcome=\"refused\"} 1\n"));

  metrics.Count(absl::OkStatus(), absl::FromUnixSeconds(1020));
  EXPECT_THAT(text(), HasSubstr("\nmpic_config_last_reload_successful 1\n"));
  EXPECT_THAT(text(), HasSubstr("\nmpic_config_last_reload_success_timestamp_seconds 1020\n"));
  EXPECT_THAT(text(), HasSubstr("\nmpic_config_reloads_total{outcome=\"taken\"} 1\n"));
}

}  // namespace
}  // namespace mpic
