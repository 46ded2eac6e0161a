#include "perspective/dnssec_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/fake_dns_client.h"
#include "tests/support/run_awaitable.h"

namespace mpic::perspective {
namespace {

using ::testing::ElementsAre;
using testing::FakeDnsClient;
using ::testing::HasSubstr;
using testing::LookupError;
using testing::NoData;
using testing::RdataAnswer;
using testing::RunAwaitable;

using Standing = DnssecProof::Standing;

DnsAnswer Secure() {
  DnsAnswer answer = RdataAnswer({"a delegation signer"});
  answer.authentic_data = true;
  return answer;
}

struct ProofCase {
  const char* name;
  DnsAnswer delegation;
  std::optional<DnsAnswer> bogus;
  Standing standing;
};

const ProofCase kProofCases[] = {
    {"AD on the root's signature", Secure(), std::nullopt, Standing::kProven},
    {"the same, and a bogus name refused", Secure(), LookupError(v1::Problem::DNSSEC_BOGUS),
     Standing::kProven},
    {"refused without an Extended DNS Error", Secure(), LookupError(v1::Problem::DNS_SERVFAIL),
     Standing::kProven},
    {"no AD", RdataAnswer({"a delegation signer"}), std::nullopt, Standing::kDisproven},
    {"AD on nothing",
     [] {
       DnsAnswer answer = NoData();
       answer.authentic_data = true;
       return answer;
     }(),
     std::nullopt, Standing::kDisproven},
    {"a trust anchor that is not the root's", LookupError(v1::Problem::DNSSEC_BOGUS), std::nullopt,
     Standing::kDisproven},
    {"AD, but what is bogus is answered as well", Secure(), RdataAnswer({"forged"}),
     Standing::kDisproven},
    {"AD, and what is bogus does not exist", Secure(), NoData(), Standing::kDisproven},
    {"no answer", LookupError(v1::Problem::DNS_TIMEOUT), std::nullopt, Standing::kUnknown},
    {"SERVFAIL says nothing of the root", LookupError(v1::Problem::DNS_SERVFAIL), std::nullopt,
     Standing::kUnknown},
    {"no answer about what is bogus", Secure(), LookupError(v1::Problem::DNS_TIMEOUT),
     Standing::kUnknown},
};

TEST(DnssecProofTest, ResolversAreJudgedByTheirAnswers) {
  for (const ProofCase& c : kProofCases) {
    SCOPED_TRACE(c.name);
    const DnssecProof proof = JudgeResolver(c.delegation, c.bogus);
    EXPECT_EQ(proof.standing, c.standing);
    EXPECT_EQ(proof.sentence.empty(), c.standing == Standing::kProven);
  }
}

// Proofs one after the other, and what was told after each.
class DnssecWatchTest : public ::testing::Test {
 protected:
  absl::Status ProofAfter(DnsAnswer delegation) {
    dns_.Answer("com", RecordType::kDs, std::move(delegation));
    RunAwaitable(watch_.Prove());
    return told_;
  }

  FakeDnsClient dns_;
  absl::Status told_ = absl::UnknownError("nothing was told");
  DnssecWatch watch_{dns_,
                     {.signed_delegation = DomainName::ParseDns("com").value(),
                      .bogus_name = std::nullopt,
                      .interval = absl::Seconds(1)},
                     [this](const absl::Status& standing) { told_ = standing; }};
};

TEST_F(DnssecWatchTest, NothingIsTakenOnTrust) {
  const absl::Status silent = ProofAfter(LookupError(v1::Problem::DNS_TIMEOUT));
  EXPECT_EQ(silent.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(silent.message()), HasSubstr("no answer for DS"));
  EXPECT_TRUE(ProofAfter(Secure()).ok());
  EXPECT_THAT(dns_.questions(), ElementsAre("DS com", "DS com"));
}

TEST_F(DnssecWatchTest, OneWrongAnswerIsEnoughAndOneRightAnswerMends) {
  EXPECT_TRUE(ProofAfter(Secure()).ok());
  const absl::Status lost = ProofAfter(RdataAnswer({"a delegation signer"}));
  EXPECT_THAT(std::string(lost.message()), HasSubstr("without AD"));
  EXPECT_TRUE(ProofAfter(Secure()).ok());
}

TEST_F(DnssecWatchTest, SilenceIsForgivenTwice) {
  EXPECT_TRUE(ProofAfter(Secure()).ok());
  EXPECT_TRUE(ProofAfter(LookupError(v1::Problem::DNS_TIMEOUT)).ok());
  EXPECT_TRUE(ProofAfter(LookupError(v1::Problem::DNS_SERVFAIL)).ok());
  EXPECT_FALSE(ProofAfter(LookupError(v1::Problem::DNS_TIMEOUT)).ok());
  EXPECT_TRUE(ProofAfter(Secure()).ok());
  EXPECT_TRUE(ProofAfter(LookupError(v1::Problem::DNS_TIMEOUT)).ok());
}

TEST_F(DnssecWatchTest, TheBogusNameIsAskedWhereThereIsOne) {
  DnssecWatch watch(dns_,
                    {.signed_delegation = DomainName::ParseDns("com").value(),
                     .bogus_name = DomainName::ParseDns("bogus.example.com").value(),
                     .interval = absl::Seconds(1)},
                    [this](const absl::Status& standing) { told_ = standing; });
  dns_.Answer("com", RecordType::kDs, Secure());
  dns_.Answer("bogus.example.com", RecordType::kTxt, RdataAnswer({"forged"}));
  RunAwaitable(watch.Prove());
  EXPECT_THAT(std::string(told_.message()), HasSubstr("although its signatures do not hold"));
}

}  // namespace
}  // namespace mpic::perspective
