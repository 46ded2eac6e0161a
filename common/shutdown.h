// Signals that end the process, waited for instead of handled.
#ifndef MPIC_COMMON_SHUTDOWN_H_
#define MPIC_COMMON_SHUTDOWN_H_

#include <csignal>

namespace mpic {

// Construct it first in main: SIGTERM and SIGINT are blocked in this thread and in all that it
// starts later, SIGPIPE and SIGHUP are ignored. One a process, used by one thread; the signals stay
// blocked for the rest of the process, so that a second one does not cut a drain short.
class ShutdownSignal {
 public:
  ShutdownSignal();
  ShutdownSignal(const ShutdownSignal&) = delete;
  ShutdownSignal& operator=(const ShutdownSignal&) = delete;

  // Blocks until SIGTERM or SIGINT arrives, or has arrived since construction; returns which.
  int Wait();

 private:
  sigset_t signals_;
};

}  // namespace mpic

#endif  // MPIC_COMMON_SHUTDOWN_H_
