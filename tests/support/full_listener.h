// A loopback port at which no connection ever comes about.
#ifndef MPIC_TESTS_SUPPORT_FULL_LISTENER_H_
#define MPIC_TESTS_SUPPORT_FULL_LISTENER_H_

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <vector>

namespace mpic::testing {

// A port of 127.0.0.1 whose accept queue is full, so that connecting takes for ever.
class FullListener {
 public:
  FullListener() : listener_(Socket()) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(bind(listener_, generic, size), 0);
    EXPECT_EQ(listen(listener_, 0), 0);
    EXPECT_EQ(getsockname(listener_, generic, &size), 0);
    port_ = ntohs(address.sin_port);
    for (int i = 0; i < 4; ++i) {
      waiting_.push_back(Socket());
      (void)connect(waiting_.back(), generic, size);  // the first succeeds, others stay pending
    }
  }
  ~FullListener() {
    for (const int socket : waiting_) close(socket);
    close(listener_);
  }
  FullListener(const FullListener&) = delete;
  FullListener& operator=(const FullListener&) = delete;
  std::uint16_t port() const { return port_; }

 private:
  static int Socket() { return socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0); }
  int listener_;
  std::uint16_t port_ = 0;
  std::vector<int> waiting_;
};

}  // namespace mpic::testing

#endif  // MPIC_TESTS_SUPPORT_FULL_LISTENER_H_
