#include "common/tls_times.h"

#include <gtest/gtest.h>

#include "common/proto_time.h"

namespace mpic {
namespace {

config::v1::Tls AgeOf(absl::Duration age) {
  config::v1::Tls tls;
  *tls.mutable_connection_age() = ToProtoDuration(age);
  return tls;
}

TEST(TlsTimesTest, HasDefaults) {
  EXPECT_EQ(RefreshInterval({}), absl::Seconds(10));
  EXPECT_EQ(AgeingOf({}, absl::Minutes(2)).age, absl::Minutes(10));
}

TEST(TlsTimesTest, PlaintextDoesNotAge) {
  config::v1::Tls plain;
  plain.set_insecure_loopback(true);
  EXPECT_EQ(AgeingOf(plain, absl::Minutes(2)).age, absl::InfiniteDuration());
  EXPECT_EQ(AgeingOf(plain, absl::Minutes(2)).stream_age, absl::InfiniteDuration());
}

// gRPC's own variation of the age, by which these promises must hold.
constexpr double kEarliest = 0.9;
constexpr double kLatest = 1.1;

TEST(TlsTimesTest, StreamsMoveAfterTheirConnectionAndEndBeforeItIsCut) {
  for (const absl::Duration age : {absl::Seconds(1), absl::Minutes(10), absl::Hours(24)}) {
    SCOPED_TRACE(age);
    const absl::Duration work = absl::Minutes(2);
    const ConnectionAgeing ageing = AgeingOf(AgeOf(age), work);
    // A stream as old as its connection asks for another one when that comes on a new connection.
    EXPECT_GT(ageing.stream_age, age * kLatest);
    // The last stream that the connection takes is over before the earliest cut.
    EXPECT_LT(age * kLatest + ageing.stream_age + work, age * kEarliest + ageing.grace);
  }
}

TEST(TlsTimesTest, RangesAreHeld) {
  struct Case {
    absl::Duration refresh;
    absl::Duration age;
    bool accepted;
  };
  const Case cases[] = {
      {absl::Seconds(1), absl::Seconds(1), true},
      {absl::Hours(1), absl::Hours(24), true},
      {absl::Milliseconds(999), absl::Seconds(1), false},
      {absl::Hours(2), absl::Seconds(1), false},
      {absl::Seconds(1), absl::Milliseconds(999), false},
      {absl::Seconds(1), absl::Hours(25), false},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.refresh);
    SCOPED_TRACE(c.age);
    config::v1::Tls tls = AgeOf(c.age);
    *tls.mutable_refresh_interval() = ToProtoDuration(c.refresh);
    ConfigViolations violations;
    CheckTlsTimes("tls", tls, violations);
    EXPECT_EQ(violations.empty(), c.accepted);
  }
}

}  // namespace
}  // namespace mpic
