#include "perspective/rules/challenge_age.h"

#include <gtest/gtest.h>

#include "common/challenge.h"
#include "common/proto_time.h"

namespace mpic::perspective {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1795435200);  // 2026-11-23T12:00:00Z

TEST(ChallengeAgeTest, ThirtyDaysToTheNanosecondAndNoFurtherAheadThanClocksDiffer) {
  const struct {
    const char* name;
    absl::Duration age;
    bool usable;
  } cases[] = {
      {"just created", absl::ZeroDuration(), true},
      {"a day old", absl::Hours(24), true},
      {"exactly 30 days old", absl::Hours(30 * 24), true},
      {"a nanosecond more", absl::Hours(30 * 24) + absl::Nanoseconds(1), false},
      {"vector 20: 31 days old", absl::Hours(31 * 24), false},
      {"created within the allowance for clocks", -kClockSkewMax, true},
      {"a nanosecond beyond it", -kClockSkewMax - absl::Nanoseconds(1), false},
      {"created tomorrow", -absl::Hours(24), false},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    v1::Check check;
    *check.mutable_challenge_created_at() = ToTimestamp(kNow - c.age);
    const std::optional<Problem> problem = RefuseByAge(check, kNow);
    EXPECT_EQ(!problem.has_value(), c.usable);
    if (problem.has_value()) EXPECT_EQ(problem->kind, v1::Problem::TOKEN_EXPIRED);
  }
}

TEST(ChallengeAgeTest, TheRaVouchesWhereNoTimeIsNamed) {
  EXPECT_FALSE(RefuseByAge(v1::Check(), kNow).has_value());
}

TEST(ChallengeAgeTest, TimestampsOutOfRangeAreNeverFresh) {
  v1::Check check;
  for (const std::int64_t seconds : {INT64_MIN, INT64_MAX}) {
    check.mutable_challenge_created_at()->set_seconds(seconds);
    EXPECT_TRUE(RefuseByAge(check, kNow).has_value()) << seconds;
  }
}

}  // namespace
}  // namespace mpic::perspective
