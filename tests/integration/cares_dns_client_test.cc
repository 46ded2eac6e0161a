#include "perspective/net/cares_dns_client.h"

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
#include "tests/support/fake_dns_client.h"
#include "tests/support/hostile_dns_server.h"

namespace mpic::perspective {
namespace {

using testing::CharacterString;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::HostileDnsServer;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr unsigned kTxt = 16;

DnsQuestion Txt(const std::string& name = "www.example.com") {
  return {.name = DomainName::ParseDns(name).value(), .type = RecordType::kTxt};
}

// Whatever is spawned needs a result that can be empty.
boost::asio::awaitable<absl::StatusOr<DnsAnswer>> Query(DnsClient& client, DnsQuestion question) {
  co_return co_await client.Query(std::move(question));
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

// -- Lookup errors and further tries ------------------------------------------------------------

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

// Turns the loop until something that may come from elsewhere has happened; ctest bounds the wait.
void TurnUntil(boost::asio::io_context& loop, const std::function<bool()>& done) {
  while (!done()) {
    loop.restart();
    if (loop.poll_one() == 0) absl::SleepFor(absl::Milliseconds(1));
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
