#include "coordinator/audit/attestation_verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/proto_time.h"
#include "common/result_statement.h"
#include "common/sha256.h"
#include "tests/support/test_attestations.h"

namespace mpic::coordinator {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kChallenge[] =
    "evaGxfADs6pSRb2LAv9IZf17.9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI";
const absl::Time kStarted = absl::FromUnixSeconds(1'800'000'000);

test::TestSigner Tokyo() { return test::MakeTestSigner("tokyo-1", test::kEd25519Pem); }
test::TestSigner Dublin() { return test::MakeTestSigner("dublin-1", test::kP256Pem); }

PerspectiveKeys Keys() {
  PerspectiveKeys keys;
  keys["tokyo"].emplace("tokyo-1", Tokyo().PublicKey());
  keys["dublin"].emplace("dublin-1", Dublin().PublicKey());
  return keys;
}

v1::CheckRequest Question(v1::Method method, const std::string& nonce) {
  v1::CheckRequest request;
  request.set_request_id("ra-1");
  request.set_nonce(nonce);
  v1::Check& check = *request.mutable_check();
  check.set_check_id("4711");
  check.mutable_identifier()->set_dns_name("shop.example.com");
  check.set_attempt(2);
  if (method == v1::CAA) {
    check.mutable_caa()->add_issuer_domain_names("ca.example.com");
    return request;
  }
  check.set_authorization_domain_name("example.com");
  if (method == v1::HTTP_01) check.mutable_http_01()->set_key_authorization(kChallenge);
  if (method == v1::DNS_01) check.mutable_dns_01()->set_key_authorization(kChallenge);
  return request;
}

v1::CheckResult Answer(v1::Method method, const std::string& perspective_id) {
  v1::CheckResult result;
  result.set_check_id("4711");
  result.set_attempt(2);
  result.mutable_perspective()->set_perspective_id(perspective_id);
  result.mutable_perspective()->set_rir(v1::APNIC);
  result.set_outcome(v1::PASSED);
  if (method == v1::HTTP_01) result.set_observed_value(kChallenge);
  if (method == v1::DNS_01) {
    result.set_observed_value(absl::WebSafeBase64Escape(Sha256(kChallenge)));
  }
  if (method == v1::CAA) result.mutable_caa()->set_found_at("example.com");
  *result.mutable_started_at() = ToTimestamp(kStarted + absl::Milliseconds(10));
  *result.mutable_finished_at() = ToTimestamp(kStarted + absl::Milliseconds(90));
  return result;
}

// What a record keeps of a result.
v1::CheckResult Kept(v1::CheckResult result) {
  result.set_check_id("dcv");  // the RA's
  if (result.evidence_case() != v1::CheckResult::kCaa) result.clear_observed_value();
  return result;
}

// The primary in Tokyo and a remote in Dublin, both signed.
v1::AuditRecord Record(v1::Method method) {
  v1::AuditRecord record;
  record.set_request_id("ra-1");
  record.set_identifier("shop.example.com");
  record.set_method(method);
  if (method != v1::CAA) {
    record.set_authorization_domain_name("example.com");
    record.set_challenge_sha256(absl::BytesToHexString(Sha256(kChallenge)));
  }
  v1::Corroboration& corroboration = *record.mutable_corroboration();
  corroboration.set_attempts(2);
  *corroboration.mutable_started_at() = ToTimestamp(kStarted);
  *corroboration.mutable_finished_at() = ToTimestamp(kStarted + absl::Seconds(1));
  const v1::CheckResult tokyo = Answer(method, "tokyo");
  *corroboration.mutable_primary() = Kept(tokyo);
  *corroboration.mutable_primary_attestation() =
      test::Attested(Tokyo(), Question(method, "0123456789abcdef"), tokyo).attestation();
  const v1::CheckResult dublin = Answer(method, "dublin");
  v1::RemoteResult& remote = *corroboration.add_remotes();
  remote.set_perspective_id("dublin");
  remote.set_corroborates(true);
  *remote.mutable_result() = Kept(dublin);
  *remote.mutable_attestation() =
      test::Attested(Dublin(), Question(method, "another nonce..."), dublin).attestation();
  corroboration.add_remotes()->set_perspective_id("oregon");  // gave no answer
  return record;
}

TEST(AttestationVerifyTest, WhatWasSignedVerifies) {
  for (const v1::Method method : {v1::DNS_01, v1::HTTP_01, v1::CAA}) {
    SCOPED_TRACE(v1::Method_Name(method));
    const auto findings = VerifyAttestations(Record(method), Keys());
    ASSERT_THAT(findings, SizeIs(2));
    for (const AttestationFinding& finding : findings) {
      EXPECT_EQ(finding.standing, AttestationStanding::kVerified) << finding.why;
      EXPECT_THAT(finding.why, IsEmpty());
      // The value that the record leaves out is missing in the octets that were signed.
      EXPECT_EQ(finding.covers_evidence, method == v1::CAA);
    }
    EXPECT_TRUE(findings[0].is_primary);
    EXPECT_EQ(findings[0].perspective_id, "tokyo");
    EXPECT_EQ(findings[0].key_id, "tokyo-1");
    EXPECT_FALSE(findings[1].is_primary);
    EXPECT_EQ(findings[1].perspective_id, "dublin");
  }
}

// A record that somebody has edited, and what is found about Dublin's result.
struct EditCase {
  const char* name;
  void (*edit)(v1::AuditRecord& record);
  AttestationStanding standing;
  const char* why;
};

v1::RemoteResult& Dublin(v1::AuditRecord& record) {
  return *record.mutable_corroboration()->mutable_remotes(0);
}

constexpr auto kRefused = AttestationStanding::kRefused;
const EditCase kEdits[] = {
    {"the attestation is gone", [](auto& r) { Dublin(r).clear_attestation(); },
     AttestationStanding::kUnsigned, "not signed"},
    {"another key id", [](auto& r) { Dublin(r).mutable_attestation()->set_key_id("dublin-2"); },
     AttestationStanding::kNoKey, "no such key"},
    {"a bit of the statement",
     [](auto& r) { Dublin(r).mutable_attestation()->mutable_statement()->back() ^= 1; }, kRefused,
     "signature"},
    {"the result is gone", [](auto& r) { Dublin(r).clear_result(); }, kRefused, "perspective"},
    {"another perspective",
     [](auto& r) {
       Dublin(r).set_perspective_id("tokyo");
       *Dublin(r).mutable_attestation() = r.corroboration().primary_attestation();
     },
     kRefused, "perspective"},
    {"another region",
     [](auto& r) { Dublin(r).mutable_result()->mutable_perspective()->set_region("eu"); }, kRefused,
     "perspective"},
    {"another request", [](auto& r) { r.set_request_id("ra-2"); }, kRefused, "request_id"},
    {"another identifier", [](auto& r) { r.set_identifier("bank.example.com"); }, kRefused,
     "identifier"},
    {"another Authorization Domain Name",
     [](auto& r) { r.set_authorization_domain_name("example.org"); }, kRefused,
     "authorization_domain_name"},
    {"another method", [](auto& r) { r.set_method(v1::HTTP_01); }, kRefused, "method"},
    {"another attempt", [](auto& r) { r.mutable_corroboration()->set_attempts(1); }, kRefused,
     "attempt"},
    {"passed becomes failed",
     [](auto& r) {
       Dublin(r).mutable_result()->set_outcome(v1::FAILED);
       Dublin(r).mutable_result()->mutable_problem()->set_kind(v1::Problem::RECORD_NOT_MATCHING);
     },
     kRefused, "outcome"},
    {"a problem beside it",
     [](auto& r) {
       Dublin(r).mutable_result()->mutable_problem()->set_kind(v1::Problem::DNS_NXDOMAIN);
     },
     kRefused, "outcome"},
    {"another time of the result",
     [](auto& r) { Dublin(r).mutable_result()->mutable_finished_at()->set_nanos(1); }, kRefused,
     "finished_at"},
    {"another day",
     [](auto& r) {
       *r.mutable_corroboration()->mutable_started_at() = ToTimestamp(kStarted + absl::Hours(24));
       *r.mutable_corroboration()->mutable_finished_at() = ToTimestamp(kStarted + absl::Hours(25));
     },
     kRefused, "time of the corroboration"},
    {"an earlier end",
     [](auto& r) {
       *r.mutable_corroboration()->mutable_finished_at() = ToTimestamp(kStarted - absl::Hours(1));
     },
     kRefused, "time of the corroboration"},
    {"a time that is none",
     [](auto& r) { r.mutable_corroboration()->mutable_started_at()->set_nanos(-1); }, kRefused,
     "time of the corroboration"},
    {"another challenge",
     [](auto& r) { r.set_challenge_sha256(absl::BytesToHexString(Sha256("other"))); }, kRefused,
     "observed value"},
    {"another value where there is one",
     [](auto& r) { Dublin(r).mutable_result()->set_observed_value("other"); }, kRefused,
     "observed value"},
};

TEST(AttestationVerifyTest, WhatHasBeenEditedDoesNot) {
  for (const EditCase& c : kEdits) {
    SCOPED_TRACE(c.name);
    v1::AuditRecord record = Record(v1::DNS_01);
    c.edit(record);
    const auto findings = VerifyAttestations(record, Keys());
    ASSERT_THAT(findings, SizeIs(2));
    EXPECT_EQ(findings[1].standing, c.standing);
    EXPECT_THAT(findings[1].why, HasSubstr(c.why));
    EXPECT_FALSE(findings[1].covers_evidence);
  }
}

TEST(AttestationVerifyTest, EditedEvidenceIsNotCovered) {
  v1::AuditRecord record = Record(v1::CAA);
  Dublin(record).mutable_result()->mutable_caa()->set_found_at("example.org");
  const auto findings = VerifyAttestations(record, Keys());
  EXPECT_EQ(findings.at(1).standing, AttestationStanding::kVerified);
  EXPECT_FALSE(findings.at(1).covers_evidence);
  EXPECT_TRUE(findings.at(0).covers_evidence);
}

TEST(AttestationVerifyTest, ThePrimaryThatTheCoordinatorRefusedHasPassedByItsOwnWord) {
  v1::AuditRecord record = Record(v1::DNS_01);
  v1::CheckResult& primary = *record.mutable_corroboration()->mutable_primary();
  primary.set_outcome(v1::FAILED);
  primary.mutable_problem()->set_kind(v1::Problem::RECORD_NOT_MATCHING);
  EXPECT_EQ(VerifyAttestations(record, Keys()).at(0).standing, AttestationStanding::kVerified);
  primary.mutable_problem()->set_kind(v1::Problem::DNS_NXDOMAIN);
  EXPECT_EQ(VerifyAttestations(record, Keys()).at(0).standing, AttestationStanding::kRefused);
}

// Never the other way round: what was seen to fail has not passed.
TEST(AttestationVerifyTest, AFailureIsNoPass) {
  v1::AuditRecord record = Record(v1::DNS_01);
  v1::CheckResult failed = Answer(v1::DNS_01, "tokyo");
  failed.set_outcome(v1::FAILED);
  failed.mutable_problem()->set_kind(v1::Problem::RECORD_NOT_MATCHING);
  *record.mutable_corroboration()->mutable_primary_attestation() =
      test::Attested(Tokyo(), Question(v1::DNS_01, "0123456789abcdef"), failed).attestation();
  EXPECT_EQ(VerifyAttestations(record, Keys()).at(0).standing, AttestationStanding::kRefused);
}

TEST(AttestationVerifyTest, OneQuestionHasOneAnswer) {
  v1::AuditRecord record = Record(v1::DNS_01);
  *Dublin(record).mutable_attestation() =
      test::Attested(Dublin(), Question(v1::DNS_01, "0123456789abcdef"),
                     Answer(v1::DNS_01, "dublin"))
          .attestation();
  const auto findings = VerifyAttestations(record, Keys());
  EXPECT_EQ(findings.at(0).standing, AttestationStanding::kVerified);
  EXPECT_EQ(findings.at(1).standing, AttestationStanding::kRefused);
}

TEST(AttestationVerifyTest, WhoGaveNoResultHasNothingToSign) {
  EXPECT_THAT(VerifyAttestations({}, Keys()), IsEmpty());
  v1::AuditRecord record;  // the coordinator's word on a primary that did not answer
  record.mutable_corroboration()->mutable_primary()->mutable_perspective()->set_perspective_id("x");
  EXPECT_THAT(VerifyAttestations(record, Keys()), IsEmpty());
}

TEST(AttestationVerifyTest, KeysAreGivenAsOptions) {
  const std::string file = test::WriteTestFile(Tokyo().key->PublicKeyPem());
  PerspectiveKeys keys;
  EXPECT_TRUE(AddPerspectiveKey("tokyo:k1=" + file, keys).ok());
  EXPECT_TRUE(AddPerspectiveKey("tokyo:k2=" + file, keys).ok());
  EXPECT_EQ(keys.at("tokyo").at("k1").id(), Tokyo().key->id());
  EXPECT_THAT(keys.at("tokyo"), SizeIs(2));
  EXPECT_EQ(AddPerspectiveKey("tokyo:k1=" + file, keys).code(), absl::StatusCode::kInvalidArgument);
  for (const char* form :
       {"", "tokyo", "tokyo:k3", "tokyo=f", ":k3=f", "tokyo:=f", "tokyo:k3=", "tokyo=k3:f"}) {
    EXPECT_EQ(AddPerspectiveKey(form, keys).code(), absl::StatusCode::kInvalidArgument) << form;
  }
  EXPECT_EQ(AddPerspectiveKey("tokyo:k3=/nowhere", keys).code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(keys.at("tokyo"), SizeIs(2));
  unlink(file.c_str());
}

}  // namespace
}  // namespace mpic::coordinator
