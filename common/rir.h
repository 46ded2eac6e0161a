// Regional Internet Registries by name (BR 3.2.2.9 counts their service regions).
#ifndef MPIC_COMMON_RIR_H_
#define MPIC_COMMON_RIR_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "mpic/v1/check.pb.h"

namespace mpic {

// ARIN, "RIPE NCC" (also RIPE, RIPE_NCC), APNIC, LACNIC or AFRINIC in any case; otherwise
// INVALID_ARGUMENT with that list.
absl::StatusOr<v1::Rir> ParseRir(absl::string_view text);

// "RIPE NCC" and so on, as the registries call themselves; "unknown" for no registry.
absl::string_view RirName(v1::Rir rir);

}  // namespace mpic

#endif  // MPIC_COMMON_RIR_H_
