#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/proto_time.h"
#include "coordinator/corroboration.h"
#include "tests/coordinator/corroboration_world.h"

namespace mpic::coordinator {
namespace {

using ::testing::SizeIs;

// The RA is the primary, from a place of its own.
struct OwnPrimaryCase {
  const char* name;
  GeoPoint perspective;
  GeoPoint resolver;
  v1::Problem::Kind problem;
};

constexpr GeoPoint kFrankfurt = {50.11, 8.68};

const OwnPrimaryCase kOwnPrimaryCases[] = {
    {"far from everybody", kFrankfurt, kFrankfurt, v1::Problem::KIND_UNSPECIFIED},
    {"vector 157: London is 463 km from Dublin",
     {51.51, -0.13},
     kFrankfurt,
     v1::Problem::QUORUM_DISTANCE},
    {"vector 158: its resolver is 300 km from Dublin's",
     kFrankfurt,
     {53.35, -1.75},
     v1::Problem::QUORUM_DISTANCE},
};

config::v1::CoordinatorConfig FourRemotesWithoutPrimary() {
  config::v1::CoordinatorConfig config = FourRemotes();
  config.mutable_perspectives()->DeleteSubrange(0, 1);
  config.clear_primary_perspective_id();
  config.mutable_policy()->set_attempts_max(3);
  return config;
}

CheckedInput WithOwnPrimary(v1::PrimaryDetermination own) {
  CheckedInput input = Dns01Input();
  input.primary = std::move(own);
  return input;
}

TEST(CorroborationPrimaryTest, PlaceOfTheRasOwnPrimaryCounts) {
  for (const OwnPrimaryCase& c : kOwnPrimaryCases) {
    SCOPED_TRACE(c.name);
    CorroborationWorld world(FourRemotesWithoutPrimary());
    v1::PrimaryDetermination own = OwnDetermination();
    own.mutable_perspective()->mutable_location()->set_latitude(c.perspective.latitude);
    own.mutable_perspective()->mutable_location()->set_longitude(c.perspective.longitude);
    v1::Resolver& resolver = *own.mutable_perspective()->mutable_resolver();
    resolver.mutable_location()->set_latitude(c.resolver.latitude);
    resolver.mutable_location()->set_longitude(c.resolver.longitude);
    const v1::Corroboration answer = world.Run(WithOwnPrimary(own));
    EXPECT_EQ(answer.problem().kind(), c.problem) << answer.problem().detail();
    const bool corroborated = c.problem == v1::Problem::KIND_UNSPECIFIED;
    EXPECT_EQ(answer.verdict(), corroborated ? v1::CORROBORATED : v1::NOT_COMPLETED);
    EXPECT_EQ(answer.quorum().text(), corroborated ? "4/4" : "0/0");
    EXPECT_THAT(world.audit.records, SizeIs(1));
  }
}

TEST(CorroborationPrimaryTest, RasOwnPrimaryIsNotRetriedForIt) {
  CorroborationWorld world(FourRemotesWithoutPrimary());
  world.Fails("dublin");
  world.Fails("ashburn");
  const v1::Corroboration answer = world.Run(WithOwnPrimary(OwnDetermination()));
  EXPECT_EQ(answer.verdict(), v1::NOT_CORROBORATED);
  EXPECT_EQ(answer.attempts(), 1U);
  EXPECT_THAT(world.remote("dublin").questions(), SizeIs(1));
}

TEST(CorroborationPrimaryTest, RasOwnPrimaryThatDidNotPassAsksNobody) {
  CorroborationWorld world(FourRemotesWithoutPrimary());
  v1::PrimaryDetermination own = OwnDetermination();
  own.set_outcome(v1::FAILED);
  const v1::Corroboration answer = world.Run(WithOwnPrimary(own));
  EXPECT_EQ(answer.verdict(), v1::NOT_CORROBORATED);
  EXPECT_EQ(answer.problem().kind(), v1::Problem::PRIMARY_NOT_PASSED);
  for (FakePerspectiveSession* remote : world.remotes())
    EXPECT_THAT(remote->questions(), SizeIs(0));
}

TEST(CorroborationPrimaryTest, RasOwnCaaCheckEndsItsOwnValidity) {
  CorroborationWorld world(FourRemotesWithoutPrimary());
  for (const char* id : {"ashburn", "dublin", "singapore", "saopaulo"}) {
    world.remote(id).ReplyWith([place = world.place(id)](const PerspectiveQuestion&) {
      return PermitByCaa(place, kToday + absl::Hours(8));
    });
  }
  CheckedInput input = CaaInput();
  input.primary = OwnDetermination();
  input.primary->clear_observed_value();
  *input.primary->mutable_determined_at() = ToTimestamp(kToday - absl::Minutes(50));
  const v1::Corroboration answer = world.Run(input);
  EXPECT_EQ(answer.verdict(), v1::CORROBORATED) << answer.problem().detail();
  EXPECT_EQ(FromTimestamp(answer.caa_valid_until()), kToday - absl::Minutes(50) + absl::Hours(8));
}

}  // namespace
}  // namespace mpic::coordinator
