// The 500 km rule of BR 3.2.2.9, for perspectives and for resolvers.
#ifndef MPIC_COORDINATOR_POLICY_DISTANCE_H_
#define MPIC_COORDINATOR_POLICY_DISTANCE_H_

namespace mpic::coordinator {

// A point on Earth in degrees, WGS 84.
struct GeoPoint {
  double latitude = 0;
  double longitude = 0;
};

// The same point from the Earth's centre, in km towards 0 N 0 E, 0 N 90 E and the North Pole: for
// whoever measures many distances, because nearly all of a distance's cost is to get here.
struct EarthPoint {
  double x = 0;
  double y = 0;
  double z = 0;
};

EarthPoint ToEarthPoint(const GeoPoint& point);

// "At least 500 km", in a straight line.
inline constexpr double kDistinctKmMin = 500;

// Straight-line distance in km between two points on the ellipsoid of WGS 84: through the Earth, as
// the rule words it, and not on a sphere, which is wrong by up to 3 km in 500.
double DistanceKm(const GeoPoint& a, const GeoPoint& b);

// True when `a` and `b` are far enough apart to count as two. Not a number is never distinct.
bool Distinct(const GeoPoint& a, const GeoPoint& b);
bool Distinct(const EarthPoint& a, const EarthPoint& b);

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_POLICY_DISTANCE_H_
