#include "coordinator/policy/distance.h"

#include <cmath>
#include <numbers>

namespace mpic::coordinator {
namespace {

// WGS 84: semi-major axis, and the square of the first eccentricity.
constexpr double kEquatorKm = 6378.137;
constexpr double kEccentricitySquared = 6.69437999014e-3;

// Kilometres from the Earth's centre, towards 0 N 0 E, 0 N 90 E and the North Pole.
struct Cartesian {
  double x;
  double y;
  double z;
};

Cartesian ToCartesian(const GeoPoint& point) {
  const double latitude = point.latitude * std::numbers::pi / 180;
  const double longitude = point.longitude * std::numbers::pi / 180;
  const double sine = std::sin(latitude);
  // From the Earth's axis to the surface, along the vertical.
  const double normal = kEquatorKm / std::sqrt(1 - kEccentricitySquared * sine * sine);
  return {.x = normal * std::cos(latitude) * std::cos(longitude),
          .y = normal * std::cos(latitude) * std::sin(longitude),
          .z = normal * (1 - kEccentricitySquared) * sine};
}

}  // namespace

double DistanceKm(const GeoPoint& a, const GeoPoint& b) {
  const Cartesian from = ToCartesian(a);
  const Cartesian to = ToCartesian(b);
  return std::hypot(from.x - to.x, from.y - to.y, from.z - to.z);
}

bool Distinct(const GeoPoint& a, const GeoPoint& b) { return DistanceKm(a, b) >= kDistinctKmMin; }

}  // namespace mpic::coordinator
