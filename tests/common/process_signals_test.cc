#include "common/process_signals.h"

#include <gtest/gtest.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
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

TEST(ProcessSignalsTest, ReturnsTheSignalThatArrived) {
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
    EXPECT_EQ(ExitCodeOf([signal] {
                ProcessSignals signals;
                ::kill(::getpid(), signal);
                return signals.Wait();
              }),
              signal);
  }
}

TEST(ProcessSignalsTest, IgnoresBrokenPipes) {
  EXPECT_EQ(ExitCodeOf([] {
              ProcessSignals signals;
              ::kill(::getpid(), SIGPIPE);
              ::kill(::getpid(), SIGTERM);
              return signals.Wait();
            }),
            SIGTERM);
}

TEST(ProcessSignalsTest, WhatEndsTheProcessGoesFirst) {
  for (const int end : {SIGTERM, SIGINT}) {
    EXPECT_EQ(ExitCodeOf([end] {
                ProcessSignals signals;
                ::kill(::getpid(), SIGHUP);
                if (signals.EndIsPending()) return 0;
                ::kill(::getpid(), end);
                if (!signals.EndIsPending()) return 0;
                return signals.Wait();
              }),
              end);
  }
}

TEST(ProcessSignalsTest, AHangupIsHeardUnderNohup) {
  EXPECT_EQ(ExitCodeOf([] {
              std::signal(SIGHUP, SIG_IGN);
              ProcessSignals signals;
              ::kill(::getpid(), SIGHUP);
              ::kill(::getpid(), SIGHUP);
              if (signals.Wait() != SIGHUP) return 0;
              ::kill(::getpid(), SIGTERM);
              return signals.Wait();
            }),
            SIGTERM);
}

TEST(ProcessSignalsTest, LaterThreadsDoNotTakeTheSignal) {
  EXPECT_EQ(ExitCodeOf([] {
              ProcessSignals signals;
              std::thread([] { ::pthread_kill(::pthread_self(), SIGINT); }).join();
              ::kill(::getpid(), SIGTERM);
              return signals.Wait();
            }),
            SIGTERM);
}

TEST(ProcessSignalsTest, ASecondSignalDoesNotCutADrainShort) {
  EXPECT_EQ(ExitCodeOf([] {
              ProcessSignals signals;
              ::kill(::getpid(), SIGTERM);
              signals.Wait();
              ::kill(::getpid(), SIGTERM);
              return 42;
            }),
            42);
}

}  // namespace
}  // namespace mpic
