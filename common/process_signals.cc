#include "common/process_signals.h"

#include <pthread.h>

#include <ctime>

namespace mpic {
namespace {

// Which signal of `signals` is pending, and pending no more; 0 when none is.
int TakePending(const sigset_t& signals) {
  constexpr timespec kNow{};
  const int signal = sigtimedwait(&signals, nullptr, &kNow);
  return signal > 0 ? signal : 0;
}

}  // namespace

ProcessSignals::ProcessSignals() {
  std::signal(SIGPIPE, SIG_IGN);
  // nohup ignores it, and then it would never arrive.
  std::signal(SIGHUP, SIG_DFL);
  sigemptyset(&ends_);
  sigaddset(&ends_, SIGTERM);
  sigaddset(&ends_, SIGINT);
  all_ = ends_;
  sigaddset(&all_, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &all_, nullptr);
}

int ProcessSignals::Wait() {
  int signal = 0;
  // sigwait fails only for a set with invalid signals, and ours is fixed.
  while (sigwait(&all_, &signal) != 0) {
  }
  // The kernel hands out the lowest number first, which is SIGHUP.
  const int end = signal == SIGHUP ? TakePending(ends_) : 0;
  return end != 0 ? end : signal;
}

bool ProcessSignals::EndIsPending() const {
  sigset_t pending;
  sigpending(&pending);
  return sigismember(&pending, SIGTERM) == 1 || sigismember(&pending, SIGINT) == 1;
}

}  // namespace mpic
