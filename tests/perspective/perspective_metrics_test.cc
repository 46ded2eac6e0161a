#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <string>

#include "perspective/metrics.h"

namespace mpic::perspective {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(MetricsTest, AProofThatNobodyClaimsIsNotLost) {
  prometheus::Registry registry;
  const Tenants tenants;
  Metrics metrics(registry, tenants, /*lab=*/false);
  const auto text = [&] {
    return prometheus::TextSerializer().prometheus::Serializer::Serialize(registry.Collect());
  };
  EXPECT_THAT(text(), Not(HasSubstr("mpic_perspective_dnssec_proven")));
  metrics.SetDnssecProven(false);
  EXPECT_THAT(text(), HasSubstr("mpic_perspective_dnssec_proven 0\n"));
  metrics.SetDnssecProven(true);
  EXPECT_THAT(text(), HasSubstr("mpic_perspective_dnssec_proven 1\n"));
}

}  // namespace
}  // namespace mpic::perspective
