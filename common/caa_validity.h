// How long a CAA permission holds.
#ifndef MPIC_COMMON_CAA_VALIDITY_H_
#define MPIC_COMMON_CAA_VALIDITY_H_

#include "absl/time/time.h"

namespace mpic {

// The certificate is issued within the longer of this and the TTL of the records (BR 4.2.2.1).
inline constexpr absl::Duration kCaaValidityMin = absl::Hours(8);

}  // namespace mpic

#endif  // MPIC_COMMON_CAA_VALIDITY_H_
