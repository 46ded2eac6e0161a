#include "coordinator/policy_explanation.h"

#include <gmock/gmock.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include "tests/coordinator/coordinator_config.h"

namespace mpic::coordinator {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const absl::Time kNow = Utc(2026, 11, 23);

Settings Checked(const config::v1::CoordinatorConfig& config, absl::Time now = kNow) {
  auto settings = CheckSettings(config, now);
  EXPECT_TRUE(settings.ok()) << settings.status();
  return settings.ok() ? *std::move(settings) : Settings();
}

// The primary and four remotes: enough today, not from 2026-12-15.
config::v1::CoordinatorConfig FourRemotes() {
  config::v1::CoordinatorConfig config = SoundConfig();
  config.mutable_perspectives()->DeleteSubrange(5, 2);
  return config;
}

TEST(PolicyExplanationTest, ASoundConfigurationSatisfiesAllPhases) {
  const PolicyExplanation explanation = ExplainPolicy(Checked(SoundConfig()), kNow);
  EXPECT_EQ(explanation.primary, "frankfurt");
  EXPECT_EQ(explanation.remotes_per_attempt, 6);
  EXPECT_EQ(explanation.non_corroborations_allowed, 2);
  EXPECT_EQ(explanation.rir_regions_min, 2);
  EXPECT_TRUE(explanation.margin.kept);
  EXPECT_EQ(explanation.margin.failures_allowed, 2);
  EXPECT_THAT(explanation.indispensable, IsEmpty());
  ASSERT_EQ(explanation.phases.size(), 2);
  EXPECT_EQ(explanation.phases[0].phase.name, "2026-06-15");
  EXPECT_TRUE(explanation.phases[0].in_force);
  EXPECT_THAT(explanation.phases[0].shortcomings, IsEmpty());
  EXPECT_EQ(explanation.phases[1].phase.name, "2026-12-15");
  EXPECT_FALSE(explanation.phases[1].in_force);
  EXPECT_THAT(explanation.phases[1].shortcomings, IsEmpty());
}

TEST(PolicyExplanationTest, MeasuresEveryPairThePrimaryIncluded) {
  const PolicyExplanation explanation = ExplainPolicy(Checked(SoundConfig()), kNow);
  ASSERT_EQ(explanation.perspectives.ids.size(), 7);
  EXPECT_EQ(explanation.perspectives.ids[0], "frankfurt");
  EXPECT_NEAR(explanation.perspectives.km[0][3], 1088, 5);  // Frankfurt, Dublin
  EXPECT_EQ(explanation.perspectives.km[0][3], explanation.perspectives.km[3][0]);
  EXPECT_EQ(explanation.perspectives.km[2][2], 0);
  ASSERT_TRUE(explanation.closest_perspectives.has_value());
  EXPECT_EQ(explanation.closest_perspectives->a, "frankfurt");
  EXPECT_EQ(explanation.closest_perspectives->b, "dublin");
}

TEST(PolicyExplanationTest, CoversRegionsByRemotesOnly) {
  const PolicyExplanation explanation = ExplainPolicy(Checked(SoundConfig()), kNow);
  ASSERT_EQ(explanation.rir_coverage.size(), 4);
  EXPECT_THAT(explanation.rir_coverage.at(v1::RIPE_NCC), ElementsAre("dublin", "stockholm"));
  EXPECT_THAT(explanation.rir_coverage.at(v1::ARIN), ElementsAre("ashburn", "oregon"));
}

TEST(PolicyExplanationTest, NamesTheDateOnWhichAConfigurationBreaks) {
  const PolicyExplanation explanation = ExplainPolicy(Checked(FourRemotes()), kNow);
  EXPECT_THAT(explanation.phases[0].shortcomings, IsEmpty());
  ASSERT_EQ(explanation.phases[1].shortcomings.size(), 1);
  EXPECT_EQ(explanation.phases[1].shortcomings[0].field, "perspectives");
  EXPECT_THAT(explanation.indispensable, ElementsAre("ashburn", "oregon", "dublin", "singapore"));
}

TEST(PolicyExplanationTest, NamesAnExampleWhereTheMarginIsLost) {
  config::v1::CoordinatorConfig config = FourRemotes();
  for (int i : {1, 2}) config.mutable_perspectives(i)->set_rir("RIPE NCC");
  const PolicyExplanation explanation = ExplainPolicy(Checked(config), kNow);
  EXPECT_FALSE(explanation.margin.kept);
  EXPECT_THAT(explanation.margin.critical, ElementsAre("singapore"));
}

TEST(PolicyExplanationTest, TextSaysItForPeople) {
  const std::string text = ToText(ExplainPolicy(Checked(FourRemotes()), kNow));
  EXPECT_THAT(text, HasSubstr("2026-06-15  4 remotes, 2 RIR regions: satisfied (in force)"));
  EXPECT_THAT(text, HasSubstr("2026-12-15  5 remotes, 2 RIR regions: NOT SATISFIED\n"));
  EXPECT_THAT(text, HasSubstr("perspectives: 4 remote perspectives are configured"));
  EXPECT_THAT(text, HasSubstr("closest: frankfurt and dublin, 1090"));
  EXPECT_THAT(text, HasSubstr("ARIN      2  ashburn, oregon"));
  EXPECT_THAT(text, HasSubstr("Every resolver stands with its perspective."));
  EXPECT_THAT(text, HasSubstr("kept with any 1 failures"));
  EXPECT_THAT(text, HasSubstr("failed CAA lookups          never permit\n"));
  EXPECT_THAT(text, HasSubstr("warning: from 2026-12-15: "));

  config::v1::CoordinatorConfig config = SoundConfig();
  config.mutable_perspectives(3)->set_resolver_id("dublin-dns");
  EXPECT_THAT(ToText(ExplainPolicy(Checked(config), kNow)), HasSubstr("Resolvers (km"));
  config.mutable_policy()->set_caa_lookup_failure_may_permit(true);
  EXPECT_THAT(ToText(ExplainPolicy(Checked(config), kNow)),
              HasSubstr("failed CAA lookups          may permit below a proven insecure"));
  config.clear_primary_perspective_id();
  EXPECT_THAT(ToText(ExplainPolicy(Checked(config), kNow)), HasSubstr("supplied by the RA"));
  EXPECT_THAT(ToText(ExplainPolicy(Checked(SoundConfig()), kNow)), Not(HasSubstr("warning")));
}

TEST(PolicyExplanationTest, JsonIsOneObjectForMachines) {
  google::protobuf::Struct object;
  const auto status = google::protobuf::util::JsonStringToMessage(
      ToJson(ExplainPolicy(Checked(FourRemotes()), kNow)), &object);
  ASSERT_TRUE(status.ok()) << status.ToString();
  const auto& fields = object.fields();
  EXPECT_EQ(fields.at("at").string_value(), "2026-11-23T00:00:00Z");
  EXPECT_EQ(fields.at("remotes_per_attempt").number_value(), 4);
  EXPECT_FALSE(fields.at("caa_lookup_failure_may_permit").bool_value());
  EXPECT_TRUE(fields.at("rir_margin").struct_value().fields().at("kept").bool_value());
  const auto& last = fields.at("phases").list_value().values(1).struct_value().fields();
  EXPECT_EQ(last.at("phase").string_value(), "2026-12-15");
  EXPECT_FALSE(last.at("satisfied").bool_value());
  EXPECT_EQ(last.at("shortcomings").list_value().values_size(), 1);
  EXPECT_EQ(fields.at("perspectives").struct_value().fields().at("ids").list_value().values_size(),
            5);
  EXPECT_EQ(fields.at("rir_coverage").struct_value().fields().count("RIPE NCC"), 1);
}

}  // namespace
}  // namespace mpic::coordinator
