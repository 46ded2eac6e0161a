// Awaits a callback: the bridge from callback APIs to coroutines, written once.
#ifndef MPIC_COMMON_AWAIT_CALLBACK_H_
#define MPIC_COMMON_AWAIT_CALLBACK_H_

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/error_code.hpp>
#include <memory>
#include <utility>

#include "absl/functional/any_invocable.h"

namespace mpic {

// The callback's side of one wait, to be held by whatever will call back. Only on the loop's
// thread.
template <typename T>
class Completion {
 public:
  // Resumes the waiter, from the loop and never on this stack. Without effect once the waiter has
  // been resumed or cancelled: a late answer is dropped here.
  void operator()(T value) { Resume({}, std::move(value)); }
  // Resumes the waiter with operation_aborted (thrown), for a callback that will never come.
  void Abort() { Resume(boost::asio::error::operation_aborted, T{}); }
  bool abandoned() const { return !resume_; }

 private:
  template <typename U>
  friend boost::asio::awaitable<U> AwaitCallback(
      boost::asio::io_context&, absl::AnyInvocable<void(std::shared_ptr<Completion<U>>)>);

  void Resume(boost::system::error_code error, T value) {
    if (resume_) std::exchange(resume_, nullptr)(error, std::move(value));
  }

  absl::AnyInvocable<void(boost::system::error_code, T)> resume_;
};

// Calls `start` with a Completion and waits until that is called. Cancellation of the awaiting
// coroutine resumes it at once with operation_aborted (thrown) and leaves the Completion abandoned.
template <typename T>
boost::asio::awaitable<T> AwaitCallback(
    boost::asio::io_context& loop, absl::AnyInvocable<void(std::shared_ptr<Completion<T>>)> start) {
  namespace asio = boost::asio;
  return asio::async_initiate<const asio::use_awaitable_t<>, void(boost::system::error_code, T)>(
      [&loop](auto handler, auto begin) {
        auto completion = std::make_shared<Completion<T>>();
        auto slot = asio::get_associated_cancellation_slot(handler);
        completion->resume_ = [&loop, slot, handler = std::move(handler)](
                                  boost::system::error_code error, T value) mutable {
          slot.clear();
          asio::post(loop,
                     [handler = std::move(handler), error, value = std::move(value)]() mutable {
                       std::move(handler)(error, std::move(value));
                     });
        };
        if (slot.is_connected()) {
          slot.assign([completion](asio::cancellation_type /*type*/) {
            // Clearing the slot destroys this function: keep the completion alive meanwhile.
            const std::shared_ptr<Completion<T>> alive = completion;
            alive->Resume(asio::error::operation_aborted, T{});
          });
        }
        begin(std::move(completion));
      },
      asio::use_awaitable, std::move(start));
}

}  // namespace mpic

#endif  // MPIC_COMMON_AWAIT_CALLBACK_H_
