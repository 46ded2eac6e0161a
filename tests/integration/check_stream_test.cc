// The behaviour of Check streams: a whole perspective over gRPC, its resolver under the test's
// hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/proto_time.h"
#include "tests/support/fake_dns_client.h"
#include "tests/support/hostile_dns_server.h"
#include "tests/support/perspective_under_test.h"

namespace mpic::testing {
namespace {

constexpr unsigned kTxt = 16;
constexpr char kRandomValue[] = "4f9c2a7be1d04c6f8a35b1e97d20c4aa";

// Asks for the Random Value at _dcv.NAME.
v1::Check DnsChange(const std::string& check_id, const std::string& name) {
  v1::Check check;
  check.set_check_id(check_id);
  check.mutable_identifier()->set_dns_name(name);
  *check.mutable_time_budget() = ToProtoDuration(absl::Seconds(100));
  check.set_attempt(3);
  check.mutable_dns_change()->set_record_type(v1::DnsChange::TXT);
  check.mutable_dns_change()->set_prefix_label("_dcv");
  check.mutable_dns_change()->set_expected_value(kRandomValue);
  return check;
}

// shop.example.com proves control at once; about silent.example.com the resolver says nothing.
class CheckStreamTest : public ::testing::Test {
 protected:
  CheckStreamTest() : config_(LoopbackPerspective(dns_.endpoint())) {
    dns_.Add("_dcv.shop.example.com", kTxt, CharacterString(kRandomValue));
    dns_.Ignore("_dcv.silent.example.com");
    *config_.mutable_limits()->mutable_dns_timeout() = ToProtoDuration(absl::Seconds(10));
    config_.mutable_limits()->set_dns_tries(5);
    *config_.mutable_drain_timeout() = ToProtoDuration(absl::Milliseconds(100));
  }

  PerspectiveUnderTest& perspective() {
    if (!perspective_) perspective_ = std::make_unique<PerspectiveUnderTest>(config_);
    return *perspective_;
  }
  static v1::Check Shop(const std::string& id) { return DnsChange(id, "shop.example.com"); }
  static v1::Check Silent(const std::string& id) { return DnsChange(id, "silent.example.com"); }

  HostileDnsServer dns_;
  config::v1::PerspectiveConfig config_;
  std::unique_ptr<PerspectiveUnderTest> perspective_;
};

TEST_F(CheckStreamTest, HelloComesFirst) {
  config_.mutable_limits()->set_checks_in_flight_per_stream(7);
  CheckConversation conversation(perspective().stub());
  const auto first = conversation.Hear();
  ASSERT_TRUE(first.has_value() && first->has_hello());
  EXPECT_EQ(first->hello().perspective().perspective_id(), "lab-1");
  EXPECT_TRUE(first->hello().perspective().lab());
  EXPECT_EQ(first->hello().checks_in_flight_max(), 7U);
  const std::vector<int> methods(first->hello().supported_methods().begin(),
                                 first->hello().supported_methods().end());
  EXPECT_THAT(methods, ::testing::IsSupersetOf<int>(
                           {v1::DNS_CHANGE, v1::DNS_01, v1::CAA_EMAIL_CONTACT,
                            v1::TXT_EMAIL_CONTACT, v1::TXT_PHONE_CONTACT, v1::CAA_PHONE_CONTACT,
                            v1::WEBSITE_CHANGE, v1::HTTP_01, v1::TLS_ALPN_01, v1::DNS_ACCOUNT_01,
                            v1::DNS_PERSIST, v1::REVERSE_LOOKUP, v1::CAA}));
  conversation.HalfClose();
  EXPECT_FALSE(conversation.Hear().has_value());
  EXPECT_TRUE(conversation.End().ok());
}

TEST_F(CheckStreamTest, NobodyIsServedWhileTheResolverDoesNotValidate) {
  config_.mutable_resolver()->mutable_proof_interval()->set_seconds(1);
  dns_.Validates(false);
  const auto status_of_a_stream = [&] {
    CheckConversation conversation(perspective().stub());
    const auto first = conversation.Hear();
    conversation.HalfClose();
    return first.has_value() ? grpc::Status::OK : conversation.End();
  };
  const grpc::Status refused = status_of_a_stream();
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(refused.error_message(), ::testing::HasSubstr("DS com was answered without AD"));
  dns_.Validates(true);
  for (int i = 0; i < 100 && !status_of_a_stream().ok(); ++i)
    absl::SleepFor(absl::Milliseconds(100));
  // One that is served loses its stream when the resolver loses its anchor.
  const auto conversation = perspective().Open();
  conversation->Ask(Silent("a"));
  dns_.Validates(false);
  std::optional<v1::CheckResponse> last;
  while (const auto message = conversation->Hear()) last = message;
  EXPECT_TRUE(last.has_value() && last->has_going_away());
  EXPECT_EQ(conversation->End().error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(CheckStreamTest, AResultStandsAlone) {
  const v1::CheckResult result = perspective().Run(Shop("a"));
  EXPECT_EQ(VerdictOf(result), "PASSED") << result.problem().detail();
  EXPECT_EQ(result.check_id(), "a");
  EXPECT_EQ(result.attempt(), 3U);
  EXPECT_EQ(result.perspective().perspective_id(), "lab-1");
  EXPECT_EQ(result.observed_value(), kRandomValue);
  EXPECT_GE(FromTimestamp(result.finished_at()), FromTimestamp(result.started_at()));
  ASSERT_EQ(result.steps_size(), 1);
  EXPECT_EQ(result.steps(0).dns().qname(), "_dcv.shop.example.com");
}

TEST_F(CheckStreamTest, HalfCloseLetsEverythingBeAnswered) {
  const auto conversation = perspective().Open();
  constexpr int kChecks = 50;
  for (int i = 0; i < kChecks; ++i) conversation->Ask(Shop(absl::StrCat("c", i)));
  conversation->HalfClose();
  std::set<std::string> answered;
  while (const auto response = conversation->Hear()) {
    EXPECT_EQ(VerdictOf(response->result()), "PASSED");
    EXPECT_TRUE(answered.insert(response->result().check_id()).second) << "answered twice";
  }
  EXPECT_EQ(answered.size(), std::size_t{kChecks});
  EXPECT_TRUE(conversation->End().ok());
}

TEST_F(CheckStreamTest, AnIdMayComeAgainOnceItHasBeenAnswered) {
  const auto conversation = perspective().Open();
  for (int i = 0; i < 3; ++i) {
    conversation->Ask(Shop("same"));
    EXPECT_EQ(VerdictOf(conversation->HearResult()), "PASSED");
  }
}

// -- Messages that break the protocol -----------------------------------------------------------

TEST_F(CheckStreamTest, ADuplicateIdInFlightEndsTheStream) {
  const auto conversation = perspective().Open();
  conversation->Ask(Silent("twice"));
  conversation->Ask(Shop("twice"));
  EXPECT_FALSE(conversation->Hear().has_value());
  const grpc::Status end = conversation->End();
  EXPECT_EQ(end.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(end.error_message(), ::testing::HasSubstr("check.check_id"));
}

TEST_F(CheckStreamTest, MessagesThatBreakTheProtocolEndTheStream) {
  std::vector<v1::CheckRequest> requests(1);  // without content
  for (const std::string& id : {std::string(), std::string(65, 'a'), std::string("a b"),
                                std::string("\xC3\xA4"), std::string("a\n")}) {
    *requests.emplace_back().mutable_check() = Shop(id);
  }
  for (const std::string& id : {std::string(129, 'a'), std::string("a\n")}) {
    v1::CheckRequest& request = requests.emplace_back();
    *request.mutable_check() = Shop("request");
    request.set_request_id(id);
  }
  for (const v1::CheckRequest& request : requests) {
    SCOPED_TRACE(request.ShortDebugString());
    const auto conversation = perspective().Open();
    conversation->Say(request);
    EXPECT_FALSE(conversation->Hear().has_value());
    EXPECT_EQ(conversation->End().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  }
}

TEST_F(CheckStreamTest, ChecksThatCannotBeUnderstoodAreAnsweredAndTheStreamGoesOn) {
  v1::Check unsupported = Shop("unsupported");
  unsupported.clear_dns_change();
  v1::Check short_budget = Shop("short");
  *short_budget.mutable_time_budget() = ToProtoDuration(absl::Milliseconds(99));
  v1::Check long_budget = Shop("long");
  *long_budget.mutable_time_budget() = ToProtoDuration(absl::Seconds(121));
  v1::Check no_budget = Shop("none");
  no_budget.clear_time_budget();
  const struct {
    v1::Check check;
    const char* verdict;
  } cases[] = {{unsupported, "ERROR UNSUPPORTED_METHOD"},
               {short_budget, "ERROR BAD_REQUEST"},
               {long_budget, "ERROR BAD_REQUEST"},
               {no_budget, "ERROR BAD_REQUEST"},
               {Shop("good"), "PASSED"}};
  const auto conversation = perspective().Open();
  for (const auto& c : cases) {
    SCOPED_TRACE(c.check.check_id());
    conversation->Ask(c.check);
    const v1::CheckResult result = conversation->HearResult();
    EXPECT_EQ(VerdictOf(result), c.verdict) << result.problem().detail();
    EXPECT_EQ(result.check_id(), c.check.check_id());
    EXPECT_EQ(result.attempt(), 3U);
  }
}

// -- Ends before the answer ---------------------------------------------------------------------

TEST_F(CheckStreamTest, ACancelledCheckIsAnsweredCancelled) {
  const auto conversation = perspective().Open();
  conversation->CancelCheck("unknown");  // ignored
  conversation->Ask(Silent("doomed"));
  conversation->Ask(Silent("spared"));
  conversation->CancelCheck("doomed");
  v1::CheckResult result = conversation->HearResult();
  EXPECT_EQ(result.check_id(), "doomed");
  EXPECT_EQ(VerdictOf(result), "ERROR CANCELLED") << result.problem().detail();
  EXPECT_EQ(result.attempt(), 3U);
  EXPECT_EQ(result.perspective().perspective_id(), "lab-1");
  conversation->Ask(Shop("good"));
  EXPECT_EQ(VerdictOf(conversation->HearResult()), "PASSED");
  conversation->CancelCheck("spared");
  EXPECT_EQ(conversation->HearResult().check_id(), "spared");
}

TEST_F(CheckStreamTest, ACheckThatGetsNoAnswerTimesOutAndTheStreamGoesOn) {
  v1::Check check = Silent("slow");
  *check.mutable_time_budget() = ToProtoDuration(absl::Milliseconds(150));
  const auto conversation = perspective().Open();
  conversation->Ask(check);
  conversation->Ask(Shop("fast"));
  EXPECT_EQ(conversation->HearResult().check_id(), "fast");
  const v1::CheckResult result = conversation->HearResult();
  EXPECT_EQ(result.check_id(), "slow");
  EXPECT_EQ(VerdictOf(result), "ERROR TIMED_OUT");
  EXPECT_THAT(result.problem().detail(), ::testing::HasSubstr("150ms"));
  conversation->Ask(Shop("next"));
  EXPECT_EQ(VerdictOf(conversation->HearResult()), "PASSED");
}

TEST_F(CheckStreamTest, ACancelledCallFreesItsChecks) {
  config_.mutable_limits()->set_checks_in_flight(1);  // of the process: what is left over shows
  const auto doomed = perspective().Open();
  doomed->Ask(Silent("doomed"));
  const auto other = perspective().Open();
  while (true) {  // until the first check has arrived
    other->Ask(Shop("probe"));
    if (VerdictOf(other->HearResult()) == "ERROR OVERLOADED") break;
    absl::SleepFor(absl::Milliseconds(5));
  }
  doomed->CancelCall();
  EXPECT_FALSE(doomed->Hear().has_value());
  EXPECT_EQ(doomed->End().error_code(), grpc::StatusCode::CANCELLED);
  std::string verdict;
  while (verdict != "PASSED") {  // until the perspective has noticed; ctest bounds it
    other->Ask(Shop("probe"));
    verdict = VerdictOf(other->HearResult());
    absl::SleepFor(absl::Milliseconds(5));
  }
}

TEST_F(CheckStreamTest, OneCheckOverTheLimitIsOverloaded) {
  config_.mutable_limits()->set_checks_in_flight_per_stream(2);
  const auto conversation = perspective().Open();
  conversation->Ask(Silent("one"));
  conversation->Ask(Silent("two"));
  conversation->Ask(Shop("three"));
  const v1::CheckResult refused = conversation->HearResult();
  EXPECT_EQ(refused.check_id(), "three");
  EXPECT_EQ(VerdictOf(refused), "ERROR OVERLOADED");
  EXPECT_EQ(refused.attempt(), 3U);
  const auto another = perspective().Open();  // has its own limit
  another->Ask(Shop("three"));
  EXPECT_EQ(VerdictOf(another->HearResult()), "PASSED");
  conversation->CancelCheck("one");
  EXPECT_EQ(VerdictOf(conversation->HearResult()), "ERROR CANCELLED");
  conversation->Ask(Shop("three"));
  EXPECT_EQ(VerdictOf(conversation->HearResult()), "PASSED");
}

// -- Shutdown -----------------------------------------------------------------------------------

TEST_F(CheckStreamTest, ShutdownSaysGoingAwayAndDrains) {
  *config_.mutable_drain_timeout() = ToProtoDuration(absl::Seconds(60));
  *config_.mutable_limits()->mutable_dns_timeout() = ToProtoDuration(absl::Milliseconds(500));
  const auto conversation = perspective().Open();
  dns_.DropFirst(1);
  conversation->Ask(Shop("last"));  // takes one DNS timeout
  std::thread shutdown([this] { perspective().server().Shutdown(); });
  const auto notice = conversation->Hear();
  EXPECT_TRUE(notice.has_value() && notice->has_going_away());
  EXPECT_EQ(FromProtoDuration(notice->going_away().grace()), absl::Seconds(60));
  CheckConversation late(perspective().stub());
  EXPECT_FALSE(late.Hear().has_value());
  EXPECT_EQ(late.End().error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(VerdictOf(conversation->HearResult()), "PASSED");
  conversation->HalfClose();
  EXPECT_FALSE(conversation->Hear().has_value());
  EXPECT_TRUE(conversation->End().ok());
  shutdown.join();
}

TEST_F(CheckStreamTest, AfterTheGraceWhatIsInFlightIsDropped) {
  const auto conversation = perspective().Open();
  const auto idle = perspective().Open();
  conversation->Ask(Silent("never"));
  perspective().server().Shutdown();  // returns although nobody answers
  for (CheckConversation* stream : {conversation.get(), idle.get()}) {
    const auto notice = stream->Hear();
    EXPECT_TRUE(notice.has_value() && notice->has_going_away());
    EXPECT_FALSE(stream->Hear().has_value());
    EXPECT_EQ(stream->End().error_code(), grpc::StatusCode::UNAVAILABLE);
  }
  perspective().server().Shutdown();  // idempotent
}

TEST_F(CheckStreamTest, AGraceOfZeroEndsAtOnce) {
  *config_.mutable_drain_timeout() = ToProtoDuration(absl::ZeroDuration());
  std::vector<std::unique_ptr<CheckConversation>> conversations;
  for (int i = 0; i < 20; ++i) {
    conversations.push_back(perspective().Open());
    conversations.back()->Ask(Silent("never"));
    if (i % 2 == 0) conversations.back()->CancelCall();  // ends race with the notice
    if (i % 3 == 0) conversations.back()->HalfClose();
  }
  perspective_.reset();
  for (const auto& conversation : conversations) {
    while (conversation->Hear()) {
    }
    EXPECT_FALSE(conversation->End().ok());
  }
}

}  // namespace
}  // namespace mpic::testing
