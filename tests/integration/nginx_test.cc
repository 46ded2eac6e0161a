// The web methods and the real fetcher against a real web server. Names come from a fake DNS.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>

#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "perspective/methods/http_01.h"
#include "perspective/methods/website_change.h"
#include "perspective/net/beast_http_fetcher.h"
#include "tests/support/test_certificates.h"
#include "tests/support/web_world.h"

namespace mpic::testing {
namespace {

using perspective::BeastHttpFetcher;

sockaddr_in LoopbackAddress(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

std::uint16_t FreePort() {
  const int probe = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = LoopbackAddress(0);
  socklen_t size = sizeof(address);
  EXPECT_EQ(bind(probe, reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size), 0);
  close(probe);
  return ntohs(address.sin_port);
}

bool Accepts(std::uint16_t port) {
  const int probe = socket(AF_INET, SOCK_STREAM, 0);
  const sockaddr_in address = LoopbackAddress(port);
  const bool connected =
      connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  close(probe);
  return connected;
}

constexpr char kConfiguration[] = R"(
daemon off;
master_process off;
pid DIRECTORY/nginx.pid;
error_log DIRECTORY/error.log;
events {}
http {
  access_log off;
  client_body_temp_path DIRECTORY/tmp; proxy_temp_path DIRECTORY/tmp;
  fastcgi_temp_path DIRECTORY/tmp; uwsgi_temp_path DIRECTORY/tmp; scgi_temp_path DIRECTORY/tmp;
  gzip on; gzip_min_length 1; gzip_types *;
  absolute_redirect off;  # nginx would name its own port
  ssl_protocols TLSv1.2;
  server {
    listen 127.0.0.1:HTTP_PORT default_server;
    listen 127.0.0.1:HTTPS_PORT ssl default_server;
    ssl_certificate CERTIFICATE;
    ssl_certificate_key PRIVATE_KEY;
    root DIRECTORY/www;
  }
  server {
    listen 127.0.0.1:HTTP_PORT;
    server_name www.example.com;
    return 301 https://shop.example.com$request_uri;
  }
  server {
    listen 127.0.0.1:HTTP_PORT;
    server_name loop.example.com;
    return 302 /again;
  }
}
)";

// One nginx for all tests of the program.
class Nginx {
 public:
  Nginx() : http_port_(FreePort()), https_port_(FreePort()) {
    const std::string directory = ca_.directory();
    const test::TestCertificateFiles files =
        ca_.Issue("web", {.dns_sans = {"unrelated.example.org"}});
    std::ofstream(directory + "/nginx.conf")
        << absl::StrReplaceAll(kConfiguration, {{"DIRECTORY", directory},
                                                {"HTTP_PORT", std::to_string(http_port_)},
                                                {"HTTPS_PORT", std::to_string(https_port_)},
                                                {"CERTIFICATE", files.certificate},
                                                {"PRIVATE_KEY", files.private_key}});
    Publish(absl::StrCat(".well-known/acme-challenge/", kToken), KeyAuthorizationText() + "\n");
    Publish(".well-known/pki-validation/proof.txt", absl::StrCat("x ", kRandomValue, "\n"));
    Publish(".well-known/pki-validation/proof.html",
            absl::StrCat("<!DOCTYPE html><title>x</title><meta name=ca content=", kRandomValue,
                         "><p>", kRandomValue, "\n"));
    Start(directory + "/nginx.conf", directory + "/error.log");
  }
  ~Nginx() {
    kill(process_, SIGTERM);
    waitpid(process_, nullptr, 0);
  }
  Nginx(const Nginx&) = delete;
  Nginx& operator=(const Nginx&) = delete;

  std::uint16_t http_port() const { return http_port_; }
  std::uint16_t https_port() const { return https_port_; }

 private:
  void Publish(const std::string& path, const std::string& content) {
    const std::filesystem::path file = ca_.directory() + "/www/" + path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << content;
  }

  void Start(const std::string& configuration, const std::string& error_log) {
    const char* arguments[] = {"/usr/sbin/nginx",     "-e",   error_log.c_str(), "-c",
                               configuration.c_str(), nullptr};
    ASSERT_EQ(posix_spawn(&process_, arguments[0], nullptr, nullptr,
                          const_cast<char* const*>(arguments), environ),
              0);
    for (int wait = 0; wait < 1000 && !Accepts(http_port_); ++wait) {
      absl::SleepFor(absl::Milliseconds(10));
    }
    ASSERT_TRUE(Accepts(http_port_)) << "nginx does not start; see " << error_log;
  }

  test::TestCa ca_;
  std::uint16_t http_port_;
  std::uint16_t https_port_;
  pid_t process_ = -1;
};

class NginxTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { nginx_ = new Nginx; }
  static void TearDownTestSuite() {
    delete nginx_;
    nginx_ = nullptr;
  }

  NginxTest() {
    for (const char* name : {"shop.example.com", "www.example.com", "loop.example.com"}) {
      dns_.Answer(name, RecordType::kAaaa, NoData());
      dns_.Answer(name, RecordType::kA, AddressAnswer({"127.0.0.1"}));
    }
    check_.mutable_identifier()->set_dns_name("shop.example.com");
    check_.mutable_http_01()->set_key_authorization(KeyAuthorizationText());
  }

  v1::CheckResult Run(boost::asio::awaitable<void> (*method)(perspective::CheckRun& run)) {
    const auto may_connect = [](const IpAddress& address) { return address.is_loopback(); };
    BeastHttpFetcher http(
        {.connect_timeout = absl::Seconds(5),
         .http_timeout = absl::Seconds(10),
         .head_octets_max = limits_.http_head_octets_max,
         .user_agent = "mpic-test/1",
         .may_connect = may_connect,
         .lab_ports = {.http = nginx_->http_port(), .https = nginx_->https_port()}});
    FakeTlsProber tls;
    perspective::Senses senses{.dns = dns_,
                               .http = http,
                               .tls = tls,
                               .clock = clock_,
                               .limits = limits_,
                               .may_connect = may_connect};
    v1::CheckResult result;
    perspective::CheckRun run{.check = check_, .senses = senses, .result = result};
    RunAwaitable(method(run));
    return result;
  }

  static inline Nginx* nginx_ = nullptr;
  FakeDnsClient dns_;
  FixedClock clock_;
  perspective::Limits limits_;
  v1::Check check_;
};

TEST_F(NginxTest, Http01) {
  const v1::CheckResult result = Run(perspective::CheckHttp01);
  EXPECT_EQ(Verdict(result), "PASSED") << result.problem().detail();
  EXPECT_EQ(result.http().body(), KeyAuthorizationText() + "\n");
}

TEST_F(NginxTest, Http01OfAnUnknownTokenIs404WhateverItsBody) {
  check_.mutable_http_01()->set_key_authorization(
      absl::StrCat(std::string(43, 'u'), ".", kThumbprint));
  const v1::CheckResult result = Run(perspective::CheckHttp01);
  EXPECT_EQ(Verdict(result), "FAILED HTTP_STATUS") << result.problem().detail();
  EXPECT_EQ(result.http().final_status(), 404U);
}

TEST_F(NginxTest, Http01RedirectedToHttps) {
  check_.mutable_identifier()->set_dns_name("www.example.com");
  const v1::CheckResult result = Run(perspective::CheckHttp01);
  EXPECT_EQ(Verdict(result), "PASSED") << result.problem().detail();
  ASSERT_EQ(result.steps_size(), 6);
  EXPECT_EQ(result.steps(2).http().status(), 301U);
  EXPECT_EQ(result.steps(5).http().tls_version(), "TLSv1.2");
  EXPECT_EQ(result.steps(5).http().port(), 443U);
  EXPECT_EQ(result.http().final_url(),
            absl::StrCat("https://shop.example.com/.well-known/acme-challenge/", kToken));
}

TEST_F(NginxTest, Http01OfAnAddress) {
  check_.mutable_identifier()->set_ip_address("127.0.0.1");
  const v1::CheckResult result = Run(perspective::CheckHttp01);
  EXPECT_EQ(Verdict(result), "PASSED") << result.problem().detail();
  EXPECT_EQ(result.http().final_url(),
            absl::StrCat("http://127.0.0.1/.well-known/acme-challenge/", kToken));
  EXPECT_THAT(dns_.questions(), ::testing::IsEmpty());
}

TEST_F(NginxTest, RedirectLoop) {
  check_.mutable_identifier()->set_dns_name("loop.example.com");
  EXPECT_EQ(Verdict(Run(perspective::CheckHttp01)), "FAILED REDIRECT_LOOP");
}

TEST_F(NginxTest, WebsiteChangeByHttps) {
  v1::WebsiteChange& change = *check_.mutable_website_change();
  change.set_scheme(v1::WebsiteChange::HTTPS);
  change.set_file("proof.txt");
  change.set_expected_value(kRandomValue);
  const v1::CheckResult result = Run(perspective::CheckWebsiteChange);
  EXPECT_EQ(Verdict(result), "PASSED") << result.problem().detail();
  EXPECT_EQ(result.http().match_offset(), 2U);
}

TEST_F(NginxTest, WebsiteChangeOfAnAddressInAMetaTag) {
  check_.mutable_identifier()->set_ip_address("127.0.0.1");
  v1::WebsiteChange& change = *check_.mutable_website_change();
  change.set_scheme(v1::WebsiteChange::HTTP);
  change.set_file("proof.html");
  change.set_expected_value(kRandomValue);
  change.set_require_meta_tag(true);
  const v1::CheckResult result = Run(perspective::CheckWebsiteChange);
  EXPECT_EQ(Verdict(result), "PASSED") << result.problem().detail();
  EXPECT_TRUE(result.http().in_meta_tag());
  EXPECT_EQ(result.http().match_offset(), 31U);

  change.set_file("proof.txt");
  EXPECT_EQ(Verdict(Run(perspective::CheckWebsiteChange)), "FAILED BODY_MISMATCH");
}

}  // namespace
}  // namespace mpic::testing
