#include "common/steady_condition.h"

#include <gtest/gtest.h>

#include <thread>

#include "common/live_count.h"

namespace mpic {
namespace {

struct Door {
  absl::Mutex mutex;
  SteadyCondition changed;
  bool open ABSL_GUARDED_BY(mutex) = false;

  bool WaitUntilOpen(absl::Duration patience) {
    const absl::MutexLock lock(&mutex);
    const bool came = changed.WaitFor(
        mutex, patience, [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) { return open; });
    mutex.AssertHeld();
    return came;
  }
  void Open() {
    const absl::MutexLock lock(&mutex);
    open = true;
    changed.NotifyAll();
  }
};

TEST(SteadyConditionTest, WhatNeverComesIsWaitedForNoLonger) {
  Door door;
  EXPECT_FALSE(door.WaitUntilOpen(absl::ZeroDuration()));
  EXPECT_FALSE(door.WaitUntilOpen(absl::Milliseconds(1)));
}

TEST(SteadyConditionTest, WhatIsThereIsNotWaitedFor) {
  Door door;
  door.Open();
  EXPECT_TRUE(door.WaitUntilOpen(absl::ZeroDuration()));
}

TEST(SteadyConditionTest, WhatComesFromAnotherThreadEndsTheWait) {
  Door door;
  std::thread opener([&] { door.Open(); });
  EXPECT_TRUE(door.WaitUntilOpen(absl::Minutes(1)));
  opener.join();
}

TEST(LiveCountTest, WaitsForTheLastOne) {
  LiveCount count;
  EXPECT_TRUE(count.WaitForNone(absl::ZeroDuration()));
  count.Add();
  count.Add();
  count.Remove();
  EXPECT_FALSE(count.WaitForNone(absl::ZeroDuration()));
  std::thread last([&] { count.Remove(); });
  EXPECT_TRUE(count.WaitForNone(absl::Minutes(1)));
  last.join();
  EXPECT_EQ(count.count(), 0U);
}

}  // namespace
}  // namespace mpic
