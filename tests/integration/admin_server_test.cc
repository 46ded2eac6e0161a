#include "common/admin_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <prometheus/counter.h>
#include <prometheus/registry.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/grpc_server_metrics.h"
#include "common/process_metrics.h"
#include "mpic/v1/coordinator.grpc.pb.h"
#include "tests/support/tcp_exchange.h"

namespace mpic {
namespace {

using testing::ConnectTcp;
using ::testing::EndsWith;
using testing::Exchange;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class AdminServerTest : public ::testing::Test {
 protected:
  AdminServerTest() {
    AdminServerOptions options;
    options.listen = "127.0.0.1:0";
    options.collectables = {registry_, std::make_shared<ProcessMetrics>("test", "0.0.1")};
    options.ready = [this] { return ready_; };
    options.config_json = [] { return R"({"region":"eu"})"; };
    auto server = AdminServer::Start(std::move(options));
    EXPECT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }

  std::string Ask(const std::string& method, const std::string& path) const {
    return Exchange(server_->port(), absl::StrCat(method, " ", path,
                                                  " HTTP/1.1\r\nHost: localhost\r\n"
                                                  "Connection: close\r\n\r\n"));
  }
  std::string Get(const std::string& path) const { return Ask("GET", path); }

  std::shared_ptr<prometheus::Registry> registry_ = std::make_shared<prometheus::Registry>();
  absl::Status ready_;
  std::unique_ptr<AdminServer> server_;
};

TEST_F(AdminServerTest, ShowsMetricsInPrometheusText) {
  auto& family =
      prometheus::BuildCounter().Name("mpic_test_total").Help("Of a test.").Register(*registry_);
  family.Add({{"outcome", "pass"}}).Increment(3);
  const std::string answer = Get("/metrics");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, HasSubstr("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"));
  EXPECT_THAT(answer, HasSubstr("mpic_test_total{outcome=\"pass\"} 3\n"));
  EXPECT_THAT(answer, HasSubstr("process_cpu_seconds_total "));
  EXPECT_THAT(answer, HasSubstr("mpic_build_info{program=\"test\",version=\"0.0.1\"} 1\n"));
}

TEST_F(AdminServerTest, MetricsPassPromtool) {
  const auto rpc_metrics = GrpcServerMetrics(*registry_, {v1::MpicService::service_full_name()});
  const std::string answer = Get("/metrics");
  const std::string path = absl::StrCat(::testing::TempDir(), "/admin_server_test_", ::getpid());
  std::ofstream(path) << answer.substr(answer.find("\r\n\r\n") + 4);
  EXPECT_EQ(std::system(absl::StrCat("promtool check metrics <", path).c_str()), 0);
  std::remove(path.c_str());
}

TEST_F(AdminServerTest, IsAliveWhateverReadinessSays) {
  ready_ = absl::UnavailableError("no resolver");
  EXPECT_THAT(Get("/healthz"), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(Get("/healthz"), EndsWith("\r\n\r\nok\n"));
}

TEST_F(AdminServerTest, SaysWhyItIsNotReady) {
  EXPECT_THAT(Get("/readyz"), StartsWith("HTTP/1.1 200 "));
  ready_ = absl::UnavailableError("the resolver does not answer");
  EXPECT_THAT(Get("/readyz"), StartsWith("HTTP/1.1 503 "));
  EXPECT_THAT(Get("/readyz"), EndsWith("\r\n\r\nthe resolver does not answer\n"));
}

TEST_F(AdminServerTest, ShowsTheConfiguration) {
  EXPECT_THAT(Get("/configz"), HasSubstr("Content-Type: application/json\r\n"));
  EXPECT_THAT(Get("/configz"), EndsWith("\r\n\r\n{\"region\":\"eu\"}"));
}

TEST_F(AdminServerTest, KnowsNoOtherPages) {
  for (const char* path : {"/", "/metrics/", "/metrics/x", "/Metrics", "/..", "/etc/passwd",
                           "/../../etc/passwd", "/%2e%2e/etc/passwd", "/healthz%00"}) {
    SCOPED_TRACE(path);
    EXPECT_THAT(Get(path), Not(StartsWith("HTTP/1.1 200 ")));
    EXPECT_THAT(Get(path), Not(HasSubstr("root:")));
  }
  EXPECT_THAT(Get("/nothing"), StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(Get("/healthz?verbose=1"), StartsWith("HTTP/1.1 200 ")) << "queries are ignored";
}

TEST_F(AdminServerTest, AnswersHeadWithoutBody) {
  const std::string answer = Ask("HEAD", "/healthz");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(answer, HasSubstr("Content-Length: 3\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\n"));
}

TEST_F(AdminServerTest, RefusesOtherMethods) {
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "PATCH"}) {
    SCOPED_TRACE(method);
    EXPECT_THAT(Ask(method, "/metrics"), StartsWith("HTTP/1.1 405 "));
  }
}

TEST_F(AdminServerTest, OutlivesGarbage) {
  for (const std::string& request :
       {std::string("\r\n\r\n"), std::string("GET\r\n\r\n"), std::string(100, '\0') + "\r\n\r\n",
        "GET /" + std::string(20000, 'a') + " HTTP/1.1\r\n\r\n"}) {
    const int descriptor = ConnectTcp(server_->port());
    (void)::send(descriptor, request.data(), request.size(), MSG_NOSIGNAL);  // may be reset
    ::close(descriptor);
  }
  EXPECT_THAT(Get("/healthz"), StartsWith("HTTP/1.1 200 "));
}

TEST_F(AdminServerTest, SilentClientsKeepNobodyOut) {
  std::vector<int> silent;
  for (int i = 0; i < 50; ++i) silent.push_back(ConnectTcp(server_->port()));
  EXPECT_THAT(Get("/healthz"), StartsWith("HTTP/1.1 200 "));
  for (const int descriptor : silent) ::close(descriptor);
}

TEST_F(AdminServerTest, AnswersARequestThatIsTooLong) {
  const std::string answer =
      Exchange(server_->port(), "GET /" + std::string(20000, 'a') + " HTTP/1.1\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 431 "));
}

TEST_F(AdminServerTest, RefusesWhatIsNotHttp) {
  for (const char* request :
       {"\r\n\r\n", "GET\r\n\r\n", "GET /healthz\r\n\r\n", "GET /healthz HTTP/2.0\r\n\r\n",
        "GET  /healthz HTTP/1.1\r\n\r\n", "GET http://h/healthz HTTP/1.1\r\n\r\n"}) {
    SCOPED_TRACE(request);
    EXPECT_THAT(Exchange(server_->port(), request), StartsWith("HTTP/1.1 400 "));
  }
}

TEST_F(AdminServerTest, ServesManyAtOnce) {
  std::vector<std::thread> scrapers;
  for (int i = 0; i < 8; ++i) {
    scrapers.emplace_back([this] {
      for (int j = 0; j < 10; ++j) EXPECT_THAT(Get("/metrics"), StartsWith("HTTP/1.1 200 "));
    });
  }
  for (std::thread& scraper : scrapers) scraper.join();
}

TEST(AdminServerStartTest, ListensOnIpv6) {
  const auto server = AdminServer::Start({.listen = "[::1]:0"});
  ASSERT_TRUE(server.ok()) << server.status();
  EXPECT_THAT(Exchange((*server)->port(), "GET /healthz HTTP/1.0\r\n\r\n", true),
              StartsWith("HTTP/1.1 200 "));
}

TEST(AdminServerStartTest, NamesAnAddressThatIsTaken) {
  const auto first = AdminServer::Start({.listen = "127.0.0.1:0"});
  ASSERT_TRUE(first.ok()) << first.status();
  const std::string listen = absl::StrCat("127.0.0.1:", (*first)->port());
  const auto second = AdminServer::Start({.listen = listen});
  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(second.status().message()), HasSubstr(listen));
}

TEST(AdminServerStartTest, RefusesWhatIsNotAnAddress) {
  for (const char* listen : {"", "8080", "localhost:8080", "127.0.0.1", "127.0.0.1:99999",
                             "127.0.0.1:80,0.0.0.0:81", "127.0.0.1:443s"}) {
    SCOPED_TRACE(listen);
    const auto server = AdminServer::Start({.listen = listen});
    EXPECT_EQ(server.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(server.status().message()), HasSubstr(listen));
  }
}

TEST(AdminServerStartTest, FreesItsPortAtTheEnd) {
  auto first = AdminServer::Start({.listen = "127.0.0.1:0"});
  ASSERT_TRUE(first.ok()) << first.status();
  const std::string listen = absl::StrCat("127.0.0.1:", (*first)->port());
  first->reset();
  EXPECT_TRUE(AdminServer::Start({.listen = listen}).ok());
}

}  // namespace
}  // namespace mpic
