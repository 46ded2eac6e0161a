#include "common/shutdown.h"

#include <pthread.h>

namespace mpic {

ShutdownSignal::ShutdownSignal() {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGHUP, SIG_IGN);
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGTERM);
  sigaddset(&signals_, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
}

int ShutdownSignal::Wait() {
  int signal = 0;
  // sigwait fails only for a set with invalid signals, and ours is fixed.
  while (sigwait(&signals_, &signal) != 0) {
  }
  return signal;
}

}  // namespace mpic
