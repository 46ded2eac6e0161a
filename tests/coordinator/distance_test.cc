#include "coordinator/policy/distance.h"

#include <gtest/gtest.h>

#include <limits>

namespace mpic::coordinator {
namespace {

constexpr GeoPoint kDublin{53.3498, -6.2603};
constexpr GeoPoint kLondon{51.5074, -0.1278};
constexpr GeoPoint kFrankfurt{50.1109, 8.6821};
constexpr GeoPoint kAmsterdam{52.3676, 4.9041};
constexpr GeoPoint kAuckland{-36.8485, 174.7633};
constexpr GeoPoint kPapeete{-17.5516, -149.5585};

struct Case {
  const char* name;
  GeoPoint a;
  GeoPoint b;
  double km;
  bool distinct;
};

constexpr Case kCases[] = {
    {"vector 157: Dublin and London are too close", kDublin, kLondon, 463.8, false},
    {"Frankfurt and Amsterdam are too close", kFrankfurt, kAmsterdam, 364.7, false},
    {"Frankfurt and London are distinct", kFrankfurt, kLondon, 639.6, true},
    {"a place and itself", kLondon, kLondon, 0, false},
    {"across the date line", kAuckland, kPapeete, 4024.7, true},
    {"antipodes on the equator: its diameter", {0, 0}, {0, 180}, 12756.3, true},
    {"poles: the Earth's axis", {90, 0}, {-90, 77}, 12713.5, true},
    {"one degree of longitude at the equator", {0, 10}, {0, 11}, 111.3, false},
    {"the same pole by two longitudes", {90, 10}, {90, -120}, 0, false},
    {"just under the bound, along the equator", {0, 0}, {0, 4.4926}, 500, false},
    {"just over the bound, along the equator", {0, 0}, {0, 4.4930}, 500, true},
    // On a sphere of the mean radius these would be 500.2 km apart.
    {"near the equator a degree of latitude is short", {0, 0}, {4.4985, 0}, 497.3, false},
    {"and so it is at 30 degrees", {30, 0}, {34.4985, 0}, 498.7, false},
    {"near the poles it is long", {80, 0}, {84.4985, 0}, 502.2, true},
};

TEST(DistanceTest, Cases) {
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.name);
    EXPECT_NEAR(DistanceKm(c.a, c.b), c.km, 1.0);
    EXPECT_DOUBLE_EQ(DistanceKm(c.a, c.b), DistanceKm(c.b, c.a));
    EXPECT_EQ(Distinct(c.a, c.b), c.distinct);
  }
}

TEST(DistanceTest, NotANumberIsNeverDistinct) {
  const GeoPoint nowhere{std::numeric_limits<double>::quiet_NaN(), 0};
  EXPECT_FALSE(Distinct(nowhere, kLondon));
  EXPECT_FALSE(Distinct(kLondon, nowhere));
}

}  // namespace
}  // namespace mpic::coordinator
