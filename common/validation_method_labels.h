// The names of validation methods in the CAA parameter "validationmethods" (RFC 8657).
#ifndef MPIC_COMMON_VALIDATION_METHOD_LABELS_H_
#define MPIC_COMMON_VALIDATION_METHOD_LABELS_H_

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "mpic/v1/check.pb.h"

namespace mpic {

// Every label of `method`, canonical lower case: first the one registered with IANA where the
// method is an ACME challenge, then "ca-tbr-" with the last number of its section of BR 3.2.2.4
// (BR 4.2.2.1.2). A CAA record that names any of them permits the method. DNS_CHANGE is not ACME's
// dns-01 and has only "ca-tbr-7". Empty for methods without a label.
absl::Span<const absl::string_view> ValidationMethodLabels(v1::Method method);

}  // namespace mpic

#endif  // MPIC_COMMON_VALIDATION_METHOD_LABELS_H_
