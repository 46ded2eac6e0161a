// The record of TLS handshakes in a check's result.
#ifndef MPIC_PERSPECTIVE_METHODS_TLS_STEP_H_
#define MPIC_PERSPECTIVE_METHODS_TLS_STEP_H_

#include "absl/time/time.h"
#include "perspective/net/tls_prober.h"

namespace mpic::perspective {

// Appends the step of one handshake that took `elapsed`. Texts from the wire are escaped to
// printable ASCII, as a protobuf string must be.
void AddTlsStep(const TlsProbe& probe, const TlsProbeReply& reply, absl::Duration elapsed,
                v1::CheckResult& result);

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_METHODS_TLS_STEP_H_
