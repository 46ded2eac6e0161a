#include "coordinator/audit/record.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include "absl/strings/escaping.h"
#include "coordinator/attestation_check.h"
#include "tests/coordinator/corroboration_world.h"
#include "tests/support/test_attestations.h"

namespace mpic::coordinator {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

constexpr char kKeyAuthorization[] =
    "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA.9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI";
// By sha256sum.
constexpr char kKeyAuthorizationSha256[] =
    "94233b719c905dc5472b69e75b78e3021353dc5be6d7c50dfa45996649caa183";

std::string ToJson(const v1::AuditRecord& record) {
  std::string json;
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  EXPECT_TRUE(google::protobuf::util::MessageToJsonString(record, &json, options).ok());
  return json;
}

// Everything that a perspective may put a challenge value into.
PerspectiveAnswer Leaky(const ConfiguredPerspective& perspective, v1::Outcome outcome,
                        const std::string& value) {
  PerspectiveAnswer answer = outcome == v1::PASSED ? Pass(perspective, value) : Fail(perspective);
  answer.result->set_observed_value(value);
  answer.result->mutable_http()->set_body("body: " + value);
  answer.result->mutable_http()->set_final_url("http://shop.example.com/" + value);
  answer.result->add_steps()->mutable_http()->set_location("/elsewhere?" + value);
  answer.result->add_steps()->mutable_dns()->add_rdata("rdata: " + value);
  if (outcome != v1::PASSED) {
    answer.result->mutable_problem()->set_detail("got \"" + value + "\"");
  }
  return answer;
}

v1::AuditRecord RecordOfLeaky(CheckedInput input, const std::string& value,
                              bool record_challenges = false) {
  config::v1::CoordinatorConfig config = SoundConfig();
  config.mutable_audit()->set_record_challenges(record_challenges);
  CorroborationWorld world(config);
  for (FakePerspectiveSession* remote : world.remotes()) {
    const bool passes = remote->perspective().perspective_id != "dublin";
    remote->ReplyWith([remote, passes, value](const PerspectiveQuestion&) {
      return Leaky(remote->perspective(), passes ? v1::PASSED : v1::FAILED, value);
    });
  }
  world.primary().ReplyWith([&](const PerspectiveQuestion&) {
    return Leaky(world.primary().perspective(), v1::PASSED, value);
  });
  const v1::Corroboration answer = world.Run(input);
  EXPECT_EQ(answer.verdict(), v1::CORROBORATED);
  // The RA gets it all.
  EXPECT_THAT(answer.primary().http().body(), HasSubstr(value));
  return world.audit.records.at(0);
}

CheckedInput InputWith(void (*set)(v1::Check&), v1::Method method) {
  CheckedInput input = Dns01Input();
  input.method = method;
  set(input.check);
  return input;
}

TEST(RecordTest, Vector164TheElementsOfBr541) {
  CorroborationWorld world(ConfigOf({SiteOf("frankfurt"), SiteOf("ashburn"), SiteOf("oregon"),
                                     SiteOf("dublin"), SiteOf("singapore"), SiteOf("saopaulo")}));
  world.Fails("dublin", v1::Problem::DNS_NXDOMAIN);
  CheckedInput input = Dns01Input();
  input.check.mutable_identifier()->set_dns_name("*.example.com");
  world.Run(input);
  ASSERT_THAT(world.audit.records, SizeIs(1));
  const v1::AuditRecord& record = world.audit.records[0];
  // Who asked, and when.
  EXPECT_EQ(record.requested_by(), "spiffe://mpic.example/ra");
  EXPECT_EQ(record.request_id(), "ra-1");
  EXPECT_EQ(record.traceparent(), "00-0af7651916cd43dd8448eb211c80319c-b7ad6b71-01");
  EXPECT_TRUE(record.corroboration().has_started_at());
  EXPECT_TRUE(record.corroboration().has_finished_at());
  // What was validated, and how.
  EXPECT_EQ(record.identifier(), "*.example.com");
  EXPECT_EQ(record.authorization_domain_name(), "example.com");
  EXPECT_EQ(record.method(), v1::DNS_01);
  EXPECT_EQ(record.method_reference(), "BR 3.2.2.4.7");
  // The quorum as corroborating/attempted, and each remote with its result.
  EXPECT_EQ(record.corroboration().quorum().text(), "4/5");
  ASSERT_THAT(record.attempts(), SizeIs(1));
  EXPECT_EQ(record.attempts(0).quorum().text(), "4/5");
  EXPECT_EQ(record.attempts(0).primary_perspective_id(), "frankfurt");
  EXPECT_EQ(record.attempts(0).primary_outcome(), v1::PASSED);
  ASSERT_THAT(record.attempts(0).remotes(), SizeIs(5));
  for (const v1::RemoteSummary& remote : record.attempts(0).remotes()) {
    EXPECT_FALSE(remote.perspective_id().empty());
    EXPECT_NE(remote.rir(), v1::RIR_UNSPECIFIED);
    EXPECT_EQ(remote.corroborates(), remote.perspective_id() != "dublin");
    EXPECT_EQ(remote.problem().kind(),
              remote.corroborates() ? v1::Problem::KIND_UNSPECIFIED : v1::Problem::DNS_NXDOMAIN);
  }
  EXPECT_THAT(record.coordinator(), HasSubstr("mpic-coordinator/"));
}

TEST(RecordTest, AddressesAreRecordedAsTheyWereAskedFor) {
  CheckedInput input = Dns01Input();
  input.check.mutable_identifier()->set_ip_address("192.0.77.1");
  const AttemptResult attempt{.number = 1};
  v1::Corroboration answer;
  v1::AuditRecord record;
  ASSERT_TRUE(record.ParseFromString(
      SerializedRecord({}, input, {RecordOf(attempt)}, answer, ChallengeForm::kDigest)));
  EXPECT_EQ(record.identifier(), "192.0.77.1");
}

TEST(RecordTest, ChallengeIsRecordedAsItsDigestOnly) {
  const CheckedInput inputs[] = {
      InputWith([](v1::Check& c) { c.mutable_dns_01()->set_key_authorization(kKeyAuthorization); },
                v1::DNS_01),
      InputWith([](v1::Check& c) { c.mutable_http_01()->set_key_authorization(kKeyAuthorization); },
                v1::HTTP_01),
      InputWith(
          [](v1::Check& c) { c.mutable_tls_alpn_01()->set_key_authorization(kKeyAuthorization); },
          v1::TLS_ALPN_01),
      InputWith(
          [](v1::Check& c) {
            c.mutable_dns_account_01()->set_key_authorization(kKeyAuthorization);
          },
          v1::DNS_ACCOUNT_01),
      InputWith(
          [](v1::Check& c) { c.mutable_website_change()->set_expected_value(kKeyAuthorization); },
          v1::WEBSITE_CHANGE),
      InputWith([](v1::Check& c) { c.mutable_dns_change()->set_expected_value(kKeyAuthorization); },
                v1::DNS_CHANGE)};
  for (const CheckedInput& input : inputs) {
    SCOPED_TRACE(v1::Method_Name(input.method));
    const v1::AuditRecord record = RecordOfLeaky(input, kKeyAuthorization);
    const std::string json = ToJson(record);
    EXPECT_THAT(json, Not(HasSubstr(kKeyAuthorization)));
    EXPECT_THAT(json,
                Not(HasSubstr(absl::Base64Escape("rdata: " + std::string(kKeyAuthorization)))));
    EXPECT_THAT(json,
                Not(HasSubstr(absl::Base64Escape("body: " + std::string(kKeyAuthorization)))));
    EXPECT_EQ(record.challenge_sha256(), kKeyAuthorizationSha256);
  }
}

// A challenge that is a name of the check as well: nothing else of it may be in a statement.
TEST(RecordTest, AttestationsStayAsTheyWereSigned) {
  const test::TestSigner signer = test::MakeTestSigner("k1");
  CheckedInput input = InputWith(
      [](v1::Check& c) {
        c.mutable_dns_change()->set_record_type(v1::DnsChange::CNAME);
        c.mutable_dns_change()->set_expected_value("shop.example.com");
      },
      v1::DNS_CHANGE);
  CorroborationWorld world;
  for (FakePerspectiveSession* remote : world.remotes()) {
    remote->ReplyWith([remote, signer](const PerspectiveQuestion& question) {
      PerspectiveAnswer answer = Pass(remote->perspective());
      v1::CheckRequest request;
      *request.mutable_check() = question.check;
      request.set_request_id(question.request_id);
      request.set_nonce("nonce of " + remote->perspective().perspective_id);
      answer.attestation = test::Attested(signer, request, *answer.result).attestation();
      return answer;
    });
  }
  const v1::Corroboration answer = world.Run(input);
  const v1::AuditRecord& record = world.audit.records.at(0);
  PerspectiveKeys keys;
  for (const v1::RemoteResult& remote : record.corroboration().remotes()) {
    EXPECT_THAT(remote.attestation().statement(), HasSubstr("shop.example.com"));
    keys[remote.perspective_id()].emplace("k1", signer.PublicKey());
    const OpenedAttestation opened =
        OpenAttestation(keys.at(remote.perspective_id()), remote.attestation());
    EXPECT_FALSE(opened.refusal.has_value()) << opened.refusal->detail;
  }
  EXPECT_THAT(keys, SizeIs(6));
  // What is quoted elsewhere is left out as ever.
  EXPECT_EQ(record.corroboration().identifier().dns_name(), "[challenge]");
}

TEST(RecordTest, ThePrimarysAttestationIsRecorded) {
  CorroborationWorld world;
  world.primary().ReplyWith([&](const PerspectiveQuestion&) {
    PerspectiveAnswer answer = Pass(world.primary().perspective());
    answer.attestation.emplace().set_key_id("k1");
    return answer;
  });
  const v1::Corroboration answer = world.Run(Dns01Input());
  EXPECT_EQ(answer.primary_attestation().key_id(), "k1");
  EXPECT_EQ(world.audit.records.at(0).corroboration().primary_attestation().key_id(), "k1");
  EXPECT_FALSE(answer.remotes(0).has_attestation());
}

TEST(RecordTest, ChallengeIsRecordedAsItIsWhereConfigured) {
  const v1::AuditRecord record =
      RecordOfLeaky(Dns01Input(), kKeyAuthorization, /*record_challenges=*/true);
  const std::string expected = Dns01Input().check.dns_01().key_authorization();
  EXPECT_EQ(record.challenge(), expected);
  EXPECT_NE(record.challenge_sha256(), "");
  EXPECT_EQ(record.corroboration().primary().observed_value(), kKeyAuthorization);
  EXPECT_THAT(record.corroboration().primary().http().body(), HasSubstr(kKeyAuthorization));
}

TEST(RecordTest, MethodsWithoutChallengeKeepWhatWasSeen) {
  CorroborationWorld world;
  world.Run(CaaInput());
  EXPECT_EQ(world.audit.records.at(0).challenge_sha256(), "");
  EXPECT_EQ(world.audit.records.at(0).corroboration().primary().observed_value(), kSeen);
}

}  // namespace
}  // namespace mpic::coordinator
