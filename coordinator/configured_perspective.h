// A Network Perspective as this CA expects it to be.
#ifndef MPIC_COORDINATOR_CONFIGURED_PERSPECTIVE_H_
#define MPIC_COORDINATOR_CONFIGURED_PERSPECTIVE_H_

#include <string>
#include <vector>

#include "common/config_violations.h"
#include "coordinator/policy/distance.h"
#include "mpic/config/v1/coordinator.pb.h"
#include "mpic/v1/check.pb.h"

namespace mpic::coordinator {

struct AttestationKeyFile {
  std::string key_id;
  std::string public_key_file;  // PEM
};

// Checked values with defaults resolved. What a perspective says of itself is held against this.
struct ConfiguredPerspective {
  std::string perspective_id;
  std::string address;    // "host:port" of its gRPC service
  std::string peer_name;  // SAN of its certificate; empty only on insecure loopback
  std::string region;
  v1::Rir rir = v1::RIR_UNSPECIFIED;
  GeoPoint location;
  std::string resolver_id;
  v1::Rir resolver_rir = v1::RIR_UNSPECIFIED;
  GeoPoint resolver_location;
  // By which its results are verified (coordinator/attestation_keys.h). Empty: they are not signed.
  std::vector<AttestationKeyFile> attestation_keys;
};

// Reads the perspectives of a configuration, the primary included, in its order. Violations: fields
// missing or malformed, the same id, address, certificate name or resolver twice, a resolver in
// another RIR region than its perspective, two perspectives or two resolvers that are not distinct.
// The result is sound only where there are none.
std::vector<ConfiguredPerspective> CheckPerspectives(const config::v1::CoordinatorConfig& config,
                                                     ConfigViolations& violations);

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_CONFIGURED_PERSPECTIVE_H_
