// The keys by which results of perspectives are verified: as configured, and as read from files.
#ifndef MPIC_COORDINATOR_ATTESTATION_KEYS_H_
#define MPIC_COORDINATOR_ATTESTATION_KEYS_H_

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "common/config_violations.h"
#include "common/signing_key.h"
#include "mpic/config/v1/coordinator.pb.h"

namespace mpic::coordinator {

struct Settings;

// Of one perspective, by key id: several while one replaces another. Empty: its results are not
// signed, as far as we are concerned.
using AttestationKeys = std::map<std::string, VerifyingKey>;
// By perspective id.
using PerspectiveKeys = std::map<std::string, AttestationKeys>;

// Violations: a key id that is malformed or twice at one perspective, no file, the same file at two
// perspectives (either could then speak for the other), and with policy.require_attestation a
// perspective without keys. The RA's own determination of the primary is nobody's result that could
// be signed, and stays possible.
void CheckAttestationKeys(const config::v1::CoordinatorConfig& config,
                          ConfigViolations& violations);

// Reads the key files of all perspectives, each of which gets an entry. FAILED_PRECONDITION names
// the field, the file and what is wrong.
absl::StatusOr<PerspectiveKeys> LoadAttestationKeys(const Settings& settings);

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_ATTESTATION_KEYS_H_
