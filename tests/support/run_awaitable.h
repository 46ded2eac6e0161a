// Runs a coroutine to its end on a loop of its own, for tests of what only waits on fakes.
#ifndef MPIC_TESTS_SUPPORT_RUN_AWAITABLE_H_
#define MPIC_TESTS_SUPPORT_RUN_AWAITABLE_H_

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>

namespace mpic::testing {

// Returns when the coroutine has ended; throws what it throws, and std::logic_error when it still
// waits although the loop has nothing left to do.
inline void RunAwaitable(boost::asio::awaitable<void> work) {
  boost::asio::io_context loop;
  bool ended = false;
  std::exception_ptr error;
  boost::asio::co_spawn(loop, std::move(work), [&](std::exception_ptr thrown) {
    error = std::move(thrown);
    ended = true;
  });
  loop.run();
  if (error) std::rethrow_exception(error);
  if (!ended) throw std::logic_error("the coroutine never ended");
}

template <typename T>
boost::asio::awaitable<void> StoreResult(boost::asio::awaitable<T> work, std::optional<T>& result) {
  result.emplace(co_await std::move(work));
}

// The same for a coroutine with a value, which it returns.
template <typename T>
T RunAwaitable(boost::asio::awaitable<T> work) {
  std::optional<T> result;
  RunAwaitable(StoreResult(std::move(work), result));
  return *std::move(result);
}

}  // namespace mpic::testing

#endif  // MPIC_TESTS_SUPPORT_RUN_AWAITABLE_H_
