// Baseline of DNS: c-ares over epoll, one channel, some operations at a time, each one of the
// questions of a check asked together. Takes an answer for an answer: nothing is read but its
// rcode.
#include <ares.h>
#include <sys/epoll.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cstdint>
#include <iostream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/bench/perspective/bench_names.h"
#include "tests/bench/perspective/load_report.h"

namespace mpic::bench {
namespace {

constexpr int kClassIn = 1;

struct Question {
  int type = 0;
  std::string name;  // "{}" stands for the name of the operation
};

struct Options {
  std::string resolver;
  std::vector<Question> questions;
  std::uint64_t operations = 1'000;
  std::uint64_t in_flight = 64;
};

class QueryLoop {
 public:
  explicit QueryLoop(const Options& options) : options_(options), epoll_(::epoll_create1(0)) {
    ares_options settings{};
    settings.flags = ARES_FLAG_EDNS | ARES_FLAG_NOCHECKRESP;
    settings.tries = 3;
    settings.timeout = 2'000;
    settings.ednspsz = 1232;
    settings.socket_receive_buffer_size = 4 << 20;
    settings.sock_state_cb = &QueryLoop::OnSocketState;
    settings.sock_state_cb_data = this;
    ares_init_options(&channel_, &settings,
                      ARES_OPT_FLAGS | ARES_OPT_TRIES | ARES_OPT_TIMEOUTMS | ARES_OPT_EDNSPSZ |
                          ARES_OPT_SOCK_STATE_CB | ARES_OPT_SOCK_RCVBUF);
    ares_set_servers_ports_csv(channel_, options.resolver.c_str());
  }
  ~QueryLoop() { ares_destroy(channel_); }
  QueryLoop(const QueryLoop&) = delete;
  QueryLoop& operator=(const QueryLoop&) = delete;

  int Run() {
    for (std::uint64_t i = 0; i < options_.in_flight; ++i) StartOperation();
    std::array<epoll_event, 16> events{};
    while (report_.ended() < options_.operations) {
      constexpr int kTimeoutMs = 1'000;
      const int ready = ::epoll_wait(epoll_, events.data(), events.size(), kTimeoutMs);
      if (ready <= 0) ares_process_fd(channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
      for (int i = 0; i < ready; ++i) {
        const epoll_event& event = events.at(static_cast<std::size_t>(i));
        ares_process_fd(channel_, (event.events & EPOLLIN) != 0 ? event.data.fd : ARES_SOCKET_BAD,
                        (event.events & EPOLLOUT) != 0 ? event.data.fd : ARES_SOCKET_BAD);
      }
    }
    return report_.Print();
  }

 private:
  struct Operation {
    QueryLoop* loop = nullptr;
    std::size_t open = 0;
    std::string error;  // empty: none so far
  };

  static void OnSocketState(void* self, ares_socket_t fd, int readable, int writable) {
    const int epoll = static_cast<QueryLoop*>(self)->epoll_;
    epoll_event event{};
    event.events = (readable != 0 ? EPOLLIN : 0U) | (writable != 0 ? EPOLLOUT : 0U);
    event.data.fd = fd;
    if (event.events == 0) {
      ::epoll_ctl(epoll, EPOLL_CTL_DEL, fd, nullptr);
    } else if (::epoll_ctl(epoll, EPOLL_CTL_MOD, fd, &event) != 0) {
      ::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
    }
  }
  static void OnReply(void* context, int status, int /*timeouts*/, unsigned char* message,
                      int octets) {
    auto* operation = static_cast<Operation*>(context);
    constexpr int kRcodeAt = 3;
    // NODATA is an answer as well.
    const bool answered = (status == ARES_SUCCESS || status == ARES_ENODATA) && octets > kRcodeAt &&
                          (message[kRcodeAt] & 0x0F) == 0;
    operation->loop->EndQuestion(*operation, answered ? "" : ares_strerror(status));
  }

  void StartOperation() {
    if (started_ == options_.operations) return;
    const std::string name = NameOf(started_++);
    auto* operation = new Operation{.loop = this, .open = options_.questions.size()};
    for (const Question& question : options_.questions) {
      ares_query(channel_, absl::StrReplaceAll(question.name, {{"{}", name}}).c_str(), kClassIn,
                 question.type, &QueryLoop::OnReply, operation);
    }
  }
  void EndQuestion(Operation& operation, const std::string& error) {
    if (!error.empty()) operation.error = error;
    if (--operation.open > 0) return;
    if (operation.error.empty()) {
      report_.Succeeded();
    } else {
      report_.Failed(operation.error);
    }
    delete &operation;
    StartOperation();
  }

  const Options& options_;
  const int epoll_;
  ares_channel channel_ = nullptr;
  std::uint64_t started_ = 0;
  LoadReport report_;
};

}  // namespace
}  // namespace mpic::bench

int main(int argc, char** argv) {
  mpic::bench::Options options;
  std::vector<std::pair<int, std::string>> questions;
  CLI::App app{"Asks a resolver the questions of a check, over and over."};
  app.add_option("--resolver", options.resolver, "address:port")->required();
  app.add_option("--question", questions, "number of the type, and the name; again for more")
      ->required();
  app.add_option("--operations", options.operations);
  app.add_option("--in-flight", options.in_flight);
  CLI11_PARSE(app, argc, argv);
  for (auto& [type, name] : questions) options.questions.push_back({type, name});
  ares_library_init(ARES_LIB_INIT_ALL);
  mpic::bench::QueryLoop loop(options);
  return loop.Run();
}
