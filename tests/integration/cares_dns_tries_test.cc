// Lookup errors, and the tries that follow them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "absl/time/time.h"
#include "tests/integration/cares_dns_client_suite.h"

namespace mpic::perspective {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST_F(CaresDnsClientTest, TriesAgainAfterADroppedQuery) {
  server_.DropFirst(2);
  Create(server_.endpoint());
  const DnsAnswer answer = Ask();
  EXPECT_FALSE(answer.lookup_failed()) << answer.problem.detail;
  EXPECT_EQ(answer.tries, 3U);
}

TEST_F(CaresDnsClientTest, IsBoundedByTriesTimesTimeout) {
  server_.DropFirst(HostileDnsServer::kAlways);
  Create(server_.endpoint(), 2, absl::Milliseconds(50));
  const DnsAnswer answer = Ask();
  EXPECT_EQ(KindOf(answer), "DNS_TIMEOUT");
  EXPECT_EQ(answer.tries, 2U);
  EXPECT_EQ(server_.udp_queries(), 2);
  EXPECT_THAT(answer.problem.detail, HasSubstr("query TXT www.example.com"));
  EXPECT_THAT(answer.problem.detail, HasSubstr("after 2 tries"));
  EXPECT_GE(answer.elapsed, absl::Milliseconds(50));
  EXPECT_EQ(answer.dnssec, v1::DNSSEC_STATUS_UNSPECIFIED);
}

TEST_F(CaresDnsClientTest, TriesAgainAfterServfail) {
  server_.ServfailFirst(1);
  Create(server_.endpoint());
  const DnsAnswer answer = Ask();
  EXPECT_FALSE(answer.lookup_failed()) << answer.problem.detail;
  EXPECT_EQ(answer.tries, 2U);
}

TEST_F(CaresDnsClientTest, ServfailAtEveryTry) {
  server_.ServfailFirst(HostileDnsServer::kAlways);
  Create(server_.endpoint());
  const DnsAnswer answer = Ask();
  EXPECT_EQ(KindOf(answer), "DNS_SERVFAIL");
  EXPECT_EQ(answer.rcode, 2);
  EXPECT_EQ(server_.udp_queries(), 3);
}

TEST_F(CaresDnsClientTest, EveryTryOfAFailedLookupCounts) {
  Create(server_.endpoint(), 3, absl::Milliseconds(50));
  server_.ServfailFirst(HostileDnsServer::kAlways);
  EXPECT_FALSE(Ask().tries_differed);
  server_.DropFirst(1);
  DnsAnswer answer = Ask();
  EXPECT_EQ(KindOf(answer), "DNS_SERVFAIL");
  EXPECT_EQ(answer.tries, 3U);
  EXPECT_TRUE(answer.tries_differed);
  // What succeeds in the end is an answer like any other.
  server_.ServfailFirst(1);
  server_.DropFirst(1);
  answer = Ask();
  EXPECT_FALSE(answer.lookup_failed()) << answer.problem.detail;
  EXPECT_EQ(answer.tries, 3U);
  EXPECT_FALSE(answer.tries_differed);
}

TEST_F(CaresDnsClientTest, ABogusAnswerIsFinal) {
  server_.Bogus();
  Create(server_.endpoint());
  const DnsAnswer answer = Ask();
  EXPECT_EQ(KindOf(answer), "DNSSEC_BOGUS");
  EXPECT_EQ(answer.dnssec, v1::BOGUS);
  EXPECT_EQ(answer.tries, 1U);
  EXPECT_EQ(server_.udp_queries(), 1);
}

TEST_F(CaresDnsClientTest, RepliesToAnotherQuestionAreWaitedOut) {
  const std::function<void(HostileDnsServer&)> switches[] = {
      [](HostileDnsServer& server) { server.WrongTransactionId(); },
      [](HostileDnsServer& server) { server.WrongQuestion(); }};
  for (const auto& hostile : switches) {
    HostileDnsServer server;
    server.Add("www.example.com", kTxt, CharacterString("forged"));
    hostile(server);
    Create(server.endpoint(), 2, absl::Milliseconds(50));
    const DnsAnswer answer = Ask();
    EXPECT_EQ(KindOf(answer), "DNS_TIMEOUT");
    EXPECT_THAT(answer.rdata, IsEmpty());
    EXPECT_EQ(answer.tries, 2U);
  }
}

TEST_F(CaresDnsClientTest, GarbageIsALookupError) {
  server_.Garbage();
  Create(server_.endpoint());
  const DnsAnswer answer = Ask();
  EXPECT_EQ(KindOf(answer), "DNS_MALFORMED");
  EXPECT_EQ(answer.tries, 3U);
}

TEST_F(CaresDnsClientTest, NothingListensThere) {
  // A port that was free a moment ago.
  const IpEndpoint nowhere = HostileDnsServer().endpoint();
  Create(nowhere, 3, absl::Seconds(60));  // not waited for: the kernel says so at once
  const DnsAnswer answer = Ask();
  EXPECT_EQ(KindOf(answer), "DNS_TIMEOUT");
  EXPECT_EQ(answer.tries, 3U);
}

}  // namespace
}  // namespace mpic::perspective
