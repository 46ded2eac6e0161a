// A small Internet for the web methods: zones, web and TLS servers, and the run of one check in it.
#ifndef MPIC_TESTS_SUPPORT_WEB_WORLD_H_
#define MPIC_TESTS_SUPPORT_WEB_WORLD_H_

#include <boost/asio/awaitable.hpp>
#include <string>

#include "absl/time/time.h"
#include "perspective/methods/check_run.h"
#include "tests/support/fake_dns_client.h"
#include "tests/support/fake_http_fetcher.h"
#include "tests/support/fake_tls_prober.h"
#include "tests/support/run_awaitable.h"

namespace mpic::testing {

// The values of the specification's test vectors.
inline constexpr char kThumbprint[] = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs";
inline constexpr char kToken[] = "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA";
inline constexpr char kRandomValue[] = "4f9c2a7be1d04c6f8a35b1e97d20c4aa";
inline std::string KeyAuthorizationText() { return absl::StrCat(kToken, ".", kThumbprint); }

class FixedClock final : public Clock {
 public:
  absl::Time Now() const override { return absl::FromUnixSeconds(1795435200); }
};

// shop.example.com is at 192.0.2.10 and has no AAAA record; tests add and replace. The guard lets
// documentation addresses through unless it is told otherwise.
struct WebWorld {
  FakeDnsClient dns;
  FakeHttpFetcher http;
  FakeTlsProber tls;
  FixedClock clock;
  perspective::Limits limits;
  bool guard_lifted = true;
  v1::Check check;

  WebWorld() {
    Host("shop.example.com", {}, {"192.0.2.10"});
    check.set_check_id("check-1");
    check.mutable_identifier()->set_dns_name("shop.example.com");
  }

  void Host(const std::string& name, const std::vector<std::string>& v6,
            const std::vector<std::string>& v4) {
    dns.Answer(name, RecordType::kAaaa, AddressAnswer(v6));
    dns.Answer(name, RecordType::kA, AddressAnswer(v4));
  }

  v1::CheckResult Run(boost::asio::awaitable<void> (*method)(perspective::CheckRun& run)) {
    perspective::Senses senses{.dns = dns,
                               .http = http,
                               .tls = tls,
                               .clock = clock,
                               .limits = limits,
                               .may_connect = [this](const IpAddress& address) {
                                 return guard_lifted || !ReservedBlock(address);
                               }};
    v1::CheckResult result;
    perspective::CheckRun run{.check = check, .senses = senses, .result = result};
    RunAwaitable(method(run));
    return result;
  }
};

// "PASSED", or outcome and kind as "FAILED BODY_MISMATCH".
inline std::string Verdict(const v1::CheckResult& result) {
  const std::string outcome = v1::Outcome_Name(result.outcome());
  if (!result.has_problem()) return outcome;
  return absl::StrCat(outcome, " ", v1::Problem::Kind_Name(result.problem().kind()));
}

}  // namespace mpic::testing

#endif  // MPIC_TESTS_SUPPORT_WEB_WORLD_H_
