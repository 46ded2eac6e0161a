// The coordinator's line to one Network Perspective.
#ifndef MPIC_COORDINATOR_PERSPECTIVE_SESSION_H_
#define MPIC_COORDINATOR_PERSPECTIVE_SESSION_H_

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "coordinator/configured_perspective.h"
#include "mpic/v1/check.pb.h"

namespace mpic::coordinator {

// One question, with what the perspective's log should carry.
struct PerspectiveQuestion {
  v1::Check check;  // time_budget set
  std::string request_id;
  std::string traceparent;
};

// What came of it. Either a result that names the configured perspective, and is signed by it where
// keys are configured, or the coordinator's own word on why there is none: PERSPECTIVE_UNREACHABLE,
// PERSPECTIVE_IDENTITY, PERSPECTIVE_RESPONSE_INVALID, TIMED_OUT, UNSUPPORTED_METHOD.
struct PerspectiveAnswer {
  std::optional<v1::CheckResult> result;
  // Without a result: why. With one that PASSED: what the coordinator, who knows more, holds
  // against it nevertheless.
  v1::Problem problem;
  // The perspective's own signature over the result, when we have keys of it: verified.
  std::optional<v1::Attestation> attestation = std::nullopt;
};

// Lives on one loop and is used only there.
class PerspectiveSession {
 public:
  virtual ~PerspectiveSession() = default;

  virtual const ConfiguredPerspective& perspective() const = 0;
  // Connected, and the perspective is who it must be.
  virtual bool healthy() const = 0;
  virtual unsigned in_flight() const = 0;

  // Asks, and waits at most the check's time budget and a little for the way. Cancellation of the
  // awaiting coroutine throws operation_aborted at once and cancels the check at the perspective.
  virtual boost::asio::awaitable<PerspectiveAnswer> Ask(PerspectiveQuestion question) = 0;
};

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_PERSPECTIVE_SESSION_H_
