// Questions that are asked together.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/loop_task.h"
#include "tests/integration/cares_dns_client_suite.h"

namespace mpic::perspective {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

using Answers = std::vector<DnsAnswer>;

boost::asio::awaitable<absl::StatusOr<Answers>> AskAll(DnsClient& client,
                                                       std::vector<DnsQuestion> questions) {
  co_return co_await client.Ask(std::move(questions));
}

class CaresDnsGroupsTest : public CaresDnsClientTest {
 protected:
  CaresDnsGroupsTest() {
    for (const char* name : {"a", "b", "c"}) {
      server_.Add(absl::StrCat(name, ".example.com"), kTxt, CharacterString(name));
    }
  }

  std::shared_ptr<LoopTask> StartGroup(std::vector<DnsQuestion> questions,
                                       std::optional<absl::StatusOr<Answers>>& outcome) {
    return LoopTask::Start(
        loop_, AskAll(*client_, std::move(questions)),
        [&outcome](absl::StatusOr<Answers> answers) { outcome = std::move(answers); });
  }
  // The query is on its way, and whatever comes back has to wait for the loop.
  void TurnUntilAsked() {
    loop_.restart();
    loop_.poll_one();
    while (server_.udp_queries() == 0) absl::SleepFor(absl::Milliseconds(1));
  }
  Answers AskGroup(std::vector<DnsQuestion> questions) {
    std::optional<absl::StatusOr<Answers>> outcome;
    const auto task = StartGroup(std::move(questions), outcome);
    Turn();
    EXPECT_TRUE(outcome.has_value() && outcome->ok());
    return outcome.has_value() && outcome->ok() ? **outcome : Answers();
  }
  static std::vector<DnsQuestion> Abc() {
    return {Txt("a.example.com"), Txt("b.example.com"), Txt("c.example.com")};
  }
};

TEST_F(CaresDnsGroupsTest, AnswersAreInTheOrderOfTheQuestions) {
  server_.DropFirst(1);  // the first is answered last
  Create(server_.endpoint(), 3, absl::Milliseconds(500));
  const Answers answers = AskGroup(Abc());
  ASSERT_THAT(answers, SizeIs(3));
  for (std::size_t i = 0; i < 3; ++i) {
    const std::string name(1, static_cast<char>('a' + i));
    EXPECT_EQ(answers[i].question.name.text(), name + ".example.com");
    EXPECT_THAT(answers[i].rdata, ElementsAre(CharacterString(name)));
    EXPECT_EQ(answers[i].tries, i == 0 ? 2U : 1U) << "each is tried for itself";
  }
  EXPECT_GT(answers[0].elapsed, answers[1].elapsed);
}

TEST_F(CaresDnsGroupsTest, OneThatFailsLeavesTheOthersAlone) {
  server_.Ignore("b.example.com");
  Create(server_.endpoint(), 2, absl::Milliseconds(300));
  const Answers answers = AskGroup(Abc());
  ASSERT_THAT(answers, SizeIs(3));
  EXPECT_FALSE(answers[0].lookup_failed());
  EXPECT_EQ(KindOf(answers[1]), "DNS_TIMEOUT");
  EXPECT_EQ(answers[1].tries, 2U);
  EXPECT_FALSE(answers[2].lookup_failed());
  EXPECT_EQ(server_.udp_queries(), 4);
}

TEST_F(CaresDnsGroupsTest, OnlyWhatIsTruncatedIsAskedForByTcp) {
  for (int i = 0; i < 10; ++i) {
    server_.Add("long.example.com", kTxt, CharacterString(std::string(200, 'x')));
  }
  Create(server_.endpoint());
  const Answers answers = AskGroup({Txt("a.example.com"), Txt("long.example.com")});
  ASSERT_THAT(answers, SizeIs(2));
  EXPECT_FALSE(answers[0].tcp);
  EXPECT_TRUE(answers[1].tcp);
  EXPECT_THAT(answers[1].rdata, SizeIs(10));
  EXPECT_EQ(answers[1].tries, 1U);
  EXPECT_EQ(server_.tcp_queries(), 1);
}

TEST_F(CaresDnsGroupsTest, AGroupMayTakeMoreThanOneChannel) {
  Create(server_.endpoint(), 5, absl::Seconds(1));
  const Answers answers = AskGroup(std::vector<DnsQuestion>(250, Txt()));
  ASSERT_THAT(answers, SizeIs(250));
  for (const DnsAnswer& answer : answers) EXPECT_FALSE(answer.lookup_failed());
  EXPECT_GT(server_.client_ports(), 1U);
}

TEST_F(CaresDnsGroupsTest, OneGroupIsCancelledAndNotTriedAgain) {
  server_.Ignore("silent.example.com");
  Create(server_.endpoint(), 3, absl::Seconds(1));
  std::optional<absl::StatusOr<Answers>> silent;
  std::optional<absl::StatusOr<Answers>> other;
  const auto task = StartGroup({Txt("a.example.com"), Txt("silent.example.com")}, silent);
  const auto other_task = StartGroup(Abc(), other);
  TurnUntil(loop_, [&] { return other.has_value(); });
  EXPECT_TRUE(other->ok());
  ASSERT_FALSE(silent.has_value());
  task->Cancel();
  TurnUntil(loop_, [&] { return silent.has_value(); });
  EXPECT_TRUE(absl::IsCancelled(silent->status()));
  Turn();  // until c-ares has given up
  EXPECT_EQ(server_.udp_queries(), 5);
}

TEST_F(CaresDnsGroupsTest, DestructionBetweenTwoTries) {
  server_.ServfailFirst(HostileDnsServer::kAlways);
  Create(server_.endpoint(), 3, absl::Seconds(60));
  std::optional<absl::StatusOr<Answers>> outcome;
  const auto task = StartGroup({Txt()}, outcome);
  TurnUntilAsked();
  loop_.restart();
  loop_.run_one();  // the reply; the next try is posted
  ASSERT_FALSE(outcome.has_value());
  client_.reset();
  Turn();
  ASSERT_TRUE(outcome.has_value());
  EXPECT_TRUE(absl::IsCancelled(outcome->status())) << outcome->status();
  EXPECT_EQ(server_.udp_queries(), 1);
}

// The way a perspective ends: nobody is told any more, and nothing is left behind.
TEST_F(CaresDnsGroupsTest, DestructionBetweenTwoTriesAfterTheLoopHasStopped) {
  server_.ServfailFirst(HostileDnsServer::kAlways);
  Create(server_.endpoint(), 3, absl::Seconds(60));
  std::optional<absl::StatusOr<Answers>> outcome;
  StartGroup({Txt()}, outcome);
  TurnUntilAsked();
  loop_.restart();
  loop_.run_one();
  client_.reset();
  EXPECT_FALSE(outcome.has_value());
}

}  // namespace
}  // namespace mpic::perspective
