// A coroutine on a loop that any thread may cancel: the seam between gRPC reactors and Asio.
#ifndef MPIC_COMMON_LOOP_TASK_H_
#define MPIC_COMMON_LOOP_TASK_H_

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/system_error.hpp>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace mpic {

// What a coroutine's stray exception means: CANCELLED for an aborted operation, else INTERNAL. Only
// cancellation is expected to throw.
absl::Status StatusOfException(const std::exception_ptr& exception);

// What a task of T reports: StatusOr<T>, or T itself when it is a StatusOr already.
template <typename T>
struct TaskResult {
  using type = absl::StatusOr<T>;
};
template <typename T>
struct TaskResult<absl::StatusOr<T>> {
  using type = absl::StatusOr<T>;
};

// Handle of one running coroutine. The cancellation signal is touched only on the loop's thread, as
// Asio demands; the coroutine sees it as operation_aborted from whatever it awaits.
class LoopTask : public std::enable_shared_from_this<LoopTask> {
 public:
  // Starts `work` on `loop` and calls `done(absl::StatusOr<T>)` there exactly once at its end,
  // unless the loop is stopped first. Thread-safe. Whatever `work` refers to must live until then.
  template <typename T, typename Done>
  static std::shared_ptr<LoopTask> Start(boost::asio::io_context& loop,
                                         boost::asio::awaitable<T> work, Done done) {
    auto task = std::shared_ptr<LoopTask>(new LoopTask(loop));
    // Bound on the loop's thread, so that a Cancel posted meanwhile comes after.
    boost::asio::dispatch(loop, [task, work = std::move(work), done = std::move(done)]() mutable {
      boost::asio::co_spawn(
          task->loop_, std::move(work),
          boost::asio::bind_cancellation_slot(
              task->signal_.slot(),
              [task, done = std::move(done)](const std::exception_ptr& exception, T value) mutable {
                typename TaskResult<T>::type result = std::move(value);
                if (exception) result = StatusOfException(exception);
                std::move(done)(std::move(result));
              }));
    });
    return task;
  }

  // Asks the coroutine to end soon. Thread-safe, idempotent, no effect once it has ended.
  void Cancel();
  // Has it cancelled when so much time has passed, unless it has ended by then. On the loop, once.
  void CancelAfter(absl::Duration time);

 private:
  explicit LoopTask(boost::asio::io_context& loop) : loop_(loop) {}

  boost::asio::io_context& loop_;
  boost::asio::cancellation_signal signal_;
  std::optional<boost::asio::steady_timer> timer_;
};

}  // namespace mpic

#endif  // MPIC_COMMON_LOOP_TASK_H_
