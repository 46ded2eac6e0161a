#include "coordinator/attestation_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>

#include "common/proto_time.h"
#include "common/result_statement.h"
#include "common/sha256.h"
#include "google/protobuf/unknown_field_set.h"
#include "tests/support/test_attestations.h"

namespace mpic::coordinator {
namespace {

const absl::Time kAsked = absl::FromUnixSeconds(1'800'000'000);
const absl::Time kNow = kAsked + absl::Seconds(2);

v1::PerspectiveIdentity Identity() {
  v1::PerspectiveIdentity identity;
  identity.set_perspective_id("tokyo");
  identity.set_region("ap-northeast-1");
  identity.set_rir(v1::APNIC);
  identity.set_software("mpic-perspective/0.1.0");
  return identity;
}

v1::CheckRequest Request() {
  v1::CheckRequest request;
  request.set_request_id("ra-1");
  request.set_nonce("0123456789abcdef");
  v1::Check& check = *request.mutable_check();
  check.set_check_id("7");
  check.mutable_identifier()->set_dns_name("shop.example.com");
  check.set_authorization_domain_name("example.com");
  check.mutable_dns_01()->set_key_authorization("t.p");
  check.set_attempt(2);
  return request;
}

v1::CheckResult Result() {
  v1::CheckResult result;
  result.set_check_id("7");
  result.set_attempt(2);
  *result.mutable_perspective() = Identity();
  result.set_outcome(v1::PASSED);
  result.set_observed_value("seen");
  *result.mutable_started_at() = ToTimestamp(kAsked + absl::Milliseconds(50));
  *result.mutable_finished_at() = ToTimestamp(kAsked + absl::Milliseconds(950));
  return result;
}

ReceivedResult Received(const v1::AttestedResult& attested) {
  ReceivedResult received{.octets = attested.result(), .attestation = attested.attestation()};
  EXPECT_TRUE(received.result.ParseFromString(attested.result()));
  return received;
}

AttestationKeys KeysOf(const std::vector<test::TestSigner>& signers) {
  AttestationKeys keys;
  for (const test::TestSigner& signer : signers) keys.emplace(signer.key_id, signer.PublicKey());
  return keys;
}

// As the coordinator that asked Request() takes it; "": accepted.
std::string FaultOf(const AttestationKeys& keys, const ReceivedResult& received,
                    absl::Time now = kNow) {
  const v1::CheckRequest request = Request();
  const v1::PerspectiveIdentity identity = Identity();
  const auto refusal = CheckAttestation(
      keys, {.request = request, .hello_identity = identity, .asked_at = kAsked}, received, now);
  if (!refusal) return "";
  EXPECT_FALSE(refusal->detail.empty());
  return std::string(FaultName(refusal->fault));
}

TEST(AttestationCheckTest, BothKindsOfKeysAreTaken) {
  for (const char* pem : {test::kEd25519Pem, test::kP256Pem}) {
    const test::TestSigner signer = test::MakeTestSigner("k1", pem);
    EXPECT_EQ(FaultOf(KeysOf({signer}), Received(test::Attested(signer, Request(), Result()))), "");
  }
}

TEST(AttestationCheckTest, DuringARotationBothKeysAreTaken) {
  const test::TestSigner old = test::MakeTestSigner("old", test::kEd25519Pem);
  const test::TestSigner next = test::MakeTestSigner("next", test::kP256Pem);
  const AttestationKeys keys = KeysOf({old, next});
  EXPECT_EQ(FaultOf(keys, Received(test::Attested(old, Request(), Result()))), "");
  EXPECT_EQ(FaultOf(keys, Received(test::Attested(next, Request(), Result()))), "");
  EXPECT_EQ(FaultOf(KeysOf({next}), Received(test::Attested(old, Request(), Result()))),
            "unknown_key");
}

TEST(AttestationCheckTest, ResultsThatDidNotPassAreVerifiedAsWell) {
  const test::TestSigner signer = test::MakeTestSigner("k1");
  v1::CheckResult result = Result();
  result.set_outcome(v1::ERROR);
  result.clear_observed_value();
  result.mutable_problem()->set_kind(v1::Problem::OVERLOADED);
  const v1::AttestedResult honest = test::Attested(signer, Request(), result);
  EXPECT_EQ(FaultOf(KeysOf({signer}), Received(honest)), "");
  const v1::AttestedResult lying = test::Attested(
      signer, Request(), result, [](auto& s) { s.set_problem(v1::Problem::DNS_NXDOMAIN); });
  EXPECT_EQ(FaultOf(KeysOf({signer}), Received(lying)), "result");
}

// A statement that the perspective itself has signed, and that says something else.
struct StatementCase {
  const char* name;
  void (*edit)(v1::ResultStatement& s);
  const char* fault;
};

constexpr StatementCase kStatements[] = {
    {"a later schema", [](auto& s) { s.set_schema_version(2); }, "malformed"},
    {"no schema", [](auto& s) { s.clear_schema_version(); }, "malformed"},
    {"an unknown field",
     [](auto& s) { s.GetReflection()->MutableUnknownFields(&s)->AddVarint(99, 1); }, "malformed"},
    {"another perspective", [](auto& s) { s.mutable_perspective()->set_perspective_id("osaka"); },
     "identity"},
    {"another region", [](auto& s) { s.mutable_perspective()->set_region("eu"); }, "identity"},
    {"another software", [](auto& s) { s.mutable_perspective()->set_software("x/1"); }, "identity"},
    {"a place where none is pinned", [](auto& s) { s.mutable_perspective()->mutable_location(); },
     "identity"},
    {"no perspective", [](auto& s) { s.clear_perspective(); }, "identity"},
    {"another nonce", [](auto& s) { s.set_nonce("fedcba9876543210"); }, "nonce"},
    {"no nonce", [](auto& s) { s.clear_nonce(); }, "nonce"},
    {"another request", [](auto& s) { s.set_request_id("ra-2"); }, "question"},
    {"another check", [](auto& s) { s.set_check_id("8"); }, "question"},
    {"another attempt", [](auto& s) { s.set_attempt(1); }, "question"},
    {"another method", [](auto& s) { s.set_method(v1::HTTP_01); }, "question"},
    {"another name", [](auto& s) { s.mutable_identifier()->set_dns_name("a.example.com"); },
     "question"},
    {"an address for a name", [](auto& s) { s.mutable_identifier()->set_ip_address("192.0.2.1"); },
     "question"},
    {"no name", [](auto& s) { s.clear_identifier(); }, "question"},
    {"another Authorization Domain Name",
     [](auto& s) { s.set_authorization_domain_name("shop.example.com"); }, "question"},
    {"another check's digest", [](auto& s) { s.set_check_sha256(std::string(32, 'x')); },
     "question"},
    {"another outcome", [](auto& s) { s.set_outcome(v1::FAILED); }, "result"},
    {"a problem where there is none", [](auto& s) { s.set_problem(v1::Problem::TIMED_OUT); },
     "result"},
    {"another value", [](auto& s) { s.set_observed_value_sha256(Sha256("other")); }, "result"},
    {"no value", [](auto& s) { s.clear_observed_value_sha256(); }, "result"},
    {"another result's digest", [](auto& s) { s.set_result_sha256(Sha256("other")); }, "result"},
    {"no result's digest", [](auto& s) { s.clear_result_sha256(); }, "result"},
    {"another beginning", [](auto& s) { s.mutable_started_at()->set_nanos(1); }, "result"},
    {"another end", [](auto& s) { s.mutable_finished_at()->set_nanos(1); }, "result"},
    {"no times", [](auto& s) { s.clear_finished_at(); }, "result"},
};

TEST(AttestationCheckTest, EveryFieldOfTheStatementIsBound) {
  const test::TestSigner signer = test::MakeTestSigner("k1");
  const AttestationKeys keys = KeysOf({signer});
  for (const StatementCase& c : kStatements) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(FaultOf(keys, Received(test::Attested(signer, Request(), Result(), c.edit))),
              c.fault);
  }
}

// One field more would be one that nobody has compared.
TEST(AttestationCheckTest, TheTableKnowsEveryField) {
  const auto& descriptor = *v1::ResultStatement::descriptor();
  std::set<int> changed;
  const test::TestSigner signer = test::MakeTestSigner("k1");
  v1::ResultStatement honest;
  ASSERT_TRUE(honest.ParseFromString(
      test::Attested(signer, Request(), Result()).attestation().statement()));
  for (const StatementCase& c : kStatements) {
    v1::ResultStatement edited = honest;
    c.edit(edited);
    for (int i = 0; i < descriptor.field_count(); ++i) {
      v1::ResultStatement a = honest;
      v1::ResultStatement b = edited;
      for (int k = 0; k < descriptor.field_count(); ++k) {
        if (k == i) continue;
        a.GetReflection()->ClearField(&a, descriptor.field(k));
        b.GetReflection()->ClearField(&b, descriptor.field(k));
      }
      b.DiscardUnknownFields();
      if (a.SerializeAsString() != b.SerializeAsString()) changed.insert(i);
    }
  }
  EXPECT_EQ(changed.size(), static_cast<std::size_t>(descriptor.field_count()));
}

TEST(AttestationCheckTest, AResultThatIsNotSignedDoesNotCount) {
  const test::TestSigner signer = test::MakeTestSigner("k1");
  EXPECT_EQ(FaultOf(KeysOf({signer}), {.result = Result()}), "missing");
}

// What is changed after the signature was made.
struct TamperCase {
  const char* name;
  void (*tamper)(ReceivedResult& received);
  const char* fault;
};

constexpr TamperCase kTampered[] = {
    {"another key id", [](auto& r) { r.attestation->set_key_id("k2"); }, "unknown_key"},
    {"no key id", [](auto& r) { r.attestation->clear_key_id(); }, "unknown_key"},
    {"no signature", [](auto& r) { r.attestation->clear_signature(); }, "signature"},
    {"a bit of the signature", [](auto& r) { r.attestation->mutable_signature()->front() ^= 1; },
     "signature"},
    {"a longer signature", [](auto& r) { r.attestation->mutable_signature()->push_back('x'); },
     "signature"},
    {"a bit of the statement", [](auto& r) { r.attestation->mutable_statement()->back() ^= 1; },
     "signature"},
    {"no statement", [](auto& r) { r.attestation->clear_statement(); }, "signature"},
    {"another result", [](auto& r) { r.octets += '\0'; }, "result"},
    {"another identity in the result",
     [](auto& r) { r.result.mutable_perspective()->set_region("eu"); }, "identity"},
};

TEST(AttestationCheckTest, WhatIsChangedOnTheWayIsRefused) {
  for (const char* pem : {test::kEd25519Pem, test::kP256Pem}) {
    const test::TestSigner signer = test::MakeTestSigner("k1", pem);
    for (const TamperCase& c : kTampered) {
      SCOPED_TRACE(c.name);
      ReceivedResult received = Received(test::Attested(signer, Request(), Result()));
      c.tamper(received);
      EXPECT_EQ(FaultOf(KeysOf({signer}), received), c.fault);
    }
  }
}

TEST(AttestationCheckTest, AnotherPerspectivesKeyIsNotItsOwn) {
  const test::TestSigner other = test::MakeTestSigner("k1", test::kP256Pem);
  EXPECT_EQ(FaultOf(KeysOf({test::MakeTestSigner("k1", test::kEd25519Pem)}),
                    Received(test::Attested(other, Request(), Result()))),
            "signature");
}

TEST(AttestationCheckTest, WhatIsSignedMustBeAStatementOfSomeSize) {
  const test::TestSigner signer = test::MakeTestSigner("k1");
  ReceivedResult received = Received(test::Attested(signer, Request(), Result()));
  received.attestation = test::AttestationOver(signer, "\xff\xff\xff");
  EXPECT_EQ(FaultOf(KeysOf({signer}), received), "malformed");
  received.attestation = test::AttestationOver(signer, std::string(kStatementOctetsMax + 1, '\0'));
  EXPECT_EQ(FaultOf(KeysOf({signer}), received), "malformed");
}

struct TimeCase {
  const char* name;
  absl::Duration started;  // after the question
  absl::Duration finished;
  const char* fault;
};

constexpr absl::Duration kTick = absl::Nanoseconds(1);
const TimeCase kTimes[] = {
    {"at once", absl::ZeroDuration(), absl::ZeroDuration(), ""},
    {"ended before it began", absl::Seconds(1), absl::Seconds(1) - kTick, "time"},
    {"a clock that is a minute slow", -absl::Minutes(1), -absl::Minutes(1), ""},
    {"a clock that is slower", -absl::Minutes(1) - kTick, absl::ZeroDuration(), "time"},
    {"a clock that is a minute fast", absl::Minutes(1), absl::Seconds(62), ""},
    {"a clock that is faster", absl::Minutes(1), absl::Seconds(62) + kTick, "time"},
    {"hours ago", -absl::Hours(3), -absl::Hours(3), "time"},
};

TEST(AttestationCheckTest, TimesMustBeThoseOfTheQuestion) {
  const test::TestSigner signer = test::MakeTestSigner("k1");
  for (const TimeCase& c : kTimes) {
    SCOPED_TRACE(c.name);
    v1::CheckResult result = Result();
    *result.mutable_started_at() = ToTimestamp(kAsked + c.started);
    *result.mutable_finished_at() = ToTimestamp(kAsked + c.finished);
    EXPECT_EQ(FaultOf(KeysOf({signer}), Received(test::Attested(signer, Request(), result))),
              c.fault);
  }
}

TEST(AttestationCheckTest, ATimeThatIsMissingOrNoneIsRefused) {
  const test::TestSigner signer = test::MakeTestSigner("k1");
  for (const auto spoil : {+[](v1::CheckResult& r) { r.clear_started_at(); },
                           +[](v1::CheckResult& r) { r.clear_finished_at(); },
                           +[](v1::CheckResult& r) { r.mutable_finished_at()->set_nanos(-1); }}) {
    v1::CheckResult result = Result();
    spoil(result);
    EXPECT_EQ(FaultOf(KeysOf({signer}), Received(test::Attested(signer, Request(), result))),
              "time");
  }
}

TEST(AttestationCheckTest, EveryFaultHasANameAndAProblem) {
  std::set<absl::string_view> names;
  for (const AttestationFault fault : kAttestationFaults) {
    EXPECT_TRUE(names.insert(FaultName(fault)).second);
    const bool other = fault == AttestationFault::kUnknownKey ||
                       fault == AttestationFault::kSignature ||
                       fault == AttestationFault::kIdentity;
    EXPECT_EQ(ProblemOf(fault), other ? v1::Problem::PERSPECTIVE_IDENTITY
                                      : v1::Problem::PERSPECTIVE_RESPONSE_INVALID);
  }
}

}  // namespace
}  // namespace mpic::coordinator
