// CAA lookups that failed and may be permission: the search, the proof and the evidence.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/time/time.h"
#include "common/proto_time.h"
#include "perspective/methods/caa.h"
#include "tests/support/dns_check_run.h"

namespace mpic::perspective {
namespace {

using testing::CaaAnswer;
using testing::CnameAnswer;
using testing::DnsCheckRun;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using testing::LookupError;
using testing::NoData;
using testing::NxDomain;

DnsAnswer Refused() {
  DnsAnswer answer = LookupError(v1::Problem::DNS_REFUSED);
  answer.rcode = 5;
  answer.tries = 3;
  answer.extended_errors = {{.info_code = 22, .extra_text = ""}};
  return answer;
}

DnsAnswer Ds(v1::DnssecStatus status, std::vector<std::string> rdata = {}) {
  DnsAnswer answer = testing::RdataAnswer(std::move(rdata));
  answer.dnssec = status;
  answer.authentic_data = status == v1::SECURE || status == v1::INSECURE;
  return answer;
}
const DnsAnswer kSecure = Ds(v1::SECURE, {"a key's digest"});
const DnsAnswer kInsecure = Ds(v1::INSECURE);

v1::Check Check(v1::CaaCheck::LookupFailure rule) {
  v1::Check check;
  check.mutable_identifier()->set_dns_name("shop.example.com");
  check.mutable_caa()->add_issuer_domain_names("ca.example.com");
  check.mutable_caa()->set_lookup_failure(rule);
  return check;
}

// Vector 128: the servers of example.com refuse everything, and com knows no key of it.
struct RefusedWorld : DnsCheckRun {
  explicit RefusedWorld(v1::CaaCheck::LookupFailure rule = v1::CaaCheck::MAY_PERMIT)
      : DnsCheckRun(Check(rule)) {
    dns.Answer("shop.example.com", RecordType::kCaa, Refused());
    dns.Answer("example.com", RecordType::kCaa, Refused());
    dns.Answer("com", RecordType::kCaa, NoData());
    dns.Answer("com", RecordType::kDs, kSecure);
    dns.Answer("example.com", RecordType::kDs, kInsecure);
    dns.Otherwise(RecordType::kCname, Refused());
    dns.Answer("0f.probe.example.net", RecordType::kTxt, testing::TxtAnswer({"here"}));
  }
  std::string Verdict() {
    const ProblemKind kind = Run(CheckCaa);
    return kind == v1::Problem::KIND_UNSPECIFIED ? "PASSED" : v1::Problem::Kind_Name(kind);
  }
};

TEST(CaaToleratedFailureTest, Vector128PermitsWithProofAndSaysSo) {
  for (const auto rule : {v1::CaaCheck::MAY_PERMIT, v1::CaaCheck::MAY_PERMIT_UNLESS_SERVFAIL}) {
    RefusedWorld world(rule);
    EXPECT_EQ(world.Verdict(), "PASSED") << world.result.problem().detail();
    const v1::CaaEvidence& evidence = world.result.caa();
    EXPECT_EQ(evidence.found_at(), "");
    EXPECT_EQ(evidence.matched_index(), -1);
    EXPECT_EQ(FromTimestamp(evidence.valid_until()), DnsCheckRun::Now() + absl::Hours(8));
    EXPECT_THAT(evidence.tolerated_lookup_failure().failed_names(),
                ElementsAre("shop.example.com", "example.com"));
    EXPECT_EQ(evidence.tolerated_lookup_failure().insecure_delegation(), "example.com");
    // Below example.com nobody is asked for DS.
    EXPECT_THAT(world.dns.questions(),
                ElementsAre("CAA shop.example.com", "CAA example.com", "CAA com", "DS com",
                            "DS example.com", "CNAME shop.example.com", "CNAME example.com",
                            "TXT 0f.probe.example.net"));
    ASSERT_EQ(world.result.steps_size(), 8);
    EXPECT_EQ(world.result.steps(4).dns().dnssec(), v1::INSECURE);
  }
}

TEST(CaaToleratedFailureTest, WithoutTheSwitchNothingIsAskedAndNothingPermitted) {
  for (const auto rule :
       {v1::CaaCheck::NEVER_PERMITS, static_cast<v1::CaaCheck::LookupFailure>(3)}) {
    RefusedWorld world(rule);
    EXPECT_EQ(world.Verdict(), "CAA_LOOKUP_FAILED");
    EXPECT_EQ(world.dns.questions().size(), 3U);
    EXPECT_FALSE(world.result.has_caa());
  }
}

TEST(CaaToleratedFailureTest, TheProofAndNothingLess) {
  const struct {
    const char* sentence;
    void (*change)(RefusedWorld& world);
    const char* verdict;
    const char* detail;
  } cases[] = {
      {"a chain of trust to the name",
       [](RefusedWorld& w) { w.dns.Answer("example.com", RecordType::kDs, kSecure); },
       "CAA_LOOKUP_FAILED", "no delegation on the path is proven insecure"},
      {"DS denied, but no delegation: a name inside com",
       [](RefusedWorld& w) { w.dns.Answer("example.com", RecordType::kDs, Ds(v1::SECURE)); },
       "CAA_LOOKUP_FAILED", "no delegation on the path is proven insecure"},
      {"DS denied without AD: opt-out",
       [](RefusedWorld& w) { w.dns.Answer("example.com", RecordType::kDs, Ds(v1::NOT_SECURE)); },
       "CAA_LOOKUP_FAILED", "DS at example.com was answered without a proof"},
      {"a resolver that does not validate",
       [](RefusedWorld& w) { w.dns.Answer("com", RecordType::kDs, Ds(v1::NOT_CHECKED)); },
       "CAA_LOOKUP_FAILED", "DS at com was answered without a proof"},
      {"the name does not exist, says com",
       [](RefusedWorld& w) {
         DnsAnswer none = NxDomain();
         none.dnssec = v1::SECURE;
         w.dns.Answer("example.com", RecordType::kDs, none);
       },
       "CAA_LOOKUP_FAILED", "not on a path of delegations"},
      {"DS bogus",
       [](RefusedWorld& w) {
         w.dns.Answer("example.com", RecordType::kDs, LookupError(v1::Problem::DNSSEC_BOGUS));
       },
       "DNSSEC_BOGUS", "DNSSEC_BOGUS by the test"},
      {"no answer for DS: our resolver may be what fails",
       [](RefusedWorld& w) {
         w.dns.Answer("com", RecordType::kDs, LookupError(v1::Problem::DNS_TIMEOUT));
       },
       "CAA_LOOKUP_FAILED", "DNS_TIMEOUT by the test"},
      {"the delegation lies below a name that failed",
       [](RefusedWorld& w) {
         w.dns.Answer("example.com", RecordType::kDs, kSecure);
         w.dns.Answer("shop.example.com", RecordType::kDs, kInsecure);
       },
       "CAA_LOOKUP_FAILED", "no delegation on the path is proven insecure"},
      {"an alias to another domain",
       [](RefusedWorld& w) {
         w.dns.Answer("shop.example.com", RecordType::kCname, CnameAnswer("h.edge.example.net"));
       },
       "CAA_LOOKUP_FAILED", "shop.example.com is an alias"},
      {"bogus aliases",
       [](RefusedWorld& w) {
         w.dns.Answer("example.com", RecordType::kCname, LookupError(v1::Problem::DNSSEC_BOGUS));
       },
       "DNSSEC_BOGUS", "DNSSEC_BOGUS by the test"},
      {"servers that answer for CNAME, and have none",
       [](RefusedWorld& w) { w.dns.Otherwise(RecordType::kCname, NoData()); }, "PASSED", ""},
      {"nobody else answers us either: our own side may be what fails",
       [](RefusedWorld& w) {
         w.dns.Answer("0f.probe.example.net", RecordType::kTxt,
                      LookupError(v1::Problem::DNS_SERVFAIL));
       },
       "CAA_LOOKUP_FAILED", "the failure may be our own: DNS_SERVFAIL"},
      {"somebody says that what must be there is not",
       [](RefusedWorld& w) { w.dns.Answer("0f.probe.example.net", RecordType::kTxt, NxDomain()); },
       "CAA_LOOKUP_FAILED", "the failure may be our own: no TXT at 0f.probe.example.net"},
      {"a resolver may have made it of a signed wildcard in its cache",
       [](RefusedWorld& w) {
         DnsAnswer made = testing::TxtAnswer({"here"});
         made.dnssec = v1::SECURE;
         w.dns.Answer("0f.probe.example.net", RecordType::kTxt, made);
       },
       "CAA_LOOKUP_FAILED", "the failure may be our own: 0f.probe.example.net is signed"},
      {"nothing is known that no cache holds", [](RefusedWorld& w) { w.KnowNoUncachedName(); },
       "CAA_LOOKUP_FAILED",
       "the failure may be our own: this perspective has no resolver.uncached_name"},
      {"one of the failures is of another kind",
       [](RefusedWorld& w) {
         w.dns.Answer("example.com", RecordType::kCaa, LookupError(v1::Problem::DNS_TRUNCATED));
       },
       "CAA_LOOKUP_FAILED", "DNS_TRUNCATED"},
      {"one of the failures was not retried",
       [](RefusedWorld& w) {
         DnsAnswer once = Refused();
         once.tries = 1;
         w.dns.Answer("shop.example.com", RecordType::kCaa, once);
       },
       "CAA_LOOKUP_FAILED", "DNS_REFUSED"},
      {"the TLD does not exist",
       [](RefusedWorld& w) { w.dns.Answer("com", RecordType::kCaa, NxDomain()); },
       "CAA_LOOKUP_FAILED", "NXDOMAIN for a TLD"},
      {"records further up forbid",
       [](RefusedWorld& w) {
         w.dns.Answer("com", RecordType::kCaa, CaaAnswer({{0, "issue", ";"}}));
       },
       "CAA_FORBIDS", "CAA at com"},
      {"records further up permit",
       [](RefusedWorld& w) {
         w.dns.Answer("com", RecordType::kCaa, CaaAnswer({{0, "issue", "ca.example.com"}}));
       },
       "PASSED", ""},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.sentence);
    RefusedWorld world;
    c.change(world);
    EXPECT_EQ(world.Verdict(), c.verdict) << world.result.problem().detail();
    EXPECT_THAT(world.result.problem().detail(), HasSubstr(c.detail));
    EXPECT_EQ(world.result.caa().has_valid_until(), std::string(c.verdict) == "PASSED");
    EXPECT_EQ(world.result.caa().has_tolerated_lookup_failure(),
              std::string(c.verdict) == "PASSED");
  }
}

TEST(CaaToleratedFailureTest, ADelegationBelowTheTldOfADeeperName) {
  RefusedWorld world;
  world.dns.Answer("example.com", RecordType::kCaa, NoData());
  world.dns.Answer("example.com", RecordType::kDs, kSecure);
  world.dns.Answer("shop.example.com", RecordType::kDs, kInsecure);
  EXPECT_EQ(world.Verdict(), "PASSED") << world.result.problem().detail();
  EXPECT_EQ(world.result.caa().tolerated_lookup_failure().insecure_delegation(),
            "shop.example.com");
}

TEST(CaaToleratedFailureTest, ANameOfManyLabelsIsAskedForAtEachOfThem) {
  RefusedWorld world;
  std::string name = "example.com";
  std::vector<std::string> names = {"example.com"};
  for (int i = 0; i < 40; ++i) {
    name.insert(0, "a.");
    names.insert(names.begin(), name);
    world.dns.Answer(name, RecordType::kCaa, Refused());
  }
  world.check.mutable_identifier()->set_dns_name(name);
  EXPECT_EQ(world.Verdict(), "PASSED") << world.result.problem().detail();
  EXPECT_THAT(world.result.caa().tolerated_lookup_failure().failed_names(),
              ElementsAreArray(names));
  std::vector<std::string> aliases_asked;
  for (const std::string& question : world.dns.questions()) {
    if (absl::StartsWith(question, "CNAME ")) aliases_asked.push_back(question.substr(6));
  }
  EXPECT_THAT(aliases_asked, ElementsAreArray(names));
}

TEST(CaaToleratedFailureTest, ALongTtlFurtherUpDoesNotCount) {
  RefusedWorld world;
  DnsAnswer ours = CaaAnswer({{0, "issue", "ca.example.com"}});
  ours.min_ttl_seconds = 86'400;
  world.dns.Answer("com", RecordType::kCaa, ours);
  EXPECT_EQ(world.Verdict(), "PASSED");
  EXPECT_EQ(FromTimestamp(world.result.caa().valid_until()), DnsCheckRun::Now() + absl::Hours(8));
}

TEST(CaaToleratedFailureTest, WhatFailsAboveTheRecordsNeedsNoProof) {
  RefusedWorld world;
  world.dns.Answer("shop.example.com", RecordType::kCaa,
                   CaaAnswer({{0, "issue", "ca.example.com"}}));
  EXPECT_EQ(world.Verdict(), "PASSED");
  EXPECT_FALSE(world.result.caa().has_tolerated_lookup_failure());
  EXPECT_EQ(world.dns.questions().size(), 3U);
}

}  // namespace
}  // namespace mpic::perspective
