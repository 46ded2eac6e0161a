// One check by a method that looks at DNS alone, against a FakeDnsClient at a fixed instant.
#ifndef MPIC_TESTS_SUPPORT_DNS_CHECK_RUN_H_
#define MPIC_TESTS_SUPPORT_DNS_CHECK_RUN_H_

#include <gtest/gtest.h>

#include <boost/asio/awaitable.hpp>
#include <string>
#include <utility>

#include "common/clock.h"
#include "perspective/methods/check_run.h"
#include "tests/support/fake_dns_client.h"
#include "tests/support/fake_tls_prober.h"
#include "tests/support/run_awaitable.h"

namespace mpic::testing {

class DnsCheckRun {
 public:
  // CAA is asked at all levels at once; those that a test does not answer fail.
  explicit DnsCheckRun(v1::Check asked) : check(std::move(asked)) {
    dns.Otherwise(perspective::RecordType::kCaa, LookupError(v1::Problem::DNS_SERVFAIL));
  }

  static absl::Time Now() { return absl::FromUnixSeconds(1795435200); }  // 2026-11-23T12:00:00Z

  // Runs `method` to its end and returns the kind of its problem; KIND_UNSPECIFIED means PASSED.
  perspective::ProblemKind Run(boost::asio::awaitable<void> (*method)(perspective::CheckRun&)) {
    perspective::CheckRun run{.check = check, .senses = senses_, .result = result};
    RunAwaitable(method(run));
    EXPECT_NE(result.outcome(), v1::OUTCOME_UNSPECIFIED);
    EXPECT_EQ(result.outcome() == v1::PASSED, !result.has_problem());
    EXPECT_LE(result.problem().detail().size(), 512U) << result.problem().detail();
    // What cannot be read back would never reach a coordinator.
    EXPECT_TRUE(v1::CheckResult().ParseFromString(result.SerializeAsString()));
    return result.problem().kind();
  }

  void KnowNoUncachedName() { senses_.uncached_name = nullptr; }

  v1::Check check;
  v1::CheckResult result;
  FakeDnsClient dns;

 private:
  class FixedClock final : public Clock {
   public:
    absl::Time Now() const override { return DnsCheckRun::Now(); }
  };
  class NoHttp final : public perspective::HttpFetcher {
   public:
    std::string RequestHead(const perspective::Url&) const override { return {}; }
    boost::asio::awaitable<perspective::HttpReply> Get(perspective::HttpRequest) override {
      ADD_FAILURE() << "a DNS method used HTTP";
      co_return perspective::HttpReply{};
    }
  };

  FixedClock clock_;
  NoHttp http_;
  FakeTlsProber tls_;
  perspective::Limits limits_;
  perspective::Senses senses_{
      .dns = dns,
      .http = http_,
      .tls = tls_,
      .clock = clock_,
      .limits = limits_,
      .may_connect = [](const IpAddress&) { return false; },
      .uncached_name = [] { return DomainName::ParseDns("0f.probe.example.net").value(); }};
};

}  // namespace mpic::testing

#endif  // MPIC_TESTS_SUPPORT_DNS_CHECK_RUN_H_
