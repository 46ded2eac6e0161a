// What a server on the loopback says to octets, without a client library in between.
#ifndef MPIC_TESTS_SUPPORT_TCP_EXCHANGE_H_
#define MPIC_TESTS_SUPPORT_TCP_EXCHANGE_H_

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <string>

namespace mpic::testing {

// A connected socket; the caller closes it.
inline int ConnectTcp(int port, bool v6 = false) {
  const int descriptor = ::socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address4{};
  address4.sin_family = AF_INET;
  address4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address4.sin_port = htons(static_cast<std::uint16_t>(port));
  sockaddr_in6 address6{};
  address6.sin6_family = AF_INET6;
  address6.sin6_addr = in6addr_loopback;
  address6.sin6_port = address4.sin_port;
  const int result =
      v6 ? ::connect(descriptor, reinterpret_cast<sockaddr*>(&address6), sizeof address6)
         : ::connect(descriptor, reinterpret_cast<sockaddr*>(&address4), sizeof address4);
  EXPECT_EQ(result, 0);
  return descriptor;
}

// Everything that the server says to `request` until it closes.
inline std::string Exchange(int port, const std::string& request, bool v6 = false) {
  const int descriptor = ConnectTcp(port, v6);
  EXPECT_EQ(::send(descriptor, request.data(), request.size(), MSG_NOSIGNAL),
            static_cast<ssize_t>(request.size()));
  std::string answer;
  char block[4096];
  for (ssize_t n = 0; (n = ::recv(descriptor, block, sizeof block, 0)) > 0;) {
    answer.append(block, static_cast<std::size_t>(n));
  }
  ::close(descriptor);
  return answer;
}

}  // namespace mpic::testing

#endif  // MPIC_TESTS_SUPPORT_TCP_EXCHANGE_H_
