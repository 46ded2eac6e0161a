// TLS handshakes that failed. gRPC tells nobody about them but its log, so they are counted there:
//   mpic_tls_handshake_failures_total{reason}
// of both directions, ours as a server and as a client. Reasons: no_certificate (a client presented
// none), untrusted (a certificate of a foreign CA, expired, for another purpose), protocol_version
// (older than TLS 1.2), plaintext (no TLS at all), refused_by_peer (an alert from the other side),
// other. A peer that hangs up in the middle is not among them: gRPC says nothing then. Nor is
// anything while GRPC_VERBOSITY=NONE silences its log.
#ifndef MPIC_COMMON_HANDSHAKE_FAILURES_H_
#define MPIC_COMMON_HANDSHAKE_FAILURES_H_

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <vector>

#include "absl/strings/string_view.h"

namespace mpic {

// Counts what one message of gRPC's log says, and returns its reason; most say nothing of a
// handshake, and get an empty one. Thread-safe. The counts are the process's, as gRPC's log is.
absl::string_view NoteHandshakeFailure(absl::string_view grpc_message);

// Thread-safe.
class HandshakeFailures final : public prometheus::Collectable {
 public:
  std::vector<prometheus::MetricFamily> Collect() const override;
};

}  // namespace mpic

#endif  // MPIC_COMMON_HANDSHAKE_FAILURES_H_
