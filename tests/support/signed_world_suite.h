// A test suite in a small signed Internet of its own: it asks the real resolver through the real
// DNS client, and makes the questions of whole checks.
#ifndef MPIC_TESTS_SUPPORT_SIGNED_WORLD_SUITE_H_
#define MPIC_TESTS_SUPPORT_SIGNED_WORLD_SUITE_H_

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "common/proto_time.h"
#include "perspective/net/cares_dns_client.h"
#include "tests/support/signed_dns_world.h"

namespace mpic::testing {

// A suite calls Build from its SetUpTestSuite.
class SignedWorldSuite : public ::testing::Test {
 protected:
  static void Build(const std::vector<SignedWorldZone>& zones) {
    world_ = new SignedDnsWorld(zones);
    // Until both programs are up; ctest bounds the wait.
    while (Ask("com", perspective::RecordType::kDs).dnssec != v1::SECURE) {
      absl::SleepFor(absl::Milliseconds(20));
    }
  }
  static void TearDownTestSuite() {
    delete world_;
    world_ = nullptr;
  }

  static IpEndpoint resolver() { return world_->resolver(); }

  static perspective::DnsAnswer Ask(const std::string& name, perspective::RecordType type) {
    perspective::DnsAnswer answer{
        .question = {.name = DomainName::ParseDns(name).value(), .type = type}};
    boost::asio::io_context loop;
    boost::asio::co_spawn(loop, Query(loop, answer.question, answer),
                          [](const std::exception_ptr& error) { EXPECT_FALSE(error); });
    loop.run();
    return answer;
  }

 private:
  static boost::asio::awaitable<void> Query(boost::asio::io_context& loop,
                                            perspective::DnsQuestion question,
                                            perspective::DnsAnswer& answer) {
    auto client =
        perspective::CaresDnsClient::Create(loop, {.resolver = resolver(),
                                                   .resolver_validates = true,
                                                   .timeout = absl::Seconds(5),
                                                   .tries_max = 2,
                                                   .random_id = [] { return std::uint16_t{77}; }});
    answer = co_await client.value()->Query(std::move(question));
  }

  static inline SignedDnsWorld* world_ = nullptr;
};

inline v1::Check CheckOf(const std::string& name) {
  v1::Check check;
  check.set_check_id("c-" + name);
  check.mutable_identifier()->set_dns_name(name);
  *check.mutable_time_budget() = ToProtoDuration(absl::Seconds(30));
  return check;
}

inline v1::Check CaaCheckOf(const std::string& name) {
  v1::Check check = CheckOf(name);
  check.mutable_caa()->add_issuer_domain_names("ca.example.com");
  return check;
}

}  // namespace mpic::testing

#endif  // MPIC_TESTS_SUPPORT_SIGNED_WORLD_SUITE_H_
