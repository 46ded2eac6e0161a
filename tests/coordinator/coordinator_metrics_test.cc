#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <memory>
#include <string>

#include "coordinator/availability.h"
#include "coordinator/metrics.h"
#include "coordinator/phase_metrics.h"
#include "tests/coordinator/corroboration_world.h"

namespace mpic::coordinator {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Settings Checked(const config::v1::CoordinatorConfig& config) {
  return CheckSettings(config, kToday).value();
}

// Eight remotes, all asked: two may fail, so six have to be in reach.
config::v1::CoordinatorConfig EightRemotes() {
  config::v1::CoordinatorConfig config = SoundConfig();
  AddSite(config, {"johannesburg", "AFRINIC", -26.20, 28.05});
  AddSite(config, {"sydney", "APNIC", -33.87, 151.21});
  config.mutable_policy()->set_remotes_per_attempt(8);
  return config;
}

class MetricsTest : public ::testing::Test {
 protected:
  std::string Text() const {
    return prometheus::TextSerializer().prometheus::Serializer::Serialize(registry_.Collect());
  }
  void ConnectAll(Availability& availability, const Settings& settings) {
    for (const ConfiguredPerspective& remote : settings.remotes) {
      availability.StreamUp(remote.perspective_id);
    }
  }

  prometheus::Registry registry_;
  FixedClock clock_;
};

TEST_F(MetricsTest, TheQuorumMarginIsWhatMayBeLost) {
  const Settings settings = Checked(SoundConfig());
  Metrics metrics(registry_, settings);
  Availability availability(settings, clock_, metrics);
  availability.Publish(nullptr);
  availability.StreamUp("frankfurt");
  ConnectAll(availability, settings);
  EXPECT_THAT(Text(), HasSubstr("mpic_coordinator_quorum_margin 2\n"));
  availability.StreamDown("ashburn");
  availability.StreamDown("oregon");
  EXPECT_THAT(Text(), HasSubstr("mpic_coordinator_quorum_margin 0\n"));
  EXPECT_TRUE(availability.CanFormCohort().ok());
  availability.StreamDown("dublin");
  EXPECT_THAT(Text(), HasSubstr("mpic_coordinator_quorum_margin -1\n"));
  EXPECT_FALSE(availability.CanFormCohort().ok());
}

TEST_F(MetricsTest, ThePrimaryIsNoPartOfTheMargin) {
  const Settings settings = Checked(SoundConfig());
  Metrics metrics(registry_, settings);
  Availability availability(settings, clock_, metrics);
  availability.Publish(nullptr);
  ConnectAll(availability, settings);
  EXPECT_THAT(Text(), HasSubstr("mpic_coordinator_quorum_margin 2\n"));
  EXPECT_THAT(Text(), HasSubstr("mpic_coordinator_primary_connected 0\n"));
  EXPECT_FALSE(availability.CanFormCohort().ok());
  availability.StreamUp("frankfurt");
  EXPECT_THAT(Text(), HasSubstr("mpic_coordinator_primary_connected 1\n"));
  EXPECT_TRUE(availability.CanFormCohort().ok());
}

TEST_F(MetricsTest, TheQuorumMarginKnowsThatManyWhoAreAskedMustAnswer) {
  const Settings settings = Checked(EightRemotes());
  Metrics metrics(registry_, settings);
  Availability availability(settings, clock_, metrics);
  availability.Publish(nullptr);
  ConnectAll(availability, settings);
  EXPECT_THAT(Text(), HasSubstr("mpic_coordinator_quorum_margin 2\n"));
}

TEST_F(MetricsTest, TheQuorumMarginShrinksWithThePhase) {
  const Settings settings = Checked(SoundConfig());
  Metrics metrics(registry_, settings);
  Availability availability(settings, clock_, metrics);
  availability.Publish(nullptr);
  clock_.now = Utc(2026, 12, 15);
  ConnectAll(availability, settings);
  EXPECT_THAT(Text(), HasSubstr("mpic_coordinator_quorum_margin 1\n"));
}

class RemoteAnswersTest : public MetricsTest {
 protected:
  v1::RemoteResult& AddRemote(const std::string& id, v1::Rir rir) {
    v1::RemoteResult& remote = *corroboration_.add_remotes();
    remote.set_perspective_id(id);
    remote.set_rir(rir);
    return remote;
  }
  void Count() {
    metrics_.CountCorroboration(/*tenant=*/nullptr, v1::DNS_01, corroboration_, absl::Seconds(1));
  }
  static std::string Line(const std::string& id, const std::string& rir, const std::string& answer,
                          int count) {
    return "mpic_coordinator_remote_answers_total{answer=\"" + answer +
           "\",method=\"dns-01\",perspective=\"" + id + "\",rir=\"" + rir + "\"} " +
           std::to_string(count) + "\n";
  }

  Settings settings_ = Checked(SoundConfig());
  Metrics metrics_{registry_, settings_};
  v1::Corroboration corroboration_;
};

TEST_F(RemoteAnswersTest, TellsApartHowARemoteDoesNotCorroborate) {
  corroboration_.set_verdict(v1::NOT_CORROBORATED);
  corroboration_.mutable_primary()->set_outcome(v1::PASSED);
  AddRemote("ashburn", v1::ARIN).set_corroborates(true);
  v1::RemoteResult& differs = AddRemote("dublin", v1::RIPE_NCC);
  differs.mutable_problem()->set_kind(v1::Problem::OBSERVATION_DIFFERS);
  differs.mutable_result()->set_outcome(v1::PASSED);
  v1::RemoteResult& failed = AddRemote("oregon", v1::ARIN);
  failed.mutable_problem()->set_kind(v1::Problem::DNS_NXDOMAIN);
  failed.mutable_result()->set_outcome(v1::FAILED);
  v1::RemoteResult& error = AddRemote("singapore", v1::APNIC);
  error.mutable_problem()->set_kind(v1::Problem::DNS_TIMEOUT);
  error.mutable_result()->set_outcome(v1::ERROR);
  v1::RemoteResult& overloaded = AddRemote("stockholm", v1::RIPE_NCC);
  overloaded.mutable_problem()->set_kind(v1::Problem::OVERLOADED);
  overloaded.mutable_result()->set_outcome(v1::ERROR);
  AddRemote("saopaulo", v1::LACNIC)
      .mutable_problem()
      ->set_kind(v1::Problem::PERSPECTIVE_UNREACHABLE);
  Count();
  EXPECT_THAT(Text(), HasSubstr(Line("ashburn", "ARIN", "corroborated", 1)));
  EXPECT_THAT(Text(), HasSubstr(Line("dublin", "RIPE NCC", "disagreed", 1)));
  EXPECT_THAT(Text(), HasSubstr(Line("oregon", "ARIN", "disagreed", 1)));
  EXPECT_THAT(Text(), HasSubstr(Line("singapore", "APNIC", "error", 1)));
  EXPECT_THAT(Text(), HasSubstr(Line("stockholm", "RIPE NCC", "unanswered", 1)));
  EXPECT_THAT(Text(), HasSubstr(Line("saopaulo", "LACNIC", "unanswered", 1)));
  EXPECT_THAT(Text(), HasSubstr(Line("saopaulo", "LACNIC", "corroborated", 0)));
}

TEST_F(RemoteAnswersTest, WhatThePrimaryDidNotSeeNobodyCouldCorroborate) {
  corroboration_.set_verdict(v1::NOT_CORROBORATED);
  corroboration_.mutable_primary()->set_outcome(v1::FAILED);
  AddRemote("ashburn", v1::ARIN).mutable_result()->set_outcome(v1::FAILED);
  Count();
  EXPECT_THAT(Text(), HasSubstr(Line("ashburn", "ARIN", "disagreed", 0)));
}

TEST(PhaseMetricsTest, TellsWhatTheConfigurationWillMiss) {
  const Settings settings = Checked(FourRemotes());
  const auto text = [&](absl::Time now) {
    const PhaseMetrics metrics([&, now] { return ExplainPhases(settings, now); });
    return prometheus::TextSerializer().prometheus::Serializer::Serialize(metrics.Collect());
  };
  const std::string today = text(kToday);
  EXPECT_THAT(today, HasSubstr("mpic_coordinator_phase_satisfied{phase=\"2026-06-15\"} 1\n"));
  EXPECT_THAT(today, HasSubstr("mpic_coordinator_phase_satisfied{phase=\"2026-12-15\"} 0\n"));
  EXPECT_THAT(today, HasSubstr("mpic_coordinator_phase_in_force{phase=\"2026-06-15\"} 1\n"));
  EXPECT_THAT(today, HasSubstr("mpic_coordinator_phase_in_force{phase=\"2026-12-15\"} 0\n"));
  EXPECT_THAT(today, HasSubstr("mpic_coordinator_phase_remotes_min{phase=\"2026-12-15\"} 5\n"));
  EXPECT_THAT(today, HasSubstr("mpic_coordinator_phase_rir_regions_min{phase=\"2026-12-15\"} 2\n"));
  EXPECT_THAT(today,
              HasSubstr("mpic_coordinator_phase_begins_timestamp_seconds{phase=\"2026-12-15\"} "
                        "1797292800\n"));
  const std::string later = text(Utc(2026, 12, 15));
  EXPECT_THAT(later, HasSubstr("mpic_coordinator_phase_in_force{phase=\"2026-12-15\"} 1\n"));
  EXPECT_THAT(later, Not(HasSubstr("phase=\"2026-06-15\"")));
}

}  // namespace
}  // namespace mpic::coordinator
