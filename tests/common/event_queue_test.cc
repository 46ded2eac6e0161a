#include "common/event_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <memory>
#include <vector>

#include "common/loop_task.h"

namespace mpic {
namespace {

using ::testing::ElementsAre;

boost::asio::awaitable<int> PopInto(EventQueue<int>& queue, std::vector<int>& popped, int count) {
  for (int i = 0; i < count; ++i) {
    co_await queue.Wait();
    popped.push_back(queue.Pop());
  }
  co_return count;
}

// A queue on a loop that the test turns by hand, and a consumer of `count` events.
struct Consumer {
  boost::asio::io_context loop;
  EventQueue<int> queue{loop};
  std::vector<int> popped;
  absl::Status status = absl::UnknownError("still waits");

  std::shared_ptr<LoopTask> Pop(int count) {
    auto task = LoopTask::Start(loop, PopInto(queue, popped, count),
                                [this](const absl::StatusOr<int>& end) { status = end.status(); });
    Turn();
    return task;
  }
  void Turn() {
    loop.restart();
    loop.poll();  // not run: a coroutine that waits keeps the loop from ending
  }
};

TEST(EventQueueTest, KeepsWhatCameBeforeTheWait) {
  Consumer consumer;
  for (const int event : {1, 2, 3}) consumer.queue.Push(event);
  consumer.Pop(3);
  EXPECT_TRUE(consumer.status.ok());
  EXPECT_THAT(consumer.popped, ElementsAre(1, 2, 3));
}

TEST(EventQueueTest, WakesTheWaiterOnceForSeveralEvents) {
  Consumer consumer;
  consumer.Pop(4);
  for (const int event : {1, 2, 3}) consumer.queue.Push(event);
  consumer.Turn();
  EXPECT_THAT(consumer.popped, ElementsAre(1, 2, 3));
  EXPECT_FALSE(consumer.status.ok());
  consumer.queue.Push(4);
  consumer.Turn();
  EXPECT_THAT(consumer.popped, ElementsAre(1, 2, 3, 4));
  EXPECT_TRUE(consumer.status.ok());
}

TEST(EventQueueTest, EventsPushedFromTheLoopKeepTheirOrder) {
  Consumer consumer;
  consumer.Pop(100);
  for (int i = 0; i < 100; ++i) {
    boost::asio::post(consumer.loop, [&consumer, i] { consumer.queue.Push(i); });
  }
  consumer.Turn();
  ASSERT_EQ(consumer.popped.size(), 100U);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(consumer.popped[static_cast<std::size_t>(i)], i);
}

TEST(EventQueueTest, ACancelledWaitLosesNothing) {
  Consumer consumer;
  const auto task = consumer.Pop(1);
  task->Cancel();
  consumer.Turn();
  EXPECT_TRUE(absl::IsCancelled(consumer.status));
  consumer.queue.Push(7);  // the abandoned waiter must not swallow it
  consumer.queue.Push(8);
  consumer.Pop(2);
  EXPECT_THAT(consumer.popped, ElementsAre(7, 8));
}

TEST(EventQueueTest, AnEventAndACancellationInTheSameTurn) {
  Consumer consumer;
  const auto task = consumer.Pop(2);
  task->Cancel();  // runs once the loop turns, when the first wait has its event already
  consumer.queue.Push(1);
  consumer.queue.Push(2);
  consumer.Turn();
  // The first event is not lost; the next wait sees the cancellation.
  EXPECT_TRUE(absl::IsCancelled(consumer.status));
  EXPECT_THAT(consumer.popped, ElementsAre(1));
  consumer.Pop(1);
  EXPECT_THAT(consumer.popped, ElementsAre(1, 2));
}

TEST(EventQueueTest, CarriesEventsThatCannotBeCopied) {
  boost::asio::io_context loop;
  EventQueue<std::unique_ptr<int>> queue(loop);
  queue.Push(std::make_unique<int>(5));
  const std::unique_ptr<int> event = queue.Pop();
  EXPECT_EQ(*event, 5);
}

}  // namespace
}  // namespace mpic
