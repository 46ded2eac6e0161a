#include "perspective/methods/dns_01.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/proto_time.h"
#include "tests/support/dns_check_run.h"

namespace mpic::perspective {
namespace {

using ::mpic::testing::DnsCheckRun;
using ::mpic::testing::TxtAnswer;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kName[] = "_acme-challenge.shop.example.com";
constexpr char kKeyAuthorization[] =
    "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA.NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs";
constexpr char kDigest[] = "ZTRx1Ckl1-tM05o5zaizTTA0yUy5AGereMgSNWC6Ll8";
constexpr char kDigestHex[] = "653471d42925d7eb4cd39a39cda8b34d3034c94cb90067ab78c8123560ba2e5f";
constexpr ProblemKind kPassed = v1::Problem::KIND_UNSPECIFIED;

v1::Check Check() {
  v1::Check check;
  check.mutable_identifier()->set_dns_name("shop.example.com");
  check.mutable_dns_01()->set_key_authorization(kKeyAuthorization);
  return check;
}

TEST(Dns01Test, Vector22DigestAtTheChallengeName) {
  DnsCheckRun run(Check());
  run.dns.Answer(kName, RecordType::kTxt, TxtAnswer({"v=spf1 -all", kDigest}));
  EXPECT_EQ(run.Run(CheckDns01), kPassed);
  EXPECT_THAT(run.dns.questions(), ElementsAre("TXT _acme-challenge.shop.example.com"));
  EXPECT_EQ(run.result.observed_value(), kDigest);
  const v1::DnsRecordEvidence& evidence = run.result.dns_record();
  EXPECT_EQ(evidence.queried_name(), kName);
  EXPECT_THAT(evidence.values(), ElementsAre("v=spf1 -all", kDigest));
  EXPECT_EQ(evidence.matched_index(), 1U);
  ASSERT_EQ(run.result.steps_size(), 1);
  EXPECT_TRUE(run.result.steps(0).dns().answered());
}

TEST(Dns01Test, OnlyTheExactDigestMatches) {
  const struct {
    const char* name;
    std::vector<std::string> values;
    ProblemKind expected;
  } cases[] = {
      {"vector 23: padded", {absl::StrCat(kDigest, "=")}, v1::Problem::RECORD_NOT_MATCHING},
      {"vector 23: quoted", {absl::StrCat("\"", kDigest, "\"")}, v1::Problem::RECORD_NOT_MATCHING},
      {"vector 23: space behind", {absl::StrCat(kDigest, " ")}, v1::Problem::RECORD_NOT_MATCHING},
      {"space before", {absl::StrCat(" ", kDigest)}, v1::Problem::RECORD_NOT_MATCHING},
      {"vector 23: lower case", {absl::AsciiStrToLower(kDigest)}, v1::Problem::RECORD_NOT_MATCHING},
      {"vector 23: hexadecimal", {kDigestHex}, v1::Problem::RECORD_NOT_MATCHING},
      {"vector 23: the key authorization itself",
       {kKeyAuthorization},
       v1::Problem::RECORD_NOT_MATCHING},
      {"split across two records",
       {std::string(kDigest).substr(0, 20), std::string(kDigest).substr(20)},
       v1::Problem::RECORD_NOT_MATCHING},
      {"among others", {"a", kDigest, "b"}, kPassed},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    DnsCheckRun run(Check());
    run.dns.Answer(kName, RecordType::kTxt, TxtAnswer(c.values));
    EXPECT_EQ(run.Run(CheckDns01), c.expected);
    EXPECT_EQ(run.result.observed_value().empty(), c.expected != kPassed);
    EXPECT_EQ(run.result.dns_record().values_size(), static_cast<int>(c.values.size()));
  }
}

TEST(Dns01Test, TheStringsOfOneRecordAreJoined) {
  DnsCheckRun run(Check());
  const std::string digest = kDigest;
  run.dns.Answer(
      kName, RecordType::kTxt,
      testing::RdataAnswer({testing::TxtRdata({digest.substr(0, 20), digest.substr(20)})}));
  EXPECT_EQ(run.Run(CheckDns01), kPassed);
}

TEST(Dns01Test, WhatDnsAnswersInsteadKeepsItsKind) {
  const struct {
    const char* name;
    testing::DnsAnswer answer;
    ProblemKind kind;
    v1::Outcome outcome;
  } cases[] = {
      {"NXDOMAIN", testing::NxDomain(), v1::Problem::DNS_NXDOMAIN, v1::FAILED},
      {"vector 25: the alias target does not exist",
       testing::ByAlias({"gone.example.net"}, testing::NxDomain()), v1::Problem::DNS_NXDOMAIN,
       v1::FAILED},
      {"NODATA", testing::NoData(), v1::Problem::DNS_NODATA, v1::FAILED},
      {"SERVFAIL", testing::LookupError(v1::Problem::DNS_SERVFAIL), v1::Problem::DNS_SERVFAIL,
       v1::ERROR},
      {"timeout", testing::LookupError(v1::Problem::DNS_TIMEOUT), v1::Problem::DNS_TIMEOUT,
       v1::ERROR},
      {"vector 26: bogus", testing::LookupError(v1::Problem::DNSSEC_BOGUS),
       v1::Problem::DNSSEC_BOGUS, v1::FAILED},
      {"indeterminate", testing::LookupError(v1::Problem::DNSSEC_INDETERMINATE),
       v1::Problem::DNSSEC_INDETERMINATE, v1::ERROR},
      {"broken TXT record", testing::RdataAnswer({"\x09"}), v1::Problem::RECORD_MALFORMED,
       v1::FAILED},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    DnsCheckRun run(Check());
    run.dns.Answer(kName, RecordType::kTxt, c.answer);
    EXPECT_EQ(run.Run(CheckDns01), c.kind);
    EXPECT_EQ(run.result.outcome(), c.outcome);
    EXPECT_EQ(run.result.steps_size(), 1);
    EXPECT_EQ(run.result.dns_record().queried_name(), kName);
  }
}

TEST(Dns01Test, TheAuthorizationDomainNameIsAsked) {
  const struct {
    const char* name;
    const char* identifier;
    const char* adn;
    const char* asked;
  } cases[] = {
      {"wildcard without its asterisk", "*.shop.example.com", "", "shop.example.com"},
      {"pruned", "shop.example.com", "example.com", "example.com"},
      {"pruned wildcard", "*.shop.example.com", "example.com", "example.com"},
      {"in the name's own case", "Shop.EXAMPLE.com", "", "shop.example.com"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    DnsCheckRun run(Check());
    run.check.mutable_identifier()->set_dns_name(c.identifier);
    run.check.set_authorization_domain_name(c.adn);
    const std::string asked = absl::StrCat("_acme-challenge.", c.asked);
    run.dns.Answer(asked, RecordType::kTxt, TxtAnswer({kDigest}));
    EXPECT_EQ(run.Run(CheckDns01), kPassed);
    EXPECT_THAT(run.dns.questions(), ElementsAre("TXT " + asked));
  }
}

TEST(Dns01Test, BadQuestionsAreRefusedBeforeAnyLookup) {
  const struct {
    const char* name;
    void (*spoil)(v1::Check& check);
    ProblemKind expected;
  } cases[] = {
      {"vector 28: an IP address",
       [](v1::Check& check) { check.mutable_identifier()->set_ip_address("192.0.2.10"); },
       v1::Problem::BAD_REQUEST},
      {"no identifier", [](v1::Check& check) { check.clear_identifier(); },
       v1::Problem::BAD_REQUEST},
      {"unparsable name",
       [](v1::Check& check) { check.mutable_identifier()->set_dns_name("a b.example"); },
       v1::Problem::BAD_REQUEST},
      {"onion name",
       [](v1::Check& check) { check.mutable_identifier()->set_dns_name("abc.onion"); },
       v1::Problem::BAD_REQUEST},
      {"a name of somebody else",
       [](v1::Check& check) { check.set_authorization_domain_name("attacker.example.net"); },
       v1::Problem::BAD_REQUEST},
      {"unparsable ADN", [](v1::Check& check) { check.set_authorization_domain_name("_x.com"); },
       v1::Problem::BAD_REQUEST},
      {"alias target for a wildcard",
       [](v1::Check& check) {
         check.mutable_identifier()->set_dns_name("*.shop.example.com");
         check.set_authorization_domain_name("edge.example.net");
       },
       v1::Problem::BAD_REQUEST},
      {"name over 253 octets with the label",
       [](v1::Check& check) {
         const std::string label(60, 'a');
         check.mutable_identifier()->set_dns_name(
             absl::StrCat(label, ".", label, ".", label, ".", label, ".com"));
       },
       v1::Problem::BAD_REQUEST},
      {"key authorization without thumbprint",
       [](v1::Check& check) {
         check.mutable_dns_01()->set_key_authorization("evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ");
       },
       v1::Problem::BAD_REQUEST},
      {"created 31 days ago",
       [](v1::Check& check) {
         *check.mutable_challenge_created_at() =
             ToTimestamp(DnsCheckRun::Now() - absl::Hours(31 * 24));
       },
       v1::Problem::TOKEN_EXPIRED},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    DnsCheckRun run(Check());
    c.spoil(run.check);
    EXPECT_EQ(run.Run(CheckDns01), c.expected) << run.result.problem().detail();
    EXPECT_THAT(run.dns.questions(), IsEmpty());
  }
}

}  // namespace
}  // namespace mpic::perspective
