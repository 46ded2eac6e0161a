#include "common/shutdown.h"

#include <gtest/gtest.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <functional>
#include <thread>

namespace mpic {
namespace {

// Exit code of `body` in a process of its own, because signal dispositions last; -1 when killed.
int ExitCodeOf(const std::function<int()>& body) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(body());
  int status = 0;
  if (::waitpid(child, &status, 0) != child || !WIFEXITED(status)) return -1;
  return WEXITSTATUS(status);
}

TEST(ShutdownSignalTest, ReturnsTheSignalThatArrived) {
  for (const int signal : {SIGTERM, SIGINT}) {
    EXPECT_EQ(ExitCodeOf([signal] {
                ShutdownSignal shutdown;
                ::kill(::getpid(), signal);
                return shutdown.Wait();
              }),
              signal);
  }
}

TEST(ShutdownSignalTest, IgnoresBrokenPipesAndHangups) {
  EXPECT_EQ(ExitCodeOf([] {
              ShutdownSignal shutdown;
              ::kill(::getpid(), SIGPIPE);
              ::kill(::getpid(), SIGHUP);
              ::kill(::getpid(), SIGTERM);
              return shutdown.Wait();
            }),
            SIGTERM);
}

TEST(ShutdownSignalTest, LaterThreadsDoNotTakeTheSignal) {
  EXPECT_EQ(ExitCodeOf([] {
              ShutdownSignal shutdown;
              std::thread([] { ::pthread_kill(::pthread_self(), SIGINT); }).join();
              ::kill(::getpid(), SIGTERM);
              return shutdown.Wait();
            }),
            SIGTERM);
}

TEST(ShutdownSignalTest, ASecondSignalDoesNotCutADrainShort) {
  EXPECT_EQ(ExitCodeOf([] {
              ShutdownSignal shutdown;
              ::kill(::getpid(), SIGTERM);
              shutdown.Wait();
              ::kill(::getpid(), SIGTERM);
              return 42;
            }),
            42);
}

}  // namespace
}  // namespace mpic
