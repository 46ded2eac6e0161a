// The web methods and the real fetcher against a real web server. Names come from a fake DNS.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "perspective/methods/http_01.h"
#include "perspective/methods/website_change.h"
#include "perspective/net/beast_http_fetcher.h"
#include "perspective/net/lab_ports.h"
#include "tests/support/nginx_server.h"
#include "tests/support/web_world.h"

namespace mpic::testing {
namespace {

using perspective::BeastHttpFetcher;

class NginxTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { nginx_ = new NginxServer; }
  static void TearDownTestSuite() {
    delete nginx_;
    nginx_ = nullptr;
  }

  NginxTest() {
    for (const char* name : {"shop.example.com", "www.example.com", "loop.example.com"}) Host(name);
    check_.mutable_identifier()->set_dns_name("shop.example.com");
    check_.mutable_http_01()->set_key_authorization(KeyAuthorizationText());
  }

  void Host(const std::string& name) {
    dns_.Answer(name, RecordType::kAaaa, NoData());
    dns_.Answer(name, RecordType::kA, AddressAnswer({"127.0.0.1"}));
  }

  v1::CheckResult Run(boost::asio::awaitable<void> (*method)(perspective::CheckRun& run)) {
    const auto may_connect = [](const IpAddress& address) { return address.is_loopback(); };
    BeastHttpFetcher http({.connect_timeout = absl::Seconds(5),
                           .http_timeout = absl::Seconds(10),
                           .head_octets_max = limits_.http_head_octets_max,
                           .user_agent = "mpic-test/1",
                           .may_connect = may_connect,
                           .lab_ports = ports_});
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

  static inline NginxServer* nginx_ = nullptr;
  FakeDnsClient dns_;
  FixedClock clock_;
  perspective::Limits limits_;
  perspective::LabPorts ports_{.http = nginx_->http_port(), .https = nginx_->https_port()};
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

TEST_F(NginxTest, Http01OfOddServers) {
  const struct {
    const char* name;
    const char* verdict;
    unsigned status;
  } cases[] = {
      {"chunks.example.com", "PASSED", 200},
      {"compressed.example.com", "FAILED BODY_MISMATCH", 200},
      {"front-page.example.com", "FAILED BODY_MISMATCH", 200},
      {"password.example.com", "FAILED HTTP_STATUS", 401},
      {"dead-backend.example.com", "FAILED HTTP_STATUS", 502},
      {"partial.example.com", "PASSED", 206},  // any 2xx (BR 3.2.2.4.19)
      {"silent.example.com", "FAILED CONN_RESET", 0},
      {"other-port.example.com", "FAILED REDIRECT_PORT", 308},
      {"nowhere.example.com", "FAILED REDIRECT_STATUS", 303},
      {"unknown-name.example.com", "FAILED TLS_ALERT", 301},
      {"members.example.com", "FAILED HTTP_STATUS", 400},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    Host(c.name);
    check_.mutable_identifier()->set_dns_name(c.name);
    const v1::CheckResult result = Run(perspective::CheckHttp01);
    EXPECT_EQ(Verdict(result), c.verdict) << result.problem().detail();
    unsigned status = 0;
    for (const v1::Step& step : result.steps()) {
      if (step.http().status() != 0) status = step.http().status();
    }
    EXPECT_EQ(status, c.status);
  }
}

TEST_F(NginxTest, Http01AtPortsThatSpeakSomethingElse) {
  ports_.http = nginx_->http2_port();
  v1::CheckResult result = Run(perspective::CheckHttp01);
  EXPECT_EQ(Verdict(result), "FAILED HTTP_MALFORMED") << result.problem().detail();

  ports_.http = nginx_->https_port();
  result = Run(perspective::CheckHttp01);
  EXPECT_EQ(Verdict(result), "FAILED HTTP_STATUS") << result.problem().detail();
  EXPECT_EQ(result.http().final_status(), 400U);

  ports_ = {.http = nginx_->http_port(), .https = nginx_->http_port()};
  check_.mutable_identifier()->set_dns_name("www.example.com");
  result = Run(perspective::CheckHttp01);
  EXPECT_EQ(Verdict(result), "FAILED NOT_TLS") << result.problem().detail();
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
