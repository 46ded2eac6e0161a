// Validation methods of the Baseline Requirements that take no part in corroboration.
#ifndef MPIC_COORDINATOR_POLICY_OTHER_METHODS_H_
#define MPIC_COORDINATOR_POLICY_OTHER_METHODS_H_

#include "absl/strings/string_view.h"

namespace mpic::coordinator {

// Why there is no such method here, for people who name it by its section ("3.2.2.4.4", with or
// without "BR ") or by a usual name ("email"), in any case: it is retired, or a perspective cannot
// help it. Empty for names that mean nothing in the Baseline Requirements.
absl::string_view WhyNoMethod(absl::string_view name);

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_POLICY_OTHER_METHODS_H_
