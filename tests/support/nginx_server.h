// A real nginx on the loopback, with the proofs of web_world.h, a few redirects, and hosts that are
// set up oddly: what each of them does stands in nginx_server.cc.
#ifndef MPIC_TESTS_SUPPORT_NGINX_SERVER_H_
#define MPIC_TESTS_SUPPORT_NGINX_SERVER_H_

#include <cstdint>
#include <optional>
#include <string>

#include "tests/support/child_process.h"
#include "tests/support/test_certificates.h"

namespace mpic::testing {

// Runs from construction to destruction. A server that does not start fails the test.
class NginxServer {
 public:
  NginxServer();
  NginxServer(const NginxServer&) = delete;
  NginxServer& operator=(const NginxServer&) = delete;

  std::uint16_t http_port() const { return http_port_; }
  std::uint16_t https_port() const { return https_port_; }
  std::uint16_t http2_port() const { return http2_port_; }  // HTTP/2 without TLS, and nothing else

 private:
  void WriteConfiguration();
  void Publish(const std::string& path, const std::string& content);
  void Start();

  test::TestCa ca_;
  std::string directory_ = ca_.directory();
  std::uint16_t http_port_;
  std::uint16_t https_port_;
  std::uint16_t http2_port_;
  std::optional<ChildProcess> process_;
};

}  // namespace mpic::testing

#endif  // MPIC_TESTS_SUPPORT_NGINX_SERVER_H_
