#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/loop_task.h"
#include "tests/integration/cares_dns_client_suite.h"

namespace mpic::perspective {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// -- Answers ------------------------------------------------------------------------------------

TEST_F(CaresDnsClientTest, AsksByUdp) {
  Create(server_.endpoint());
  const DnsAnswer answer = Ask();
  EXPECT_FALSE(answer.lookup_failed()) << answer.problem.detail;
  EXPECT_THAT(answer.rdata, ElementsAre(CharacterString("value")));
  EXPECT_EQ(answer.question.name.text(), "www.example.com");
  EXPECT_EQ(answer.min_ttl_seconds, 300U);
  EXPECT_EQ(answer.tries, 1U);
  EXPECT_FALSE(answer.tcp);
  EXPECT_EQ(answer.dnssec, v1::NOT_SECURE);
}

TEST_F(CaresDnsClientTest, NxdomainIsAnAnswerAtTheFirstTry) {
  Create(server_.endpoint());
  const DnsAnswer answer = Ask(Txt("missing.example.com"));
  EXPECT_TRUE(answer.nxdomain());
  EXPECT_EQ(answer.tries, 1U);
}

TEST_F(CaresDnsClientTest, AsksAResolverByIpv6) {
  HostileDnsServer server(HostileDnsServer::Family::kV6);
  server.Add("www.example.com", kTxt, CharacterString("by six"));
  Create(server.endpoint());
  EXPECT_THAT(Ask().rdata, ElementsAre(CharacterString("by six")));
  server.Truncate();
  const DnsAnswer answer = Ask();
  EXPECT_TRUE(answer.tcp);
  EXPECT_THAT(answer.rdata, ElementsAre(CharacterString("by six")));
}

TEST_F(CaresDnsClientTest, ALateAnswerWithinTheTimeoutCounts) {
  server_.Late(absl::Milliseconds(50));
  Create(server_.endpoint(), 1, absl::Seconds(20));
  EXPECT_FALSE(Ask().lookup_failed());
}

TEST_F(CaresDnsClientTest, TheSourcePortDoesNotStandStill) {
  Create(server_.endpoint(), 3, absl::Seconds(20));
  for (int i = 0; i < 8; ++i) EXPECT_FALSE(Ask().lookup_failed());
  EXPECT_GT(server_.client_ports(), 5U);  // the kernel may choose one twice
  server_.Late(absl::Milliseconds(1));    // from now on its channels are never idle
  std::vector<std::shared_ptr<LoopTask>> tasks;
  for (int i = 0; i < 400; ++i) tasks.push_back(Start(Txt()));
  Turn();
  for (const auto& outcome : outcomes_) EXPECT_FALSE(outcome.value()->lookup_failed());
  EXPECT_GT(server_.client_ports(), 8U);
}

// -- Truncation and TCP -------------------------------------------------------------------------

TEST_F(CaresDnsClientTest, ATruncatedReplyIsAskedForByTcp) {
  server_.Truncate();
  Create(server_.endpoint());
  const DnsAnswer answer = Ask();
  EXPECT_FALSE(answer.lookup_failed()) << answer.problem.detail;
  EXPECT_TRUE(answer.tcp);
  EXPECT_EQ(answer.tries, 1U);
  EXPECT_THAT(answer.rdata, ElementsAre(CharacterString("value")));
}

TEST_F(CaresDnsClientTest, LongAnswersComeWholeByTcp) {
  const std::string rdata = CharacterString(std::string(255, 'x'));
  for (int i = 0; i < 200; ++i) server_.Add("long.example.com", kTxt, rdata);
  Create(server_.endpoint());
  const DnsAnswer answer = Ask(Txt("long.example.com"));
  EXPECT_FALSE(answer.lookup_failed()) << answer.problem.detail;
  EXPECT_THAT(answer.rdata, SizeIs(200));
  EXPECT_TRUE(answer.tcp);
}

TEST_F(CaresDnsClientTest, Vector127TruncatedAndTcpRefusedIsAnError) {
  server_.Truncate();
  server_.TcpRefused();
  Create(server_.endpoint(), 2);
  const DnsAnswer answer = Ask();
  EXPECT_EQ(KindOf(answer), "DNS_TRUNCATED");
  EXPECT_TRUE(answer.tcp);
  EXPECT_EQ(answer.tries, 2U);
  EXPECT_THAT(answer.rdata, IsEmpty());
}

TEST_F(CaresDnsClientTest, ATcpReplyThatBreaksOffIsAnError) {
  server_.Truncate();
  server_.TcpClosesEarly();
  Create(server_.endpoint(), 2);
  const DnsAnswer answer = Ask();
  EXPECT_EQ(KindOf(answer), "DNS_TRUNCATED");
  EXPECT_EQ(server_.tcp_queries(), 2);
}

// c-ares itself asks again without EDNS.
TEST_F(CaresDnsClientTest, AFormerrDoesNotSpoilLaterLongAnswers) {
  for (int i = 0; i < 4; ++i) {
    server_.Add("long.example.com", kTxt, CharacterString(std::string(200, 'x')));
  }
  server_.FormerrFirst(1);
  Create(server_.endpoint());
  EXPECT_FALSE(Ask().lookup_failed());
  for (int i = 0; i < 3; ++i) {
    const DnsAnswer answer = Ask(Txt("long.example.com"));
    EXPECT_FALSE(answer.lookup_failed()) << answer.problem.detail;
    EXPECT_THAT(answer.rdata, SizeIs(4));
    EXPECT_EQ(answer.tries, 1U);
  }
}

// -- Many at once, cancellation, destruction ----------------------------------------------------

TEST_F(CaresDnsClientTest, FiveHundredQueriesInFlight) {
  for (int i = 0; i < 500; ++i) {
    server_.Add(absl::StrCat("n", i, ".example.com"), kTxt, CharacterString(absl::StrCat(i)));
  }
  Create(server_.endpoint(), 5, absl::Seconds(1));
  std::vector<std::shared_ptr<LoopTask>> tasks;
  for (int i = 0; i < 500; ++i) tasks.push_back(Start(Txt(absl::StrCat("n", i, ".example.com"))));
  Turn();
  for (int i = 0; i < 500; ++i) {
    const auto& outcome = outcomes_[static_cast<std::size_t>(i)];
    ASSERT_TRUE(outcome.has_value() && outcome->ok()) << i;
    ASSERT_THAT((*outcome)->rdata, ElementsAre(CharacterString(absl::StrCat(i))))
        << (*outcome)->problem.detail;
  }
}

TEST_F(CaresDnsClientTest, OneOfManyIsCancelledAndTheOthersFinish) {
  server_.Ignore("silent.example.com");
  Create(server_.endpoint(), 1, absl::Seconds(1));
  const auto first = Start(Txt());
  const auto silent = Start(Txt("silent.example.com"));
  const auto silent_too = Start(Txt("silent.example.com"));
  const auto second = Start(Txt());
  TurnUntil(loop_, [this] { return outcomes_[0].has_value() && outcomes_[3].has_value(); });
  EXPECT_TRUE(outcomes_[0]->ok());
  EXPECT_TRUE(outcomes_[3]->ok());
  ASSERT_FALSE(outcomes_[1].has_value());
  silent->Cancel();
  TurnUntil(loop_, [this] { return outcomes_[1].has_value(); });
  EXPECT_TRUE(absl::IsCancelled(outcomes_[1]->status()));
  EXPECT_FALSE(outcomes_[2].has_value()) << "only one was cancelled";
  const auto third = Start(Txt());
  TurnUntil(loop_, [this] { return outcomes_[4].has_value(); });
  EXPECT_TRUE(outcomes_[4]->ok());
  Turn();  // c-ares' own timeouts of the cancelled query find nobody
  ASSERT_TRUE(outcomes_[2].has_value() && outcomes_[2]->ok());
  EXPECT_EQ(KindOf(**outcomes_[2]), "DNS_TIMEOUT");
}

TEST_F(CaresDnsClientTest, ALateAnswerToACancelledQueryIsDropped) {
  server_.Late(absl::Milliseconds(50));
  Create(server_.endpoint(), 1, absl::Seconds(2));
  const auto task = Start(Txt());
  TurnUntil(loop_, [this] { return server_.udp_queries() > 0; });
  task->Cancel();
  Turn();
  EXPECT_TRUE(absl::IsCancelled(outcomes_[0]->status()));
}

TEST_F(CaresDnsClientTest, DestructionCancelsWhatIsUnderWay) {
  server_.Ignore("silent.example.com");
  server_.Truncate();
  Create(server_.endpoint(), 3, absl::Seconds(60));
  std::vector<std::shared_ptr<LoopTask>> tasks;
  for (int i = 0; i < 10; ++i) tasks.push_back(Start(Txt("silent.example.com")));
  tasks.push_back(Start(Txt()));  // by TCP in between
  TurnUntil(loop_, [this] { return outcomes_[10].has_value(); });
  client_.reset();
  Turn();
  for (std::size_t i = 0; i < 10; ++i) {
    ASSERT_TRUE(outcomes_[i].has_value());
    EXPECT_TRUE(absl::IsCancelled(outcomes_[i]->status())) << outcomes_[i]->status();
  }
}

// Destroys the client so many turns of the loop's queue from now.
void DestroyAfter(int turns, boost::asio::io_context& loop,
                  std::unique_ptr<CaresDnsClient>& client) {
  boost::asio::post(loop, [turns, &loop, &client] {
    if (turns == 0) {
      client.reset();
    } else {
      DestroyAfter(turns - 1, loop, client);
    }
  });
}

// Between the timer's expiry, its handler and the waiter that it resumes, the client may go at any
// point. What the waiter is told depends on that; that nothing is touched is for the sanitizer.
TEST_F(CaresDnsClientTest, DestructionWhileTheTimerFires) {
  server_.DropFirst(HostileDnsServer::kAlways);
  for (int turns = 0; turns < 4; ++turns) {
    SCOPED_TRACE(turns);
    Create(server_.endpoint(), 1, absl::Milliseconds(10));
    const auto task = Start(Txt());
    boost::asio::steady_timer breaker(loop_, std::chrono::milliseconds(5));
    breaker.async_wait([this, turns](boost::system::error_code) {
      absl::SleepFor(absl::Milliseconds(20));  // past the timeout, so that both are due
      DestroyAfter(turns, loop_, client_);
    });
    Turn();
    ASSERT_TRUE(outcomes_.back().has_value());
    const auto& outcome = *outcomes_.back();
    EXPECT_EQ(outcome.ok() ? KindOf(*outcome) : "DNS_TIMEOUT", "DNS_TIMEOUT");
    EXPECT_TRUE(outcome.ok() || absl::IsCancelled(outcome.status())) << outcome.status();
  }
}

// The way a perspective ends: the loop stops, then its client goes, the queue last.
TEST_F(CaresDnsClientTest, DestructionAfterTheLoopHasStopped) {
  server_.Ignore("silent.example.com");
  Create(server_.endpoint(), 3, absl::Seconds(60));
  for (int i = 0; i < 10; ++i) Start(Txt("silent.example.com"));
  TurnUntil(loop_, [this] { return server_.udp_queries() == 10; });
  loop_.stop();
  client_.reset();
  for (const auto& outcome : outcomes_) EXPECT_FALSE(outcome.has_value());
}

}  // namespace
}  // namespace mpic::perspective
