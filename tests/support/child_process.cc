#include "tests/support/child_process.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace mpic::testing {
namespace {

[[noreturn]] void Die(const char* what) {
  std::fprintf(stderr, "child process: %s\n", what);
  std::abort();
}

// In the child, where nothing may be allocated any more.
[[noreturn]] void Execute(char* const* arguments, const char* output, pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (getppid() != parent) _exit(127);  // it ended before the signal was asked for
  const int out = open(output, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  dup2(out, STDOUT_FILENO);
  dup2(out, STDERR_FILENO);
  execv(arguments[0], arguments);
  _exit(127);
}

}  // namespace

std::uint16_t FreePort() {
  for (int attempt = 0; attempt < 100; ++attempt) {
    const int udp = socket(AF_INET, SOCK_DGRAM, 0);
    const int tcp = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    const bool free = bind(udp, generic, size) == 0 && getsockname(udp, generic, &size) == 0 &&
                      bind(tcp, generic, size) == 0;
    close(udp);
    close(tcp);
    if (free) return ntohs(address.sin_port);
  }
  Die("no free port");
}

ChildProcess::ChildProcess(std::vector<std::string> command, const std::string& output) {
  std::vector<char*> arguments;
  for (std::string& argument : command) arguments.push_back(argument.data());
  arguments.push_back(nullptr);
  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ < 0) Die("fork");
  if (pid_ == 0) Execute(arguments.data(), output.c_str(), parent);
}

ChildProcess::~ChildProcess() {
  kill(pid_, SIGTERM);
  waitpid(pid_, nullptr, 0);
}

}  // namespace mpic::testing
