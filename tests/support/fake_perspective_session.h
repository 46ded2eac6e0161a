// A PerspectiveSession that answers what it is told to, or when it is told to.
#ifndef MPIC_TESTS_SUPPORT_FAKE_PERSPECTIVE_SESSION_H_
#define MPIC_TESTS_SUPPORT_FAKE_PERSPECTIVE_SESSION_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <utility>
#include <vector>

#include "coordinator/perspective_session.h"

namespace mpic::coordinator {

// Records every question.
class FakePerspectiveSession final : public PerspectiveSession {
 public:
  using Reply = std::function<PerspectiveAnswer(const PerspectiveQuestion&)>;

  explicit FakePerspectiveSession(ConfiguredPerspective perspective)
      : perspective_(std::move(perspective)) {}

  // From now on questions are answered at once.
  void ReplyWith(Reply reply) { reply_ = std::move(reply); }
  // From now on questions wait for Release.
  void HoldReply() { reply_ = nullptr; }
  // Answers the oldest question that waits. False when none does.
  bool Release(const PerspectiveAnswer& answer) {
    if (waiting_.empty()) return false;
    Waiting oldest = std::move(waiting_.front());
    waiting_.pop_front();
    oldest.on_answer(PerspectiveAnswer(answer));
    return true;
  }
  void set_healthy(bool healthy) { healthy_ = healthy; }

  const std::vector<PerspectiveQuestion>& questions() const { return questions_; }
  // Questions that ended without an answer.
  std::size_t cancelled() const { return cancelled_; }

  const ConfiguredPerspective& perspective() const override { return perspective_; }
  bool healthy() const override { return healthy_; }
  unsigned in_flight() const override { return static_cast<unsigned>(waiting_.size()); }

  AwaitedAnswer Ask(PerspectiveQuestion question, OnAnswer on_answer) override {
    questions_.push_back(std::move(question));
    const std::uint64_t number = questions_.size();
    if (reply_) {
      on_answer(reply_(questions_.back()));
    } else {
      waiting_.push_back({.number = number, .on_answer = std::move(on_answer)});
    }
    return {weak(), number};
  }

 private:
  struct Waiting {
    std::uint64_t number = 0;
    OnAnswer on_answer;
  };

  void Forget(std::uint64_t number) override {
    cancelled_ += std::erase_if(
        waiting_, [number](const Waiting& waiting) { return waiting.number == number; });
  }

  const ConfiguredPerspective perspective_;
  Reply reply_;
  bool healthy_ = true;
  std::size_t cancelled_ = 0;
  std::vector<PerspectiveQuestion> questions_;
  std::deque<Waiting> waiting_;
};

}  // namespace mpic::coordinator

#endif  // MPIC_TESTS_SUPPORT_FAKE_PERSPECTIVE_SESSION_H_
