#include "common/loop_task.h"

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "common/io_loops.h"

namespace mpic {
namespace {

using boost::asio::awaitable;

awaitable<void> WaitForever() {
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor,
                                  boost::asio::steady_timer::time_point::max());
  co_await timer.async_wait(boost::asio::use_awaitable);
}

awaitable<int> Returns(int value) { co_return value; }
awaitable<int> NeverReturns() {
  co_await WaitForever();
  co_return 0;
}
awaitable<absl::StatusOr<int>> Fails() { co_return absl::NotFoundError("nothing there"); }
awaitable<int> ThrowsError() {
  throw std::runtime_error("broken");
  co_return 0;
}
awaitable<int> ThrowsNumber() {
  throw 42;
  co_return 0;
}
awaitable<int> ThrowsRefused() {
  throw boost::system::system_error(boost::asio::error::connection_refused);
  co_return 0;
}
awaitable<int> WaitsForEither() {
  using boost::asio::experimental::awaitable_operators::operator||;
  co_await (WaitForever() || WaitForever());
  co_return 0;
}
awaitable<int> SwallowsCancellation() {
  try {
    co_await WaitForever();
  } catch (const boost::system::system_error&) {  // as a method never should
  }
  co_return 7;
}

template <typename Result>
std::string Text(const Result& result) {
  return result.ok() ? std::to_string(*result) : result.status().ToString();
}

// Runs `work` on the loop of this thread; `cancel` asks it to end before it has begun.
template <typename T>
std::string OutcomeOf(awaitable<T> work, bool cancel = false) {
  boost::asio::io_context loop;
  std::string outcome = "done was not called";
  int calls = 0;
  const auto task = LoopTask::Start(loop, std::move(work), [&](const auto& result) {
    outcome = Text(result);
    ++calls;
  });
  if (cancel) boost::asio::post(loop, [task] { task->Cancel(); });
  loop.run();
  EXPECT_EQ(calls, 1);
  return outcome;
}

TEST(LoopTaskTest, ReportsHowTheCoroutineEnded) {
  EXPECT_EQ(OutcomeOf(Returns(5)), "5");
  EXPECT_EQ(OutcomeOf(Fails()), "NOT_FOUND: nothing there");
  EXPECT_EQ(OutcomeOf(ThrowsError()), "INTERNAL: unexpected failure: broken");
  EXPECT_EQ(OutcomeOf(ThrowsNumber()), "INTERNAL: unexpected failure of unknown type");
  EXPECT_EQ(OutcomeOf(ThrowsRefused()).rfind("INTERNAL: unexpected failure:", 0), 0U);
}

TEST(LoopTaskTest, CancellationIsSeenByWhateverIsAwaited) {
  EXPECT_EQ(OutcomeOf(NeverReturns(), /*cancel=*/true), "CANCELLED: cancelled");
  EXPECT_EQ(OutcomeOf(WaitsForEither(), /*cancel=*/true), "CANCELLED: cancelled");
  EXPECT_EQ(OutcomeOf(SwallowsCancellation(), /*cancel=*/true), "7");
}

TEST(LoopTaskTest, CancellingWhatHasEndedChangesNothing) {
  boost::asio::io_context loop;
  int calls = 0;
  const auto task = LoopTask::Start(loop, Returns(1), [&](const auto&) { ++calls; });
  loop.run();
  task->Cancel();
  task->Cancel();
  loop.restart();
  loop.run();
  EXPECT_EQ(calls, 1);
}

TEST(LoopTaskTest, ATimeThatPassesCancelsWhatStillRuns) {
  boost::asio::io_context loop;
  std::string outcome;
  const auto task =
      LoopTask::Start(loop, NeverReturns(), [&](const auto& result) { outcome = Text(result); });
  task->CancelAfter(absl::Milliseconds(1));
  loop.run();
  EXPECT_EQ(outcome, "CANCELLED: cancelled");
}

TEST(LoopTaskTest, ATaskThatHasEndedAndGoneWaitsForNoTime) {
  boost::asio::io_context loop;
  int calls = 0;
  auto task = LoopTask::Start(loop, Returns(1), [&](const auto&) { ++calls; });
  task->CancelAfter(absl::InfiniteDuration());
  boost::asio::post(loop, [&task] { task = nullptr; });
  loop.run();  // comes to its end
  EXPECT_EQ(calls, 1);
}

TEST(LoopTaskTest, MayBeStartedAndCancelledFromAnotherThread) {
  IoLoops loops(2);
  std::vector<std::future<std::string>> outcomes;
  std::vector<std::shared_ptr<LoopTask>> tasks;
  for (std::size_t i = 0; i < 200; ++i) {
    auto promise = std::make_shared<std::promise<std::string>>();
    outcomes.push_back(promise->get_future());
    tasks.push_back(
        LoopTask::Start(loops.loop(i % 2), NeverReturns(),
                        [promise](const auto& result) { promise->set_value(Text(result)); }));
  }
  // Two threads at once, each cancels every task.
  const auto cancel_all = [&tasks] {
    for (const auto& task : tasks) task->Cancel();
  };
  std::thread other(cancel_all);
  cancel_all();
  other.join();
  for (auto& outcome : outcomes) EXPECT_EQ(outcome.get(), "CANCELLED: cancelled");
}

TEST(LoopTaskTest, CancellationFromAnotherThreadRacesWithTheEnd) {
  IoLoops loops(1);
  for (int i = 0; i < 500; ++i) {
    std::promise<std::string> promise;
    auto outcome = promise.get_future();
    const auto task = LoopTask::Start(loops.loop(0), Returns(i), [&promise](const auto& result) {
      promise.set_value(Text(result));
    });
    task->Cancel();
    const std::string text = outcome.get();
    EXPECT_TRUE(text == std::to_string(i) || text == "CANCELLED: cancelled") << text;
  }
}

// Nothing runs any more; what is left over is freed with the loops (for LeakSanitizer to see).
TEST(IoLoopsTest, StopDropsWhatStillWaits) {
  std::atomic<int> calls = 0;
  {
    IoLoops loops(2);
    for (std::size_t i = 0; i < 10; ++i) {
      LoopTask::Start(loops.loop(i % 2), NeverReturns(), [&calls](const auto&) { ++calls; });
    }
    loops.Stop();
    loops.Stop();
  }
  EXPECT_EQ(calls, 0);
}

TEST(IoLoopsTest, EachLoopHasAThreadOfItsOwn) {
  IoLoops loops(3);
  ASSERT_EQ(loops.size(), 3U);
  std::vector<std::thread::id> threads;
  for (std::size_t i = 0; i < loops.size(); ++i) {
    std::promise<std::thread::id> promise;
    boost::asio::post(loops.loop(i), [&] { promise.set_value(std::this_thread::get_id()); });
    threads.push_back(promise.get_future().get());
  }
  EXPECT_NE(threads[0], threads[1]);
  EXPECT_NE(threads[1], threads[2]);
  EXPECT_NE(threads[0], std::this_thread::get_id());
}

}  // namespace
}  // namespace mpic
