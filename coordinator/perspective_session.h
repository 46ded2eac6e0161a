// The coordinator's line to one Network Perspective.
#ifndef MPIC_COORDINATOR_PERSPECTIVE_SESSION_H_
#define MPIC_COORDINATOR_PERSPECTIVE_SESSION_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/functional/any_invocable.h"
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

class AwaitedAnswer;

// Lives on one loop and is used only there.
class PerspectiveSession {
 public:
  using OnAnswer = absl::AnyInvocable<void(PerspectiveAnswer&&)>;

  PerspectiveSession() = default;
  virtual ~PerspectiveSession() = default;
  PerspectiveSession(const PerspectiveSession&) = delete;
  PerspectiveSession& operator=(const PerspectiveSession&) = delete;

  virtual const ConfiguredPerspective& perspective() const = 0;
  // Connected, and the perspective is who it must be.
  virtual bool healthy() const = 0;
  virtual unsigned in_flight() const = 0;

  // Asks, and waits at most the check's time budget and a little for the way. `on_answer` is called
  // once, on the loop, and may be called before this returns; not any more when what is returned is
  // gone, nor when the loop is stopped before. It must leave the session and whatever is awaited
  // alone. Only a callback, because a coroutine for each seat of each check would cost a
  // coordinator as much as to take the answer.
  [[nodiscard]] virtual AwaitedAnswer Ask(PerspectiveQuestion question, OnAnswer on_answer) = 0;

 protected:
  // For what may outlive it.
  std::weak_ptr<PerspectiveSession> weak() const { return alive_; }

 private:
  friend class AwaitedAnswer;

  // Nobody waits for that question any more; it may have been answered already. Where it has not,
  // the check is cancelled at the perspective.
  virtual void Forget(std::uint64_t number) = 0;

  // Owns nothing: says whether this still exists.
  std::shared_ptr<PerspectiveSession> alive_{this, [](PerspectiveSession*) {}};
};

// That somebody waits for an answer; who lets go of it wants none. It may outlive its session.
class AwaitedAnswer {
 public:
  AwaitedAnswer(std::weak_ptr<PerspectiveSession> session, std::uint64_t number)
      : session_(std::move(session)), number_(number) {}
  ~AwaitedAnswer() {
    if (const auto session = session_.lock()) session->Forget(number_);
  }
  AwaitedAnswer(AwaitedAnswer&&) = default;
  AwaitedAnswer& operator=(AwaitedAnswer&&) = delete;

 private:
  std::weak_ptr<PerspectiveSession> session_;  // empty when moved from
  std::uint64_t number_;
};

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_PERSPECTIVE_SESSION_H_
