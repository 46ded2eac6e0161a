#include "coordinator/policy/distance.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace mpic::coordinator {
namespace {

constexpr double kEarthRadiusKm = 6371.0088;  // IUGG mean radius R1

double Radians(double degrees) { return degrees * std::numbers::pi / 180.0; }

double SquaredSineOfHalf(double radians) {
  const double sine = std::sin(radians / 2);
  return sine * sine;
}

}  // namespace

double DistanceKm(const GeoPoint& a, const GeoPoint& b) {
  const double latitude_a = Radians(a.latitude);
  const double latitude_b = Radians(b.latitude);
  const double haversine = SquaredSineOfHalf(latitude_b - latitude_a) +
                           std::cos(latitude_a) * std::cos(latitude_b) *
                               SquaredSineOfHalf(Radians(b.longitude - a.longitude));
  // Rounding may carry antipodes past 1, where the arc sine ends. The order of arguments keeps NaN.
  return 2 * kEarthRadiusKm * std::asin(std::sqrt(std::min(haversine, 1.0)));
}

bool Distinct(const GeoPoint& a, const GeoPoint& b) { return DistanceKm(a, b) >= kDistinctKmMin; }

}  // namespace mpic::coordinator
