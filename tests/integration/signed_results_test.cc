// A perspective that signs: every result leaves with its word for it, whatever came of the check.
#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <memory>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/proto_time.h"
#include "common/result_statement.h"
#include "google/protobuf/unknown_field_set.h"
#include "tests/support/fake_dns_client.h"
#include "tests/support/hostile_dns_server.h"
#include "tests/support/perspective_under_test.h"
#include "tests/support/test_attestations.h"

namespace mpic::testing {
namespace {

using google::protobuf::util::MessageDifferencer;

constexpr unsigned kTxt = 16;
constexpr char kRandomValue[] = "4f9c2a7be1d04c6f8a35b1e97d20c4aa";

v1::CheckRequest Request(const std::string& check_id, const std::string& name) {
  v1::CheckRequest request;
  request.set_request_id("ra-1");
  request.set_nonce("nonce of " + check_id);
  v1::Check& check = *request.mutable_check();
  check.set_check_id(check_id);
  check.mutable_identifier()->set_dns_name(name);
  *check.mutable_time_budget() = ToProtoDuration(absl::Seconds(100));
  check.set_attempt(3);
  check.mutable_dns_change()->set_record_type(v1::DnsChange::TXT);
  check.mutable_dns_change()->set_prefix_label("_dcv");
  check.mutable_dns_change()->set_expected_value(kRandomValue);
  return request;
}

class SignedResultsTest : public ::testing::TestWithParam<const char*> {
 protected:
  SignedResultsTest() : config_(LoopbackPerspective(dns_.endpoint())) {
    dns_.Add("_dcv.shop.example.com", kTxt, CharacterString(kRandomValue));
    dns_.Ignore("_dcv.silent.example.com");
    config_.mutable_attestation()->set_key_id("lab-key");
    config_.mutable_attestation()->set_private_key_file(key_file_);
    config_.mutable_limits()->set_checks_in_flight_per_stream(1);
    *config_.mutable_limits()->mutable_dns_timeout() = ToProtoDuration(absl::Seconds(10));
    *config_.mutable_drain_timeout() = ToProtoDuration(absl::Milliseconds(100));
  }
  ~SignedResultsTest() override { unlink(key_file_.c_str()); }

  // The verdict of the next message, which must be an honest word on `request`.
  std::string HearSigned(CheckConversation& conversation, const v1::CheckRequest& request) {
    const auto response = conversation.Hear();
    if (!response || !response->has_attested_result()) return "not signed";
    const v1::AttestedResult& attested = response->attested_result();
    v1::CheckResult result;
    EXPECT_TRUE(result.ParseFromString(attested.result()));
    EXPECT_EQ(attested.attestation().key_id(), "lab-key");
    EXPECT_TRUE(
        signer_.PublicKey().Verifies(StatementSigningInput(attested.attestation().statement()),
                                     attested.attestation().signature()));
    v1::ResultStatement expected = StatementOfQuestion(request);
    AddAnswer(result, attested.result(), expected);
    v1::ResultStatement stated;
    EXPECT_TRUE(stated.ParseFromString(attested.attestation().statement()));
    EXPECT_TRUE(MessageDifferencer::Equals(stated, expected)) << stated.ShortDebugString();
    EXPECT_EQ(stated.perspective().perspective_id(), "lab-1");
    EXPECT_TRUE(stated.has_started_at() && stated.has_finished_at());
    EXPECT_GE(FromTimestamp(stated.finished_at()), FromTimestamp(stated.started_at()));
    return VerdictOf(result);
  }

  HostileDnsServer dns_;
  const std::string key_file_ = test::WriteTestFile(GetParam());
  const test::TestSigner signer_ = test::MakeTestSigner("lab-key", GetParam());
  config::v1::PerspectiveConfig config_;
};

TEST_P(SignedResultsTest, EveryResultIsSigned) {
  PerspectiveUnderTest perspective(config_);
  const auto conversation = perspective.Open();
  const v1::CheckRequest shop = Request("shop", "shop.example.com");
  conversation->Say(shop);
  EXPECT_EQ(HearSigned(*conversation, shop), "PASSED");
  v1::CheckRequest no_method = shop;
  no_method.mutable_check()->clear_dns_change();
  conversation->Say(no_method);
  EXPECT_EQ(HearSigned(*conversation, no_method), "ERROR UNSUPPORTED_METHOD");
  v1::CheckRequest no_budget = shop;
  no_budget.mutable_check()->clear_time_budget();
  conversation->Say(no_budget);
  EXPECT_EQ(HearSigned(*conversation, no_budget), "ERROR BAD_REQUEST");
  // One that is never answered fills the stream, until it is cancelled.
  const v1::CheckRequest silent = Request("silent", "silent.example.com");
  conversation->Say(silent);
  conversation->Say(shop);
  EXPECT_EQ(HearSigned(*conversation, shop), "ERROR OVERLOADED");
  conversation->CancelCheck("silent");
  EXPECT_EQ(HearSigned(*conversation, silent), "ERROR CANCELLED");
}

TEST_P(SignedResultsTest, FieldsThatThisVersionDoesNotKnowAreBound) {
  PerspectiveUnderTest perspective(config_);
  const auto conversation = perspective.Open();
  v1::CheckRequest later = Request("later", "shop.example.com");
  v1::Check& check = *later.mutable_check();
  check.GetReflection()->MutableUnknownFields(&check)->AddVarint(200, 1);
  conversation->Say(later);
  EXPECT_EQ(HearSigned(*conversation, later), "PASSED");
}

INSTANTIATE_TEST_SUITE_P(Keys, SignedResultsTest,
                         ::testing::Values(test::kEd25519Pem, test::kP256Pem));

TEST(SignedResultsKeyTest, AKeyThatCannotBeReadIsNamed) {
  HostileDnsServer dns;
  config::v1::PerspectiveConfig config = LoopbackPerspective(dns.endpoint());
  config.mutable_attestation()->set_key_id("lab-key");
  config.mutable_attestation()->set_private_key_file("/nowhere/key.pem");
  const auto settings = perspective::CheckSettings(config);
  ASSERT_TRUE(settings.ok()) << settings.status();
  const auto server = perspective::PerspectiveServer::Start(*settings);
  EXPECT_EQ(server.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(server.status().message(), ::testing::HasSubstr("attestation.private_key_file"));
  EXPECT_THAT(server.status().message(), ::testing::HasSubstr("/nowhere/key.pem"));
}

}  // namespace
}  // namespace mpic::testing
