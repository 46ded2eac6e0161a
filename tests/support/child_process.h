// Real programs of others as peers of a test, on the loopback.
#ifndef MPIC_TESTS_SUPPORT_CHILD_PROCESS_H_
#define MPIC_TESTS_SUPPORT_CHILD_PROCESS_H_

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace mpic::testing {

// A port of 127.0.0.1 that is free for UDP and TCP alike, for programs that cannot choose one
// themselves. Aborts when there is none.
std::uint16_t FreePort();

// Runs from construction to destruction, which asks it to end by SIGTERM and waits. It is asked as
// well when the thread that started it ends, however that happens: a test that is killed leaves
// nobody behind.
class ChildProcess {
 public:
  // `command` is the program's path and its arguments; it must stay in the foreground. What it says
  // goes to the file `output`. Aborts when there can be no process; a program that cannot be
  // executed ends at once with 127.
  ChildProcess(std::vector<std::string> command, const std::string& output);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

 private:
  pid_t pid_;
};

}  // namespace mpic::testing

#endif  // MPIC_TESTS_SUPPORT_CHILD_PROCESS_H_
