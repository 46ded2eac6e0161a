#include "common/interval_thread.h"

#include <gtest/gtest.h>

#include <thread>

#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/notification.h"

namespace mpic {
namespace {

TEST(IntervalThreadTest, WorksAgainAndAgain) {
  constexpr int kTimes = 3;
  absl::BlockingCounter left(kTimes);
  int done = 0;
  IntervalThread thread(absl::Milliseconds(1), [&] {
    if (++done <= kTimes) left.DecrementCount();
  });
  left.Wait();
}

TEST(IntervalThreadTest, WaitsForTheFirstIntervalAndEndsWithinIt) {
  bool worked = false;
  {
    IntervalThread thread(absl::Hours(24), [&] { worked = true; });
  }
  EXPECT_FALSE(worked);
}

TEST(IntervalThreadTest, EndsAfterTheWorkUnderWay) {
  absl::Notification began;
  bool ended = false;
  {
    IntervalThread thread(absl::Milliseconds(1), [&] {
      if (began.HasBeenNotified()) return;
      began.Notify();
      for (int i = 0; i < 1000; ++i) std::this_thread::yield();
      ended = true;
    });
    began.WaitForNotification();
  }
  EXPECT_TRUE(ended);
}

}  // namespace
}  // namespace mpic
