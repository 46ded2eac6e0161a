// Signed results over real gRPC: what counts, what is refused, and what the record keeps.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/proto_time.h"
#include "coordinator/audit/attestation_verify.h"
#include "coordinator/audit/chain_line.h"
#include "tests/support/coordinator_under_test.h"
#include "tests/support/remote_of.h"
#include "tests/support/test_attestations.h"

namespace mpic::testing {
namespace {

using coordinator::AttestationStanding;
using ::testing::SizeIs;

// Dublin signs with P-256, everybody else with Ed25519.
test::TestSigner SignerOf(const std::string& id) {
  const std::string pem = id == "dublin" ? test::kP256Pem : test::PemOf(id);
  return test::MakeTestSigner(id + "-1", pem.c_str());
}

// A coordinator that demands signatures of everybody, and perspectives that give them.
class SignedWorld {
 public:
  SignedWorld() {
    world.config.mutable_policy()->set_require_attestation(true);
    // Everybody answers, sooner or later.
    *world.config.mutable_policy()->mutable_straggler_grace() = ToProtoDuration(absl::Seconds(30));
    for (auto& place : *world.config.mutable_perspectives()) {
      const test::TestSigner signer = SignerOf(place.perspective_id());
      files_.push_back(test::WriteTestFile(signer.key->PublicKeyPem()));
      auto& key = *place.add_attestation_keys();
      key.set_key_id(signer.key_id);
      key.set_public_key_file(files_.back());
      world.at(place.perspective_id()).SignWith(signer);
    }
  }
  ~SignedWorld() {
    for (const std::string& file : files_) unlink(file.c_str());
  }

  double Refusals(const std::string& fault, const std::string& id) {
    return world.Metric(absl::StrCat("mpic_coordinator_attestation_refusals_total{fault=\"", fault,
                                     "\",perspective=\"", id, "\""));
  }

  CoordinatorUnderTest world;

 private:
  std::vector<std::string> files_;
};

void ExpectDublinRefused(const v1::Corroboration& answer, v1::Problem::Kind kind) {
  EXPECT_EQ(answer.verdict(), v1::CORROBORATED) << answer.problem().detail();
  EXPECT_EQ(answer.quorum().text(), "5/6");
  const v1::RemoteResult& dublin = RemoteOf(answer, "dublin");
  EXPECT_FALSE(dublin.corroborates());
  EXPECT_EQ(dublin.problem().kind(), kind) << dublin.problem().detail();
  EXPECT_FALSE(dublin.has_result());
  EXPECT_FALSE(dublin.has_attestation());
}

v1::CheckResponse Response(v1::AttestedResult attested) {
  v1::CheckResponse response;
  *response.mutable_attested_result() = std::move(attested);
  return response;
}

TEST(AttestationFaultsTest, SignedResultsCountAndVerifyInTheRecord) {
  SignedWorld signed_world;
  CoordinatorUnderTest& world = signed_world.world;
  world.Start();
  v1::CorroborateRequest request = Dns01Request();
  AddHttp01(request, "http");
  AddCaa(request, "caa");
  const v1::CorroborateResponse response = world.Corroborate(request);
  for (const v1::Corroboration& answer : response.corroborations()) {
    EXPECT_EQ(answer.quorum().text(), "6/6") << answer.check_id();
    EXPECT_EQ(answer.primary_attestation().key_id(), "frankfurt-1");
    EXPECT_EQ(RemoteOf(answer, "dublin").attestation().key_id(), "dublin-1");
  }
  coordinator::PerspectiveKeys keys;
  for (const auto& place : world.config.perspectives()) {
    const test::TestSigner signer = SignerOf(place.perspective_id());
    keys[place.perspective_id()].emplace(signer.key_id, signer.PublicKey());
  }
  ASSERT_THAT(world.Records(), SizeIs(3));
  for (const std::string& line : world.Records()) {
    const auto place = coordinator::ParseLine(line);
    ASSERT_TRUE(place.ok()) << place.status();
    const auto decoded = coordinator::DecodeRecord(place->record);
    ASSERT_TRUE(decoded.ok()) << decoded.status();
    const v1::AuditRecord& record = *decoded;
    const auto findings = coordinator::VerifyAttestations(record, keys);
    EXPECT_THAT(findings, SizeIs(7));
    for (const auto& finding : findings) {
      EXPECT_EQ(finding.standing, AttestationStanding::kVerified)
          << finding.perspective_id << ": " << finding.why;
      EXPECT_EQ(finding.covers_evidence, record.method() == v1::CAA) << finding.perspective_id;
    }
  }
}

TEST(AttestationFaultsTest, EveryQuestionHasANonceOfItsOwnAlsoInTheNextAttempt) {
  SignedWorld signed_world;
  CoordinatorUnderTest& world = signed_world.world;
  world.config.mutable_policy()->set_attempts_max(2);
  *world.config.mutable_policy()->mutable_retry_delay() = ToProtoDuration(absl::ZeroDuration());
  world.ForAll([](ScriptedPerspective& one) {
    if (one.identity().perspective_id() == "frankfurt") return;
    one.ReplyWith([identity = one.identity()](const v1::Check& check) {
      return ScriptedReply{
          .results = {FailingResult(check, identity, v1::Problem::RECORD_NOT_MATCHING)}};
    });
  });
  world.Start();
  const v1::Corroboration answer = world.CorroborateOne(Dns01Request());
  EXPECT_EQ(answer.verdict(), v1::NOT_CORROBORATED);
  EXPECT_EQ(answer.attempts(), 2U);
  EXPECT_TRUE(RemoteOf(answer, "dublin").has_attestation());
  std::set<std::string> nonces;
  std::size_t questions = 0;
  world.ForAll([&](const ScriptedPerspective& one) {
    for (const v1::CheckRequest& request : one.checks()) {
      EXPECT_THAT(request.nonce(), SizeIs(16));
      nonces.insert(request.nonce());
      ++questions;
    }
  });
  EXPECT_EQ(questions, 14U);
  EXPECT_THAT(nonces, SizeIs(questions));
}

// The first question of every session has the same check id, and an RA may use a request id again.
TEST(AttestationFaultsTest, AValidAnswerToAnotherQuestionIsRefused) {
  std::optional<v1::AttestedResult> recorded;
  {
    SignedWorld before;
    before.world.config.set_threads(1);
    before.world.at("dublin").ReplyToRequestWith(
        [&recorded, identity = before.world.at("dublin").identity()](const auto& request) {
          recorded =
              test::Attested(SignerOf("dublin"), request, PassingResult(request.check(), identity));
          return ScriptedReply{.responses = {Response(*recorded)}};
        });
    before.world.Start();
    EXPECT_EQ(before.world.CorroborateOne(Dns01Request()).quorum().text(), "6/6");
  }
  ASSERT_TRUE(recorded.has_value());
  SignedWorld now;
  now.world.config.set_threads(1);
  now.world.at("dublin").ReplyToRequestWith(
      [&recorded](const auto&) { return ScriptedReply{.responses = {Response(*recorded)}}; });
  now.world.Start();
  ExpectDublinRefused(now.world.CorroborateOne(Dns01Request()),
                      v1::Problem::PERSPECTIVE_RESPONSE_INVALID);
  EXPECT_EQ(now.Refusals("nonce", "dublin"), 1);
  EXPECT_EQ(now.Refusals("nonce", "ashburn"), 0);
  // Played a second time, it is the answer to a question that nobody asks any more.
  now.world.at("dublin").ReplyToRequestWith(
      [&recorded, identity = now.world.at("dublin").identity()](const auto& request) {
        return ScriptedReply{
            .responses = {Response(*recorded),
                          Response(test::Attested(SignerOf("dublin"), request,
                                                  PassingResult(request.check(), identity)))}};
      });
  EXPECT_EQ(now.world.CorroborateOne(Dns01Request()).quorum().text(), "6/6");
  EXPECT_EQ(now.world.Metric("mpic_coordinator_unexpected_results_total{perspective=\"dublin\""),
            1);
}

struct FaultCase {
  const char* name;
  v1::AttestedResult (*answer)(const v1::CheckRequest& request, v1::CheckResult result);
  const char* fault;
  v1::Problem::Kind problem;
};

const FaultCase kFaults[] = {
    {"signed by a key that is not pinned",
     [](const auto& request, auto result) {
       return test::Attested(SignerOf("ashburn"), request, result);
     },
     "unknown_key", v1::Problem::PERSPECTIVE_IDENTITY},
    {"signed by another key under its key id",
     [](const auto& request, auto result) {
       return test::Attested(test::MakeTestSigner("dublin-1", test::kEd25519Pem), request, result);
     },
     "signature", v1::Problem::PERSPECTIVE_IDENTITY},
    {"an attestation that is empty",
     [](const auto& request, auto result) {
       v1::AttestedResult attested = test::Attested(SignerOf("dublin"), request, result);
       attested.clear_attestation();
       return attested;
     },
     "unknown_key", v1::Problem::PERSPECTIVE_IDENTITY},
    {"a word on another name",
     [](const auto& request, auto result) {
       return test::Attested(SignerOf("dublin"), request, result, [](v1::ResultStatement& s) {
         s.mutable_identifier()->set_dns_name("bank.example.com");
       });
     },
     "question", v1::Problem::PERSPECTIVE_RESPONSE_INVALID},
    {"a result that was turned on the way",
     [](const auto& request, auto result) {
       v1::CheckResult failed =
           FailingResult(request.check(), result.perspective(), v1::Problem::RECORD_NOT_MATCHING);
       v1::AttestedResult attested = test::Attested(SignerOf("dublin"), request, failed);
       attested.set_result(result.SerializeAsString());
       return attested;
     },
     "result", v1::Problem::PERSPECTIVE_RESPONSE_INVALID},
    {"software that is not that of its Hello",
     [](const auto& request, auto result) {
       result.mutable_perspective()->set_software("other/2");
       return test::Attested(SignerOf("dublin"), request, result);
     },
     "identity", v1::Problem::PERSPECTIVE_IDENTITY},
    {"a clock that is hours off",
     [](const auto& request, auto result) {
       *result.mutable_started_at() = ToTimestamp(absl::Now() + absl::Hours(2));
       result.mutable_finished_at()->CopyFrom(result.started_at());
       return test::Attested(SignerOf("dublin"), request, result);
     },
     "time", v1::Problem::PERSPECTIVE_RESPONSE_INVALID},
};

TEST(AttestationFaultsTest, WhatIsNotItsWordOnThisQuestionIsRefused) {
  SignedWorld signed_world;
  CoordinatorUnderTest& world = signed_world.world;
  const v1::PerspectiveIdentity identity = world.at("dublin").identity();
  world.Start();
  for (const FaultCase& c : kFaults) {
    SCOPED_TRACE(c.name);
    world.at("dublin").ReplyToRequestWith([&c, identity](const v1::CheckRequest& request) {
      return ScriptedReply{
          .responses = {Response(c.answer(request, PassingResult(request.check(), identity)))}};
    });
    const double before = signed_world.Refusals(c.fault, "dublin");
    ExpectDublinRefused(world.CorroborateOne(Dns01Request()), c.problem);
    EXPECT_EQ(signed_world.Refusals(c.fault, "dublin"), before + 1);
  }
}

TEST(AttestationFaultsTest, UnsignedResultsDoNotCount) {
  SignedWorld signed_world;
  CoordinatorUnderTest& world = signed_world.world;
  const auto unsigned_reply = [](ScriptedPerspective& one) {
    one.ReplyToRequestWith([identity = one.identity()](const v1::CheckRequest& request) {
      v1::CheckResponse response;
      *response.mutable_result() = PassingResult(request.check(), identity);
      return ScriptedReply{.responses = {response}};
    });
  };
  unsigned_reply(world.at("dublin"));
  world.Start();
  ExpectDublinRefused(world.CorroborateOne(Dns01Request()),
                      v1::Problem::PERSPECTIVE_RESPONSE_INVALID);
  EXPECT_EQ(signed_world.Refusals("missing", "dublin"), 1);
  // Nor does the primary's.
  unsigned_reply(world.at("frankfurt"));
  const v1::Corroboration answer = world.CorroborateOne(Dns01Request());
  EXPECT_EQ(answer.verdict(), v1::NOT_COMPLETED);
  EXPECT_EQ(answer.problem().kind(), v1::Problem::PERSPECTIVE_RESPONSE_INVALID);
  EXPECT_FALSE(answer.has_primary_attestation());
  EXPECT_EQ(signed_world.Refusals("missing", "frankfurt"), 1);
}

TEST(AttestationFaultsTest, OctetsThatAreNoResultEndTheStream) {
  SignedWorld signed_world;
  CoordinatorUnderTest& world = signed_world.world;
  world.at("dublin").ReplyToRequestWith([](const v1::CheckRequest&) {
    v1::AttestedResult garbage;
    garbage.set_result("\xff\xff\xff");
    return ScriptedReply{.responses = {Response(garbage)}};
  });
  world.Start();
  const std::size_t opened = world.at("dublin").streams_opened();
  ExpectDublinRefused(world.CorroborateOne(Dns01Request()),
                      v1::Problem::PERSPECTIVE_RESPONSE_INVALID);
  EXPECT_TRUE(WaitUntil([&] { return world.at("dublin").streams_opened() > opened; }));
}

TEST(AttestationFaultsTest, SignaturesOfWhomNobodyHasAKeyAreNotLookedAt) {
  CoordinatorUnderTest world;
  world.at("dublin").SignWith(SignerOf("dublin"));
  world.Start();
  const v1::Corroboration answer = world.CorroborateOne(Dns01Request());
  EXPECT_EQ(answer.quorum().text(), "6/6");
  // What nobody has verified is not passed on as evidence.
  EXPECT_FALSE(RemoteOf(answer, "dublin").has_attestation());
}

}  // namespace
}  // namespace mpic::testing
