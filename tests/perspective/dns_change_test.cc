#include "perspective/methods/dns_change.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/proto_time.h"
#include "tests/support/dns_check_run.h"

namespace mpic::perspective {
namespace {

using ::mpic::testing::CaaAnswer;
using ::mpic::testing::CnameAnswer;
using ::mpic::testing::DnsCheckRun;
using ::mpic::testing::TxtAnswer;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kName[] = "_dcv.shop.example.com";
constexpr char kRandom[] = "4f9c2a7be1d04c6f8a35b1e97d20c4aa";
constexpr ProblemKind kPassed = v1::Problem::KIND_UNSPECIFIED;
constexpr ProblemKind kDiffers = v1::Problem::RECORD_NOT_MATCHING;

v1::Check Check(v1::DnsChange::RecordType type) {
  v1::Check check;
  check.mutable_identifier()->set_dns_name("shop.example.com");
  check.mutable_dns_change()->set_record_type(type);
  check.mutable_dns_change()->set_prefix_label("_dcv");
  check.mutable_dns_change()->set_expected_value(kRandom);
  return check;
}

struct RecordsCase {
  const char* name;
  testing::DnsAnswer answer;
  v1::DnsChange::Match match;
  ProblemKind expected;
  unsigned matched_index;
};

void ExpectOutcomes(const std::vector<RecordsCase>& cases, const v1::Check& check,
                    RecordType type) {
  for (const RecordsCase& c : cases) {
    SCOPED_TRACE(c.name);
    DnsCheckRun run(check);
    run.check.mutable_dns_change()->set_match(c.match);
    run.dns.Answer(kName, type, c.answer);
    EXPECT_EQ(run.Run(CheckDnsChange), c.expected) << run.result.problem().detail();
    EXPECT_THAT(run.dns.questions(), ElementsAre(absl::StrCat(RecordTypeName(type), " ", kName)));
    EXPECT_EQ(run.result.dns_record().matched_index(), c.matched_index);
    EXPECT_EQ(run.result.observed_value(),
              c.expected == kPassed ? check.dns_change().expected_value() : "");
  }
}

TEST(DnsChangeTest, TxtRecords) {
  const auto exact = v1::DnsChange::EXACT;
  const auto token = v1::DnsChange::CONTAINS_TOKEN;
  ExpectOutcomes(
      {
          {"vector 13: the Random Value", TxtAnswer({kRandom}), exact, kPassed, 0},
          {"vector 17: two strings of one record",
           testing::RdataAnswer({testing::TxtRdata({"4f9c2a7be1d04c6f", "8a35b1e97d20c4aa"})}),
           exact, kPassed, 0},
          {"two records are not joined", TxtAnswer({"4f9c2a7be1d04c6f", "8a35b1e97d20c4aa"}), exact,
           kDiffers, 0},
          {"vector 19: second of three", TxtAnswer({"a", kRandom, "b"}), exact, kPassed, 1},
          {"found by an alias", testing::ByAlias({"dcv.example.net"}, TxtAnswer({kRandom})), exact,
           kPassed, 0},
          {"another case", TxtAnswer({"4F9C2A7BE1D04C6F8A35B1E97D20C4AA"}), exact, kDiffers, 0},
          {"inside a text, exact", TxtAnswer({absl::StrCat("dcv=", kRandom)}), exact, kDiffers, 0},
          {"inside a text, token", TxtAnswer({absl::StrCat("dcv=", kRandom, " x")}), token, kPassed,
           0},
          {"inside a longer token", TxtAnswer({absl::StrCat(kRandom, "0")}), token, kDiffers, 0},
          {"vector 25: alias target does not exist",
           testing::ByAlias({"gone.example.net"}, testing::NxDomain()), exact,
           v1::Problem::DNS_NXDOMAIN, 0},
          {"no records", testing::NoData(), exact, v1::Problem::DNS_NODATA, 0},
          {"vector 26: bogus", testing::LookupError(v1::Problem::DNSSEC_BOGUS), exact,
           v1::Problem::DNSSEC_BOGUS, 0},
          {"refused", testing::LookupError(v1::Problem::DNS_REFUSED), exact,
           v1::Problem::DNS_REFUSED, 0},
          {"broken record beside the right one",
           testing::RdataAnswer({testing::TxtRdata({kRandom}), "\x09"}), exact,
           v1::Problem::RECORD_MALFORMED, 0},
      },
      Check(v1::DnsChange::TXT), RecordType::kTxt);
}

TEST(DnsChangeTest, CnameTargets) {
  v1::Check check = Check(v1::DnsChange::CNAME);
  check.mutable_dns_change()->set_expected_value(absl::StrCat(kRandom, ".dcv.ca.example.com"));
  const auto exact = v1::DnsChange::EXACT;
  ExpectOutcomes(
      {
          {"vector 16: names ignore case",
           CnameAnswer("4F9C2A7BE1D04C6F8A35B1E97D20C4AA.dcv.ca.example.com"), exact, kPassed, 0},
          {"only the first label", CnameAnswer(kRandom), exact, kDiffers, 0},
          {"another target", CnameAnswer("dcv.ca.example.com"), exact, kDiffers, 0},
          {"no CNAME there", testing::NoData(), exact, v1::Problem::DNS_NODATA, 0},
          {"target that is no name",
           testing::RdataAnswer({"\x03"
                                 "com"}),
           exact, v1::Problem::RECORD_MALFORMED, 0},
      },
      check, RecordType::kCname);
}

TEST(DnsChangeTest, CnameTargetMayBeAskedForWithATrailingDot) {
  DnsCheckRun run(Check(v1::DnsChange::CNAME));
  run.check.mutable_dns_change()->set_expected_value("x.dcv.ca.example.com.");
  run.dns.Answer(kName, RecordType::kCname, CnameAnswer("x.dcv.ca.example.com"));
  EXPECT_EQ(run.Run(CheckDnsChange), kPassed);
}

TEST(DnsChangeTest, CaaPropertiesOfTheChosenTagOnly) {
  v1::Check check = Check(v1::DnsChange::CAA);
  check.mutable_dns_change()->set_caa_tag("dcv");
  const auto exact = v1::DnsChange::EXACT;
  ExpectOutcomes(
      {
          {"the value", CaaAnswer({{0, "dcv", kRandom}}), exact, kPassed, 0},
          {"beside issue records, tag in capitals",
           CaaAnswer({{0, "issue", "ca.example.com"}, {0, "dcv", "x"}, {0, "DCV", kRandom}}), exact,
           kPassed, 1},
          {"as a token", CaaAnswer({{0, "dcv", absl::StrCat("v=", kRandom)}}),
           v1::DnsChange::CONTAINS_TOKEN, kPassed, 0},
          {"in an issue record", CaaAnswer({{0, "issue", kRandom}}), exact, kDiffers, 0},
          {"no climbing to the parent", testing::NoData(), exact, v1::Problem::DNS_NODATA, 0},
          {"undecodable record", testing::RdataAnswer({std::string("\0\0", 2)}), exact,
           v1::Problem::RECORD_MALFORMED, 0},
      },
      check, RecordType::kCaa);
}

TEST(DnsChangeTest, WithoutPrefixTheAuthorizationDomainNameItselfIsAsked) {
  DnsCheckRun run(Check(v1::DnsChange::TXT));
  run.check.mutable_identifier()->set_dns_name("*.shop.example.com");
  run.check.set_authorization_domain_name("example.com");
  run.check.mutable_dns_change()->clear_prefix_label();
  run.dns.Answer("example.com", RecordType::kTxt, TxtAnswer({"v=spf1 -all", kRandom}));
  EXPECT_EQ(run.Run(CheckDnsChange), kPassed);
  EXPECT_THAT(run.dns.questions(), ElementsAre("TXT example.com"));
  EXPECT_EQ(run.result.dns_record().queried_name(), "example.com");
  EXPECT_THAT(run.result.dns_record().values(), ElementsAre("v=spf1 -all", kRandom));
}

TEST(DnsChangeTest, ARefusalSaysHowManyRecordsWereSeen) {
  DnsCheckRun run(Check(v1::DnsChange::TXT));
  run.dns.Answer(kName, RecordType::kTxt, TxtAnswer({"a", "b", "c"}));
  EXPECT_EQ(run.Run(CheckDnsChange), kDiffers);
  EXPECT_THAT(run.result.problem().detail(), ::testing::HasSubstr("none of 3 record(s)"));
}

void ExpectRefusedUnasked(const v1::Check& check, ProblemKind expected) {
  DnsCheckRun run(check);
  EXPECT_EQ(run.Run(CheckDnsChange), expected) << run.result.problem().detail();
  EXPECT_THAT(run.dns.questions(), IsEmpty());
}

TEST(DnsChangeTest, BadParametersAreRefusedBeforeAnyLookup) {
  const struct {
    const char* name;
    void (*spoil)(v1::DnsChange& change);
  } cases[] = {
      {"vector 14: prefix without underscore", [](auto& c) { c.set_prefix_label("dcv"); }},
      {"prefix of two labels", [](auto& c) { c.set_prefix_label("_a.b"); }},
      {"prefix over 63 octets", [](auto& c) { c.set_prefix_label("_" + std::string(63, 'a')); }},
      {"prefix with a blank", [](auto& c) { c.set_prefix_label("_a b"); }},
      {"no record type", [](auto& c) { c.clear_record_type(); }},
      {"record type of a later protocol",
       [](auto& c) { c.set_record_type(static_cast<v1::DnsChange::RecordType>(9)); }},
      {"match of a later protocol",
       [](auto& c) { c.set_match(static_cast<v1::DnsChange::Match>(9)); }},
      {"no value", [](auto& c) { c.clear_expected_value(); }},
      {"value of 256 octets", [](auto& c) { c.set_expected_value(std::string(256, 'a')); }},
      {"value with a blank", [](auto& c) { c.set_expected_value("a b"); }},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    v1::Check check = Check(v1::DnsChange::TXT);
    c.spoil(*check.mutable_dns_change());
    ExpectRefusedUnasked(check, v1::Problem::BAD_REQUEST);
  }
}

TEST(DnsChangeTest, BadParametersOfCnameAreRefused) {
  v1::Check check = Check(v1::DnsChange::CNAME);
  check.mutable_dns_change()->set_match(v1::DnsChange::CONTAINS_TOKEN);
  ExpectRefusedUnasked(check, v1::Problem::BAD_REQUEST);
  check = Check(v1::DnsChange::CNAME);
  check.mutable_dns_change()->set_expected_value("a..b");
  ExpectRefusedUnasked(check, v1::Problem::BAD_REQUEST);
}

TEST(DnsChangeTest, CaaTagsThatCarryNoChallengeAreRefused) {
  for (const char* tag : {"", "issue", "issuewild", "Issue", "a-b", "a b"}) {
    SCOPED_TRACE(tag);
    v1::Check check = Check(v1::DnsChange::CAA);
    check.mutable_dns_change()->set_caa_tag(tag);
    ExpectRefusedUnasked(check, v1::Problem::BAD_REQUEST);
  }
}

TEST(DnsChangeTest, AnIpAddressIsRefused) {
  v1::Check check = Check(v1::DnsChange::TXT);
  check.mutable_identifier()->set_ip_address("192.0.2.10");
  ExpectRefusedUnasked(check, v1::Problem::BAD_REQUEST);
}

TEST(DnsChangeTest, ValuesOfTheWrongAgeAreRefused) {
  const absl::Duration ages[] = {absl::Hours(31 * 24) /* vector 20 */, -absl::Hours(24)};
  for (const absl::Duration age : ages) {
    SCOPED_TRACE(absl::FormatDuration(age));
    v1::Check check = Check(v1::DnsChange::TXT);
    *check.mutable_challenge_created_at() = ToTimestamp(DnsCheckRun::Now() - age);
    ExpectRefusedUnasked(check, v1::Problem::TOKEN_EXPIRED);
  }
}

}  // namespace
}  // namespace mpic::perspective
