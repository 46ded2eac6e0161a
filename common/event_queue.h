// What a coroutine waits for when several things may happen: answers that come, timers that fire.
#ifndef MPIC_COMMON_EVENT_QUEUE_H_
#define MPIC_COMMON_EVENT_QUEUE_H_

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <deque>
#include <memory>
#include <utility>

#include "common/await_callback.h"

namespace mpic {

// First in, first out; nothing is lost between two waits. One consumer, any number of producers,
// all on the loop's thread.
template <typename T>
class EventQueue {
 public:
  explicit EventQueue(boost::asio::io_context& loop) : loop_(loop) {}

  void Push(T event) {
    events_.push_back(std::move(event));
    if (waiter_) (*std::exchange(waiter_, nullptr))(Ready{});
  }

  // The oldest. Precondition: there is one, as after Wait.
  T Pop() {
    T event = std::move(events_.front());
    events_.pop_front();
    return event;
  }

  // Returns as soon as there is one. Throws operation_aborted on cancellation; the events stay.
  boost::asio::awaitable<void> Wait() {
    while (events_.empty()) {
      co_await AwaitCallback<Ready>(loop_, [this](std::shared_ptr<Completion<Ready>> completion) {
        waiter_ = std::move(completion);
      });
    }
  }

 private:
  struct Ready {};

  boost::asio::io_context& loop_;
  std::deque<T> events_;
  std::shared_ptr<Completion<Ready>> waiter_;
};

}  // namespace mpic

#endif  // MPIC_COMMON_EVENT_QUEUE_H_
