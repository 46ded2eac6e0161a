#include "perspective/methods/dns_account_01.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/proto_time.h"
#include "perspective/net/dns_message.h"
#include "tests/support/dns_check_run.h"
#include "tests/support/dns_wire.h"

namespace mpic::perspective {
namespace {

using ::mpic::testing::DnsCheckRun;
using ::mpic::testing::TxtAnswer;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kName[] = "_djkdhsixkea3ceco._acme-challenge.shop.example.com";
constexpr char kKeyAuthorization[] =
    "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA.NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs";
constexpr char kDigest[] = "ZTRx1Ckl1-tM05o5zaizTTA0yUy5AGereMgSNWC6Ll8";
constexpr char kAccountUrl[] = "https://ca.example.com/acme/acct/1";
constexpr ProblemKind kPassed = v1::Problem::KIND_UNSPECIFIED;

v1::Check Check() {
  v1::Check check;
  check.mutable_identifier()->set_dns_name("shop.example.com");
  check.mutable_dns_account_01()->set_key_authorization(kKeyAuthorization);
  check.mutable_dns_account_01()->set_account_url(kAccountUrl);
  return check;
}

TEST(DnsAccount01Test, Vector29DigestBelowTheLabelOfTheAccount) {
  DnsCheckRun run(Check());
  run.dns.Answer(kName, RecordType::kTxt, TxtAnswer({"x", kDigest}));
  EXPECT_EQ(run.Run(CheckDnsAccount01), kPassed);
  EXPECT_THAT(run.dns.questions(), ElementsAre(absl::StrCat("TXT ", kName)));
  EXPECT_EQ(run.result.observed_value(), kDigest);
  EXPECT_EQ(run.result.dns_record().queried_name(), kName);
  EXPECT_THAT(run.result.dns_record().values(), ElementsAre("x", kDigest));
  EXPECT_EQ(run.result.dns_record().matched_index(), 1U);
}

TEST(DnsAccount01Test, TheAccountUrlChoosesTheName) {
  const struct {
    const char* name;
    const char* identifier;
    const char* adn;
    const char* account_url;
    const char* asked;
  } cases[] = {
      {"vector 31: another account", "shop.example.com", "",
       "https://example.com/acme/acct/ExampleAccount",
       "_ujmmovf2vn55tgye._acme-challenge.shop.example.com"},
      {"wildcard without its asterisk", "*.shop.example.com", "", kAccountUrl, kName},
      {"pruned", "www.shop.example.com", "shop.example.com", kAccountUrl, kName},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    DnsCheckRun run(Check());
    run.check.mutable_identifier()->set_dns_name(c.identifier);
    run.check.set_authorization_domain_name(c.adn);
    run.check.mutable_dns_account_01()->set_account_url(c.account_url);
    run.dns.Answer(c.asked, RecordType::kTxt, TxtAnswer({kDigest}));
    EXPECT_EQ(run.Run(CheckDnsAccount01), kPassed);
  }
}

TEST(DnsAccount01Test, Vector32TheLabelMayBePublishedInCapitals) {
  const DnsQuestion question{.name = DomainName::ParseDns(kName).value(), .type = RecordType::kTxt};
  constexpr std::uint16_t kId = 0x1234;
  testing::WireMessage reply{
      .id = kId, .question_name = testing::WireName(kName), .question_type = 16};
  reply.answers.push_back(
      testing::TxtRecord("_DJKDHSIXKEA3CECO._acme-challenge.shop.example.com", kDigest));
  DnsCheckRun run(Check());
  run.dns.Answer(kName, RecordType::kTxt,
                 InterpretReply(question, ParseDnsReply(reply.octets(), question, kId, {}),
                                /*resolver_validates=*/true));
  EXPECT_EQ(run.Run(CheckDnsAccount01), kPassed);
}

TEST(DnsAccount01Test, WhatIsNotTheDigestDoesNotMatch) {
  for (const char* value : {kKeyAuthorization, "", "ztrx1ckl1-tm05o5zaizttA0yuy5agerEmgsnwc6ll8"}) {
    SCOPED_TRACE(value);
    DnsCheckRun run(Check());
    run.dns.Answer(kName, RecordType::kTxt, TxtAnswer({value}));
    EXPECT_EQ(run.Run(CheckDnsAccount01), v1::Problem::RECORD_NOT_MATCHING);
    EXPECT_THAT(run.result.observed_value(), IsEmpty());
  }
}

TEST(DnsAccount01Test, AMissingRecordNamesTheAccount) {
  const struct {
    const char* name;
    testing::DnsAnswer answer;
    ProblemKind kind;
    bool named;
  } cases[] = {
      {"NXDOMAIN", testing::NxDomain(), v1::Problem::DNS_NXDOMAIN, true},
      {"NODATA", testing::NoData(), v1::Problem::DNS_NODATA, true},
      {"SERVFAIL", testing::LookupError(v1::Problem::DNS_SERVFAIL), v1::Problem::DNS_SERVFAIL,
       false},
      {"another value", TxtAnswer({"x"}), v1::Problem::RECORD_NOT_MATCHING, false},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    DnsCheckRun run(Check());
    run.dns.Answer(kName, RecordType::kTxt, c.answer);
    EXPECT_EQ(run.Run(CheckDnsAccount01), c.kind);
    const bool named = run.result.problem().detail().find(kAccountUrl) != std::string::npos;
    EXPECT_EQ(named, c.named) << run.result.problem().detail();
  }
}

TEST(DnsAccount01Test, BadQuestionsAreRefusedBeforeAnyLookup) {
  const struct {
    const char* name;
    void (*spoil)(v1::Check& check);
    ProblemKind expected;
  } cases[] = {
      {"an IP address",
       [](v1::Check& check) { check.mutable_identifier()->set_ip_address("192.0.2.10"); },
       v1::Problem::BAD_REQUEST},
      {"an alias target, which this method does not know",
       [](v1::Check& check) { check.set_authorization_domain_name("edge.example.net"); },
       v1::Problem::BAD_REQUEST},
      {"a name below the identifier",
       [](v1::Check& check) { check.set_authorization_domain_name("www.shop.example.com"); },
       v1::Problem::BAD_REQUEST},
      {"no account URL",
       [](v1::Check& check) { check.mutable_dns_account_01()->clear_account_url(); },
       v1::Problem::BAD_REQUEST},
      {"an account URL with a blank",
       [](v1::Check& check) { check.mutable_dns_account_01()->set_account_url("https://a/ 1"); },
       v1::Problem::BAD_REQUEST},
      {"an account URL of 2001 octets",
       [](v1::Check& check) {
         check.mutable_dns_account_01()->set_account_url(std::string(2001, 'a'));
       },
       v1::Problem::BAD_REQUEST},
      {"a broken key authorization",
       [](v1::Check& check) { check.mutable_dns_account_01()->set_key_authorization("t.p"); },
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
    EXPECT_EQ(run.Run(CheckDnsAccount01), c.expected) << run.result.problem().detail();
    EXPECT_THAT(run.dns.questions(), IsEmpty());
  }
}

TEST(DnsAccount01Test, ALongAccountUrlFitsIntoTheSentence) {
  DnsCheckRun run(Check());
  run.check.mutable_dns_account_01()->set_account_url("https://a/" + std::string(1990, 'x'));
  run.dns.Answer("_6ymnvzgu4mb2y6pz._acme-challenge.shop.example.com", RecordType::kTxt,
                 testing::NxDomain());
  EXPECT_EQ(run.Run(CheckDnsAccount01), v1::Problem::DNS_NXDOMAIN);
}

}  // namespace
}  // namespace mpic::perspective
