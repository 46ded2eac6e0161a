#include "common/await_callback.h"

#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <memory>
#include <string>
#include <utility>

#include "common/loop_task.h"

namespace mpic {
namespace {

using Answer = std::shared_ptr<Completion<std::string>>;

// One wait on a loop that the test turns by hand, and what became of it.
struct Wait {
  boost::asio::io_context loop;
  Answer answer;  // once begun
  std::string outcome = "waiting";
  std::shared_ptr<LoopTask> task;

  Wait() {
    task = LoopTask::Start(loop,
                           AwaitCallback<std::string>(
                               loop, [this](Answer completion) { answer = std::move(completion); }),
                           [this](const absl::StatusOr<std::string>& result) {
                             outcome = result.ok() ? *result : result.status().ToString();
                           });
    Turn();
  }
  void Turn() {
    loop.restart();
    loop.poll();  // not run: a coroutine that waits keeps the loop from ending
  }
};

TEST(AwaitCallbackTest, ReturnsWhatTheCallbackBrings) {
  Wait wait;
  ASSERT_TRUE(wait.answer);
  EXPECT_EQ(wait.outcome, "waiting");
  EXPECT_FALSE(wait.answer->abandoned());
  (*wait.answer)("here");
  EXPECT_EQ(wait.outcome, "waiting") << "resumed on the callback's stack";
  wait.Turn();
  EXPECT_EQ(wait.outcome, "here");
}

TEST(AwaitCallbackTest, OnlyTheFirstAnswerCounts) {
  Wait wait;
  (*wait.answer)("first");
  EXPECT_TRUE(wait.answer->abandoned());
  (*wait.answer)("second");
  wait.Turn();
  (*wait.answer)("third");
  wait.Turn();
  EXPECT_EQ(wait.outcome, "first");
}

TEST(AwaitCallbackTest, CancellationEndsTheWaitAndALateAnswerIsDropped) {
  Wait wait;
  wait.task->Cancel();
  wait.Turn();
  EXPECT_EQ(wait.outcome, "CANCELLED: cancelled");
  EXPECT_TRUE(wait.answer->abandoned());
  (*wait.answer)("late");
  wait.Turn();
  EXPECT_EQ(wait.outcome, "CANCELLED: cancelled");
}

TEST(AwaitCallbackTest, CancellationAfterTheAnswerChangesNothing) {
  Wait wait;
  (*wait.answer)("here");
  wait.task->Cancel();  // before the waiter has run
  wait.Turn();
  EXPECT_EQ(wait.outcome, "here");
  wait.task->Cancel();  // and after it has ended
  wait.Turn();
  EXPECT_EQ(wait.outcome, "here");
}

TEST(AwaitCallbackTest, ACallbackThatNeverComesCanBeAborted) {
  Wait wait;
  wait.answer->Abort();
  wait.Turn();
  EXPECT_EQ(wait.outcome, "CANCELLED: cancelled");
}

boost::asio::awaitable<std::string> AnswerAtOnce(boost::asio::io_context& loop) {
  co_return co_await AwaitCallback<std::string>(
      loop, [](const Answer& completion) { (*completion)("at once"); });
}

TEST(AwaitCallbackTest, TheCallbackMayComeBeforeTheStartHasReturned) {
  boost::asio::io_context loop;
  std::string outcome;
  LoopTask::Start(loop, AnswerAtOnce(loop), [&](const absl::StatusOr<std::string>& result) {
    outcome = result.value_or("failed");
  });
  loop.run();
  EXPECT_EQ(outcome, "at once");
}

// Leaks are for LeakSanitizer to see.
TEST(AwaitCallbackTest, AWaitMayBeDroppedWithItsCallback) {
  Wait wait;
  wait.answer.reset();
  wait.task->Cancel();
  wait.Turn();
  EXPECT_EQ(wait.outcome, "CANCELLED: cancelled");
}

}  // namespace
}  // namespace mpic
