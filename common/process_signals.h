// Signals to the process, waited for instead of handled: those that end it, and SIGHUP, which has
// it read its configuration again.
#ifndef MPIC_COMMON_PROCESS_SIGNALS_H_
#define MPIC_COMMON_PROCESS_SIGNALS_H_

#include <csignal>

namespace mpic {

// Construct it first in main: SIGTERM, SIGINT and SIGHUP are blocked in this thread and in all that
// it starts later, SIGPIPE is ignored. One a process, used by one thread; the signals stay blocked
// for the rest of the process, so that a second one does not cut a drain short.
class ProcessSignals {
 public:
  ProcessSignals();
  ProcessSignals(const ProcessSignals&) = delete;
  ProcessSignals& operator=(const ProcessSignals&) = delete;

  // Blocks until one of them arrives, or has arrived since construction; returns which. What ends
  // the process goes before SIGHUP, and several SIGHUP that nobody has waited for are one.
  int Wait();
  // Whether SIGTERM or SIGINT has arrived and will be Wait's next answer.
  bool EndIsPending() const;

 private:
  sigset_t ends_;
  sigset_t all_;
};

}  // namespace mpic

#endif  // MPIC_COMMON_PROCESS_SIGNALS_H_
