// A PerspectiveSession that answers what it is told to, or when it is told to.
#ifndef MPIC_TESTS_SUPPORT_FAKE_PERSPECTIVE_SESSION_H_
#define MPIC_TESTS_SUPPORT_FAKE_PERSPECTIVE_SESSION_H_

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "common/await_callback.h"
#include "coordinator/perspective_session.h"

namespace mpic::coordinator {

// Records every question. Lives on the loop of the test.
class FakePerspectiveSession final : public PerspectiveSession {
 public:
  using Reply = std::function<PerspectiveAnswer(const PerspectiveQuestion&)>;

  FakePerspectiveSession(boost::asio::io_context& loop, ConfiguredPerspective perspective)
      : loop_(loop), perspective_(std::move(perspective)) {}

  // From now on questions are answered at once.
  void ReplyWith(Reply reply) { reply_ = std::move(reply); }
  // From now on questions wait for Release.
  void HoldReply() { reply_ = nullptr; }
  // Answers the oldest question that waits. False when none does.
  bool Release(const PerspectiveAnswer& answer) {
    while (!waiting_.empty()) {
      const auto waiter = std::move(waiting_.front());
      waiting_.pop_front();
      if (waiter->abandoned()) continue;
      (*waiter)(answer);
      return true;
    }
    return false;
  }
  void set_healthy(bool healthy) { healthy_ = healthy; }

  const std::vector<PerspectiveQuestion>& questions() const { return questions_; }
  // Questions that ended without an answer.
  std::size_t cancelled() const { return cancelled_; }

  const ConfiguredPerspective& perspective() const override { return perspective_; }
  bool healthy() const override { return healthy_; }
  unsigned in_flight() const override { return in_flight_; }

  boost::asio::awaitable<PerspectiveAnswer> Ask(PerspectiveQuestion question) override {
    ++in_flight_;
    bool answered = false;
    const absl::Cleanup ended = [this, &answered] {
      --in_flight_;
      if (!answered) ++cancelled_;
    };
    questions_.push_back(question);
    PerspectiveAnswer answer = co_await Wait();
    answered = true;
    co_return answer;
  }

 private:
  boost::asio::awaitable<PerspectiveAnswer> Wait() {
    return AwaitCallback<PerspectiveAnswer>(
        loop_, [this](const std::shared_ptr<Completion<PerspectiveAnswer>>& waiter) {
          if (reply_) {
            (*waiter)(reply_(questions_.back()));
          } else {
            waiting_.push_back(waiter);
          }
        });
  }

  boost::asio::io_context& loop_;
  const ConfiguredPerspective perspective_;
  Reply reply_;
  bool healthy_ = true;
  unsigned in_flight_ = 0;
  std::size_t cancelled_ = 0;
  std::vector<PerspectiveQuestion> questions_;
  std::deque<std::shared_ptr<Completion<PerspectiveAnswer>>> waiting_;
};

}  // namespace mpic::coordinator

#endif  // MPIC_TESTS_SUPPORT_FAKE_PERSPECTIVE_SESSION_H_
