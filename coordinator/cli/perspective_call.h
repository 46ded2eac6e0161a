// One check over the Check stream of a perspective: Hello, the result, half-close.
#ifndef MPIC_COORDINATOR_CLI_PERSPECTIVE_CALL_H_
#define MPIC_COORDINATOR_CLI_PERSPECTIVE_CALL_H_

#include <grpcpp/support/status.h>

#include <optional>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/signing_key.h"
#include "coordinator/cli/flags.h"
#include "mpic/v1/check.pb.h"
#include "mpic/v1/perspective.grpc.pb.h"
#include "mpic/v1/perspective.pb.h"

namespace mpic::coordinator::cli {

struct PerspectiveAnswer {
  // OK when the protocol was kept to its end. INTERNAL says how it was not.
  grpc::Status status;
  std::optional<v1::CheckResult> result;
  // What `result` was taken from, when the perspective signs. Nobody has verified it.
  std::optional<v1::AttestedResult> attested = std::nullopt;
  // What a signature binds: the question as it was sent, and who said Hello before.
  v1::CheckRequest request;
  v1::PerspectiveIdentity hello_identity;
  absl::Time asked_at;
};

// What is wrong with the signature under the answer's result, or with its absence: it must be by
// `key`, whatever key id the perspective gives it, over a statement that this was answered to this
// (coordinator/attestation_check.h). OK when nothing is.
absl::Status VerifyAttestation(const PerspectiveAnswer& answer, VerifyingKey key, absl::Time now);

// Blocks until the stream has ended, at most flags.timeout.
PerspectiveAnswer AskPerspective(v1::PerspectiveService::StubInterface& stub,
                                 const v1::Check& check, const Flags& flags);

}  // namespace mpic::coordinator::cli

#endif  // MPIC_COORDINATOR_CLI_PERSPECTIVE_CALL_H_
