// A CaresDnsClient on a loop that the test turns by hand, asking a server that misbehaves on
// demand.
#ifndef MPIC_TESTS_INTEGRATION_CARES_DNS_CLIENT_SUITE_H_
#define MPIC_TESTS_INTEGRATION_CARES_DNS_CLIENT_SUITE_H_

#include <gtest/gtest.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/loop_task.h"
#include "perspective/net/cares_dns_client.h"
#include "tests/support/fake_dns_client.h"
#include "tests/support/hostile_dns_server.h"

namespace mpic::perspective {

using testing::CharacterString;
using testing::HostileDnsServer;

inline constexpr unsigned kTxt = 16;

inline DnsQuestion Txt(const std::string& name = "www.example.com") {
  return {.name = DomainName::ParseDns(name).value(), .type = RecordType::kTxt};
}

// Whatever is spawned needs a result that can be empty.
inline boost::asio::awaitable<absl::StatusOr<DnsAnswer>> Query(DnsClient& client,
                                                               DnsQuestion question) {
  co_return co_await client.Query(std::move(question));
}

// Turns the loop until something that may come from elsewhere has happened; ctest bounds the wait.
inline void TurnUntil(boost::asio::io_context& loop, const std::function<bool()>& done) {
  while (!done()) {
    loop.restart();
    if (loop.poll_one() == 0) absl::SleepFor(absl::Milliseconds(1));
  }
}

// A client on a loop that the test turns by hand, and the answers that have come.
class CaresDnsClientTest : public ::testing::Test {
 protected:
  CaresDnsClientTest() { server_.Add("www.example.com", kTxt, CharacterString("value")); }

  void Create(IpEndpoint resolver, unsigned tries = 3,
              absl::Duration timeout = absl::Milliseconds(200)) {
    auto client = CaresDnsClient::Create(loop_, {.resolver = resolver,
                                                 .resolver_validates = true,
                                                 .timeout = timeout,
                                                 .tries_max = tries,
                                                 .random_id = [this] { return ++id_; }});
    ASSERT_TRUE(client.ok()) << client.status();
    client_ = *std::move(client);
  }

  // Starts a query; its outcome goes to outcomes_[i].
  std::shared_ptr<LoopTask> Start(DnsQuestion question) {
    const std::size_t i = outcomes_.size();
    outcomes_.emplace_back();
    return LoopTask::Start(
        loop_, Query(*client_, std::move(question)),
        [this, i](absl::StatusOr<DnsAnswer> answer) { outcomes_[i] = std::move(answer); });
  }
  void Turn() {
    loop_.restart();
    loop_.run();
  }
  DnsAnswer Ask(DnsQuestion question = Txt()) {
    const auto task = Start(std::move(question));
    Turn();
    const auto& outcome = outcomes_.back();
    EXPECT_TRUE(outcome.has_value() && outcome->ok());
    return outcome.has_value() && outcome->ok() ? **outcome : DnsAnswer{.question = Txt()};
  }
  static std::string KindOf(const DnsAnswer& answer) {
    return v1::Problem::Kind_Name(answer.problem.kind);
  }

  HostileDnsServer server_;
  std::uint16_t id_ = 1000;
  boost::asio::io_context loop_{1};
  std::unique_ptr<CaresDnsClient> client_;
  std::vector<std::optional<absl::StatusOr<DnsAnswer>>> outcomes_;
};

}  // namespace mpic::perspective

#endif  // MPIC_TESTS_INTEGRATION_CARES_DNS_CLIENT_SUITE_H_
