// Region pinning: an answer counts only if it comes from the perspective that the configuration
// means.
#ifndef MPIC_COORDINATOR_REGION_PIN_H_
#define MPIC_COORDINATOR_REGION_PIN_H_

#include <optional>

#include "coordinator/configured_perspective.h"
#include "mpic/v1/check.pb.h"

namespace mpic::coordinator {

// What this coordinator demands of a perspective beyond its identity.
struct PinRules {
  bool lab_accepted = false;   // laboratory perspectives may answer
  bool must_validate = false;  // the primary: its resolver validates DNSSEC (BR 4.2.2.2)
};

// Compares what a perspective says of itself (in Hello and in every result) with what is
// configured: id, region, RIR, location, resolver with its RIR and location. Locations agree within
// 1 km: they are typed by hand on both sides. PERSPECTIVE_IDENTITY names the first difference;
// nullopt when there is none. Pure.
std::optional<v1::Problem> CheckIdentity(const ConfiguredPerspective& configured,
                                         const v1::PerspectiveIdentity& claimed,
                                         const PinRules& rules);

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_REGION_PIN_H_
