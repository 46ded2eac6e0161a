#include "perspective/methods/authorization_domain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "perspective/methods/dns_01.h"
#include "perspective/methods/dns_change.h"
#include "tests/support/dns_check_run.h"

namespace mpic::perspective {
namespace {

using ::mpic::testing::CnameAnswer;
using ::mpic::testing::DnsCheckRun;
using ::mpic::testing::LookupError;
using ::mpic::testing::NoData;
using ::mpic::testing::NxDomain;
using ::mpic::testing::RdataAnswer;
using ::mpic::testing::TxtAnswer;
using ::mpic::testing::WireName;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kKeyAuthorization[] =
    "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA.NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs";
constexpr char kDigest[] = "ZTRx1Ckl1-tM05o5zaizTTA0yUy5AGereMgSNWC6Ll8";
constexpr ProblemKind kPassed = v1::Problem::KIND_UNSPECIFIED;

v1::Check Check(const std::string& adn, unsigned steps) {
  v1::Check check;
  check.mutable_identifier()->set_dns_name("www.shop.example.com");
  check.set_authorization_domain_name(adn);
  check.set_adn_cname_steps(steps);
  check.mutable_dns_01()->set_key_authorization(kKeyAuthorization);
  return check;
}

// www.shop.example.com -> edge.cdn.example.net -> pop.example.org
DnsCheckRun TwoAliases(const std::string& adn, unsigned steps) {
  DnsCheckRun run(Check(adn, steps));
  run.dns.Answer("www.shop.example.com", RecordType::kCname, CnameAnswer("Edge.CDN.example.net"));
  run.dns.Answer("edge.cdn.example.net", RecordType::kCname, CnameAnswer("pop.example.org"));
  return run;
}

TEST(AuthorizationDomainTest, HopsFirstThenPruning) {
  const struct {
    const char* name;
    const char* adn;
    unsigned steps;
    std::vector<std::string> targets;
  } cases[] = {
      {"no hop, the name itself", "www.shop.example.com", 0, {}},
      {"no hop, pruned", "example.com", 0, {}},
      {"one hop", "edge.cdn.example.net", 1, {"edge.cdn.example.net"}},
      {"one hop, pruned", "example.net", 1, {"edge.cdn.example.net"}},
      {"one hop, any case", "CDN.Example.Net", 1, {"edge.cdn.example.net"}},
      {"two hops", "pop.example.org", 2, {"edge.cdn.example.net", "pop.example.org"}},
      {"two hops, pruned", "example.org", 2, {"edge.cdn.example.net", "pop.example.org"}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    DnsCheckRun run = TwoAliases(c.adn, c.steps);
    const std::string asked =
        absl::StrCat("_acme-challenge.", DomainName::ParseHost(c.adn)->text());
    run.dns.Answer(asked, RecordType::kTxt, TxtAnswer({kDigest}));
    EXPECT_EQ(run.Run(CheckDns01), kPassed) << run.result.problem().detail();
    EXPECT_THAT(run.result.adn_cname_targets(), ::testing::ElementsAreArray(c.targets));
    EXPECT_EQ(run.result.steps_size(), static_cast<int>(c.steps) + 1) << "every hop is a step";
    EXPECT_EQ(run.dns.questions().back(), "TXT " + asked);
  }
}

TEST(AuthorizationDomainTest, DnsChangeTakesTheSameHops) {
  DnsCheckRun run = TwoAliases("edge.cdn.example.net", 1);
  v1::DnsChange& change = *run.check.mutable_dns_change();
  change.set_record_type(v1::DnsChange::TXT);
  change.set_prefix_label("_dcv");
  change.set_expected_value("4f9c2a7be1d04c6f8a35b1e97d20c4aa");
  run.dns.Answer("_dcv.edge.cdn.example.net", RecordType::kTxt,
                 TxtAnswer({"4f9c2a7be1d04c6f8a35b1e97d20c4aa"}));
  EXPECT_EQ(run.Run(CheckDnsChange), kPassed);
  EXPECT_THAT(run.dns.questions(),
              ElementsAre("CNAME www.shop.example.com", "TXT _dcv.edge.cdn.example.net"));
}

TEST(AuthorizationDomainTest, HopsThatLeadElsewhere) {
  const struct {
    const char* name;
    const char* adn;
    unsigned steps;
  } cases[] = {
      {"another name", "example.org", 1},
      {"below the target", "pop.edge.cdn.example.net", 1},
      {"the name that the hops began at", "www.shop.example.com", 1},
      {"vector 4: what is above the name", "example.com", 1},
      {"a hop too many", "edge.cdn.example.net", 2},
      {"a label that only ends alike", "ple.net", 1},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    DnsCheckRun run = TwoAliases(c.adn, c.steps);
    EXPECT_EQ(run.Run(CheckDns01), v1::Problem::RECORD_NOT_MATCHING);
    EXPECT_EQ(run.dns.questions().size(), c.steps) << "no challenge is asked for";
    EXPECT_THAT(run.result.problem().detail(), HasSubstr("is not at or below"));
  }
}

// A CNAME of the pruned name is never asked for: pruning comes last.
TEST(AuthorizationDomainTest, Vector4TheHopsBeginAtTheNameItself) {
  DnsCheckRun run(Check("edge.example.net", 1));
  run.dns.Answer("www.shop.example.com", RecordType::kCname, NoData());
  EXPECT_EQ(run.Run(CheckDns01), v1::Problem::DNS_NODATA);
  EXPECT_THAT(run.dns.questions(), ElementsAre("CNAME www.shop.example.com"));
}

TEST(AuthorizationDomainTest, WhatDnsAnswersInsteadKeepsItsKind) {
  const struct {
    const char* name;
    testing::DnsAnswer answer;
    ProblemKind kind;
    v1::Outcome outcome;
  } cases[] = {
      {"NXDOMAIN", NxDomain(), v1::Problem::DNS_NXDOMAIN, v1::FAILED},
      {"NODATA", NoData(), v1::Problem::DNS_NODATA, v1::FAILED},
      {"SERVFAIL", LookupError(v1::Problem::DNS_SERVFAIL), v1::Problem::DNS_SERVFAIL, v1::ERROR},
      {"timeout", LookupError(v1::Problem::DNS_TIMEOUT), v1::Problem::DNS_TIMEOUT, v1::ERROR},
      {"bogus", LookupError(v1::Problem::DNSSEC_BOGUS), v1::Problem::DNSSEC_BOGUS, v1::FAILED},
      {"indeterminate", LookupError(v1::Problem::DNSSEC_INDETERMINATE),
       v1::Problem::DNSSEC_INDETERMINATE, v1::ERROR},
      {"two CNAME records",
       RdataAnswer({WireName("edge.cdn.example.net"), WireName("b.example.net")}),
       v1::Problem::RECORD_MALFORMED, v1::FAILED},
      {"a target that is no name", RdataAnswer({"\x09"}), v1::Problem::RECORD_MALFORMED,
       v1::FAILED},
      {"the root as target", CnameAnswer(""), v1::Problem::RECORD_MALFORMED, v1::FAILED},
      {"an onion name", CnameAnswer("abc.onion"), v1::Problem::RECORD_NOT_MATCHING, v1::FAILED},
      {"the name itself", CnameAnswer("www.shop.example.com"), v1::Problem::DNS_LOOP, v1::ERROR},
      {"back to the name", CnameAnswer("WWW.shop.example.com"), v1::Problem::DNS_LOOP, v1::ERROR},
  };
  for (const auto& c : cases) {
    for (const unsigned hop : {1U, 2U}) {
      SCOPED_TRACE(absl::StrCat(c.name, " at hop ", hop));
      DnsCheckRun run = TwoAliases("example.org", 2);
      run.dns.Answer(hop == 1 ? "www.shop.example.com" : "edge.cdn.example.net", RecordType::kCname,
                     c.answer);
      EXPECT_EQ(run.Run(CheckDns01), c.kind);
      EXPECT_EQ(run.result.outcome(), c.outcome);
      EXPECT_EQ(run.result.steps_size(), static_cast<int>(hop));
      EXPECT_THAT(run.result.problem().detail(), HasSubstr("CNAME step at "));
    }
  }
}

TEST(AuthorizationDomainTest, QuestionsThatAreRefusedUnasked) {
  const struct {
    const char* name;
    void (*spoil)(v1::Check& check);
  } cases[] = {
      {"vector 2: a wildcard",
       [](v1::Check& c) { c.mutable_identifier()->set_dns_name("*.shop.example.com"); }},
      {"vector 2: a wildcard to its own ancestor",
       [](v1::Check& c) {
         c.mutable_identifier()->set_dns_name("*.shop.example.com");
         c.set_authorization_domain_name("example.com");
       }},
      {"nine hops", [](v1::Check& c) { c.set_adn_cname_steps(9); }},
      {"no goal", [](v1::Check& c) { c.clear_authorization_domain_name(); }},
      {"an alias target without hops", [](v1::Check& c) { c.clear_adn_cname_steps(); }},
      {"an onion name as the goal",
       [](v1::Check& c) { c.set_authorization_domain_name("abc.onion"); }},
      {"an onion name to begin at",
       [](v1::Check& c) { c.mutable_identifier()->set_dns_name("www.abc.onion"); }},
      {"an address", [](v1::Check& c) { c.mutable_identifier()->set_ip_address("192.0.2.1"); }},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    DnsCheckRun run(Check("edge.cdn.example.net", 1));
    c.spoil(run.check);
    EXPECT_EQ(run.Run(CheckDns01), v1::Problem::BAD_REQUEST);
    EXPECT_THAT(run.dns.questions(), IsEmpty());
  }
}

}  // namespace
}  // namespace mpic::perspective
