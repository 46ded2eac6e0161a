#include "common/result_statement.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include "absl/strings/escaping.h"
#include "common/check_method.h"
#include "google/protobuf/unknown_field_set.h"

namespace mpic {
namespace {

v1::CheckRequest Request() {
  v1::CheckRequest request;
  request.set_request_id("ra-1");
  request.set_nonce("0123456789abcdef");
  v1::Check& check = *request.mutable_check();
  check.set_check_id("7");
  check.mutable_identifier()->set_dns_name("shop.example.com");
  check.mutable_time_budget()->set_seconds(10);
  check.set_authorization_domain_name("example.com");
  check.mutable_dns_01()->set_key_authorization("t.p");
  check.set_attempt(2);
  return request;
}

TEST(ResultStatementTest, SignsThePrefixAndTheStatement) {
  EXPECT_EQ(StatementSigningInput("x"), std::string("mpic-result-v1\0x", 16));
}

// The octets are written out by the encoding rules of protobuf, the digest is sha256sum's: an
// implementation in another language must find the same.
TEST(ResultStatementTest, VectorOfACheckAndItsDigest) {
  EXPECT_EQ(absl::BytesToHexString(DeterministicOctets(Request().check())),
            "0a0137"  // check_id
            "12120a10"
            "73686f702e6578616d706c652e636f6d"  // identifier.dns_name
            "1a02080a"                          // time_budget
            "220b"
            "6578616d706c652e636f6d"  // authorization_domain_name
            "3002"                    // attempt
            "8a01050a03"
            "742e70");  // dns_01.key_authorization
  EXPECT_EQ(absl::BytesToHexString(StatementOfQuestion(Request()).check_sha256()),
            "895ef8cf08ef34f4769fcfdce939884648a190205e0f39b59d0922e8232e0dec");
}

TEST(ResultStatementTest, TellsAllOfTheQuestion) {
  const v1::ResultStatement statement = StatementOfQuestion(Request());
  EXPECT_EQ(statement.schema_version(), 1U);
  EXPECT_EQ(statement.nonce(), "0123456789abcdef");
  EXPECT_EQ(statement.request_id(), "ra-1");
  EXPECT_EQ(statement.check_id(), "7");
  EXPECT_EQ(statement.attempt(), 2U);
  EXPECT_EQ(statement.method(), v1::DNS_01);
  EXPECT_EQ(statement.identifier().dns_name(), "shop.example.com");
  EXPECT_EQ(statement.authorization_domain_name(), "example.com");
  EXPECT_FALSE(statement.has_perspective());
}

TEST(ResultStatementTest, TellsWhatCameOfIt) {
  v1::CheckResult result;
  result.mutable_perspective()->set_perspective_id("tokyo");
  result.set_outcome(v1::FAILED);
  result.mutable_problem()->set_kind(v1::Problem::DNS_NXDOMAIN);
  result.mutable_problem()->set_detail("not in the statement");
  result.mutable_started_at()->set_seconds(5);
  result.mutable_finished_at()->set_seconds(6);
  v1::ResultStatement statement;
  AddAnswer(result, "abc", statement);
  EXPECT_EQ(statement.perspective().perspective_id(), "tokyo");
  EXPECT_EQ(statement.outcome(), v1::FAILED);
  EXPECT_EQ(statement.problem(), v1::Problem::DNS_NXDOMAIN);
  EXPECT_EQ(statement.observed_value_sha256(), "");
  // Of "abc", FIPS 180-2 appendix B.1.
  constexpr char kAbc[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  EXPECT_EQ(absl::BytesToHexString(statement.result_sha256()), kAbc);
  EXPECT_EQ(statement.started_at().seconds(), 5);
  EXPECT_EQ(statement.finished_at().seconds(), 6);
  result.set_observed_value("abc");
  AddAnswer(result, "", statement);
  EXPECT_EQ(absl::BytesToHexString(statement.observed_value_sha256()), kAbc);
}

// What the receiver parses and serializes again has the sender's digest, also where the sender is
// of a later version: its new fields have higher numbers.
TEST(ResultStatementTest, UnknownFieldsKeepTheDigest) {
  v1::Check check = Request().check();
  const std::string known = DeterministicOctets(check);
  check.GetReflection()->MutableUnknownFields(&check)->AddVarint(200, 1);
  const std::string sent = DeterministicOctets(check);
  EXPECT_NE(sent, known);
  v1::Check received;
  ASSERT_TRUE(received.ParseFromString(sent));
  EXPECT_EQ(DeterministicOctets(received), sent);
}

TEST(ResultStatementTest, EveryChangeOfTheCheckChangesItsDigest) {
  void (*const changes[])(v1::Check&) = {
      [](v1::Check& c) { c.mutable_time_budget()->set_seconds(11); },
      [](v1::Check& c) { c.mutable_dns_01()->set_key_authorization("t.q"); },
      [](v1::Check& c) { c.set_adn_cname_steps(1); },
      [](v1::Check& c) { c.mutable_challenge_created_at(); }};
  const std::string before = StatementOfQuestion(Request()).check_sha256();
  for (const auto change : changes) {
    v1::CheckRequest request = Request();
    change(*request.mutable_check());
    EXPECT_NE(StatementOfQuestion(request).check_sha256(), before);
  }
}

}  // namespace
}  // namespace mpic
