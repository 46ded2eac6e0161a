// The 500 km rule of BR 3.2.2.9, for perspectives and for resolvers.
#ifndef MPIC_COORDINATOR_POLICY_DISTANCE_H_
#define MPIC_COORDINATOR_POLICY_DISTANCE_H_

namespace mpic::coordinator {

// A point on Earth in degrees, WGS 84.
struct GeoPoint {
  double latitude = 0;
  double longitude = 0;
};

// The rule speaks of a straight line of 500 km; over the surface that is 500.13 km. Rounded up, as
// a margin for the Earth not being a sphere.
inline constexpr double kDistinctKmMin = 500.2;

// Great-circle distance in km (haversine, mean Earth radius 6371.0088 km).
double DistanceKm(const GeoPoint& a, const GeoPoint& b);

// True when `a` and `b` are far enough apart to count as two. Not a number is never distinct.
bool Distinct(const GeoPoint& a, const GeoPoint& b);

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_POLICY_DISTANCE_H_
