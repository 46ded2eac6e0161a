#include "coordinator/policy/distance.h"

#include <cmath>
#include <numbers>

namespace mpic::coordinator {
namespace {

// WGS 84: semi-major axis, and the square of the first eccentricity.
constexpr double kEquatorKm = 6378.137;
constexpr double kEccentricitySquared = 6.69437999014e-3;

double DistanceKm(const EarthPoint& a, const EarthPoint& b) {
  const double x = a.x - b.x;
  const double y = a.y - b.y;
  const double z = a.z - b.z;
  return std::sqrt(x * x + y * y + z * z);
}

}  // namespace

EarthPoint ToEarthPoint(const GeoPoint& point) {
  const double latitude = point.latitude * std::numbers::pi / 180;
  const double longitude = point.longitude * std::numbers::pi / 180;
  const double sine = std::sin(latitude);
  // From the Earth's axis to the surface, along the vertical.
  const double normal = kEquatorKm / std::sqrt(1 - kEccentricitySquared * sine * sine);
  return {.x = normal * std::cos(latitude) * std::cos(longitude),
          .y = normal * std::cos(latitude) * std::sin(longitude),
          .z = normal * (1 - kEccentricitySquared) * sine};
}

double DistanceKm(const GeoPoint& a, const GeoPoint& b) {
  return DistanceKm(ToEarthPoint(a), ToEarthPoint(b));
}

bool Distinct(const GeoPoint& a, const GeoPoint& b) {
  return Distinct(ToEarthPoint(a), ToEarthPoint(b));
}

bool Distinct(const EarthPoint& a, const EarthPoint& b) {
  return DistanceKm(a, b) >= kDistinctKmMin;
}

}  // namespace mpic::coordinator
