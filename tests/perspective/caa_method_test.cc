#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/proto_time.h"
#include "perspective/methods/caa.h"
#include "tests/support/dns_check_run.h"

namespace mpic::perspective {
namespace {

using ::mpic::testing::ByAlias;
using ::mpic::testing::CaaAnswer;
using ::mpic::testing::DnsCheckRun;
using ::mpic::testing::LookupError;
using ::mpic::testing::NoData;
using ::mpic::testing::NxDomain;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr ProblemKind kPermit = v1::Problem::KIND_UNSPECIFIED;
constexpr ProblemKind kForbid = v1::Problem::CAA_FORBIDS;
constexpr ProblemKind kLookupFailed = v1::Problem::CAA_LOOKUP_FAILED;

v1::Check Check(const std::string& name = "shop.example.com") {
  v1::Check check;
  check.mutable_identifier()->set_dns_name(name);
  check.mutable_caa()->add_issuer_domain_names("ca.example.com");
  check.mutable_caa()->set_validation_method(v1::HTTP_01);
  return check;
}

const testing::DnsAnswer kOurs = CaaAnswer({{0, "issue", "ca.example.com"}});
const testing::DnsAnswer kOther = CaaAnswer({{0, "issue", "other.example.com"}});

struct Zone {
  const char* name;
  testing::DnsAnswer answer;
};

struct SearchCase {
  const char* name;
  std::vector<Zone> zones;  // those further up fail
  ProblemKind expected;
  v1::Outcome outcome;
  const char* found_at;  // nullptr: no evidence
};

void ExpectSearches(const std::vector<SearchCase>& cases, const std::string& identifier) {
  for (const SearchCase& c : cases) {
    SCOPED_TRACE(c.name);
    DnsCheckRun run(Check(identifier));
    for (const Zone& zone : c.zones) run.dns.Answer(zone.name, RecordType::kCaa, zone.answer);
    EXPECT_EQ(run.Run(CheckCaa), c.expected) << run.result.problem().detail();
    EXPECT_EQ(run.result.outcome(), c.outcome);
    EXPECT_THAT(run.dns.questions(),
                ElementsAre("CAA shop.example.com", "CAA example.com", "CAA com"));
    EXPECT_EQ(run.result.steps_size(), 3);
    EXPECT_EQ(run.result.has_caa(), c.found_at != nullptr);
    if (c.found_at != nullptr) EXPECT_EQ(run.result.caa().found_at(), c.found_at);
    EXPECT_EQ(run.result.caa().has_valid_until(), c.outcome == v1::PASSED);
    EXPECT_TRUE(run.result.observed_value().empty());
  }
}

TEST(CaaMethodTest, TheNearestRecordsFromTheNameToTheTldDecide) {
  ExpectSearches(
      {
          {"found at the name",
           {{"shop.example.com", kOurs}},
           kPermit,
           v1::PASSED,
           "shop.example.com"},
          {"vector 109: found at the parent",
           {{"shop.example.com", NoData()}, {"example.com", kOther}},
           kForbid,
           v1::FAILED,
           "example.com"},
          {"found at the TLD",
           {{"shop.example.com", NxDomain()}, {"example.com", NoData()}, {"com", kOther}},
           kForbid,
           v1::FAILED,
           "com"},
          {"vector 146: found nowhere",
           {{"shop.example.com", NxDomain()}, {"example.com", NoData()}, {"com", NoData()}},
           kPermit,
           v1::PASSED,
           ""},
          {"vector 146: found, and it permits",
           {{"shop.example.com", NoData()}, {"example.com", kOurs}},
           kPermit,
           v1::PASSED,
           "example.com"},
          {"vector 122: at the end of an alias",
           {{"shop.example.com", ByAlias({"h.edge.example.net"}, kOther)}},
           kForbid,
           v1::FAILED,
           "shop.example.com"},
          {"parents of the alias target do not count",
           {{"shop.example.com", ByAlias({"h.edge.example.net"}, NoData())},
            {"example.com", kOurs}},
           kPermit,
           v1::PASSED,
           "example.com"},
          {"vector 125: what fails above does not matter",
           {{"shop.example.com", kOurs}},
           kPermit,
           v1::PASSED,
           "shop.example.com"},
      },
      "shop.example.com");
}

TEST(CaaMethodTest, WildcardsStartAtTheNameBehindTheAsterisk) {
  ExpectSearches(
      {
          {"vector 118: issuewild forbids",
           {{"shop.example.com",
             CaaAnswer({{0, "issuewild", ";"}, {0, "issue", "ca.example.com"}})}},
           kForbid,
           v1::FAILED,
           "shop.example.com"},
          {"vector 119: issuewild permits",
           {{"shop.example.com",
             CaaAnswer({{0, "issuewild", "ca.example.com"}, {0, "issue", ";"}})}},
           kPermit,
           v1::PASSED,
           "shop.example.com"},
      },
      "*.shop.example.com");
}

TEST(CaaMethodTest, FailedLookupsAreNeverPermission) {
  const auto error = [](ProblemKind kind) { return LookupError(kind); };
  ExpectSearches(
      {
          {"vector 124: SERVFAIL at the name",
           {{"shop.example.com", error(v1::Problem::DNS_SERVFAIL)}},
           kLookupFailed,
           v1::ERROR,
           nullptr},
          {"SERVFAIL half-way",
           {{"shop.example.com", NoData()}, {"example.com", error(v1::Problem::DNS_SERVFAIL)}},
           kLookupFailed,
           v1::ERROR,
           nullptr},
          {"vector 127: truncated, and no TCP",
           {{"shop.example.com", error(v1::Problem::DNS_TRUNCATED)}},
           kLookupFailed,
           v1::ERROR,
           nullptr},
          // With the switch on: caa_tolerated_failure_test.cc.
          {"vector 128, switch off: refused, in a zone without DNSSEC",
           {{"shop.example.com", error(v1::Problem::DNS_REFUSED)}},
           kLookupFailed,
           v1::ERROR,
           nullptr},
          {"timeout",
           {{"shop.example.com", error(v1::Problem::DNS_TIMEOUT)}},
           kLookupFailed,
           v1::ERROR,
           nullptr},
          {"alias loop",
           {{"shop.example.com", error(v1::Problem::DNS_LOOP)}},
           kLookupFailed,
           v1::ERROR,
           nullptr},
          {"bogus keeps its kind",
           {{"shop.example.com", error(v1::Problem::DNSSEC_BOGUS)}},
           v1::Problem::DNSSEC_BOGUS,
           v1::FAILED,
           nullptr},
          {"indeterminate keeps its kind",
           {{"shop.example.com", error(v1::Problem::DNSSEC_INDETERMINATE)}},
           v1::Problem::DNSSEC_INDETERMINATE,
           v1::ERROR,
           nullptr},
          {"the TLD does not exist",
           {{"shop.example.com", NxDomain()}, {"example.com", NxDomain()}, {"com", NxDomain()}},
           kLookupFailed,
           v1::ERROR,
           nullptr},
          {"undecodable record beside a permission",
           {{"shop.example.com",
             testing::RdataAnswer({testing::CaaRdata({0, "issue", "ca.example.com"}), "\x80"})}},
           v1::Problem::RECORD_MALFORMED,
           v1::ERROR,
           nullptr},
      },
      "shop.example.com");
}

TEST(CaaMethodTest, TheDetailNamesTheNameAndTheCause) {
  DnsCheckRun run(Check());
  run.dns.Answer("shop.example.com", RecordType::kCaa, NoData());
  run.dns.Answer("example.com", RecordType::kCaa, LookupError(v1::Problem::DNS_LOOP));
  EXPECT_EQ(run.Run(CheckCaa), kLookupFailed);
  EXPECT_THAT(run.result.problem().detail(), HasSubstr("at example.com failed: DNS_LOOP"));
}

TEST(CaaMethodTest, EvidenceTellsWhatWasReadAndForHowLongItHolds) {
  DnsCheckRun run(Check());
  testing::DnsAnswer answer = CaaAnswer({{0, "issue", ";"},
                                         {128, "ISSUE", "ca.example.com"},
                                         {0, "iodef", "mailto:sec@example.com"},
                                         {0, "iodef", "mailto:\xff"},
                                         {0, "note", "\xff"}});
  answer.min_ttl_seconds = 300;
  run.dns.Answer("shop.example.com", RecordType::kCaa, answer);
  EXPECT_EQ(run.Run(CheckCaa), kPermit);
  const v1::CaaEvidence& evidence = run.result.caa();
  ASSERT_EQ(evidence.relevant_rrset_size(), 5);
  EXPECT_EQ(evidence.relevant_rrset(1).flags(), 128U);
  EXPECT_EQ(evidence.relevant_rrset(1).tag(), "ISSUE");
  EXPECT_EQ(evidence.relevant_rrset(1).value(), "ca.example.com");
  EXPECT_EQ(evidence.matched_index(), 1);
  EXPECT_EQ(evidence.ttl(), 300U);
  EXPECT_THAT(evidence.iodef(), ElementsAre("mailto:sec@example.com"));
}

TEST(CaaMethodTest, EvidenceOfARefusalMatchesNothing) {
  DnsCheckRun run(Check());
  run.dns.Answer("shop.example.com", RecordType::kCaa, kOther);
  EXPECT_EQ(run.Run(CheckCaa), kForbid);
  EXPECT_EQ(run.result.caa().matched_index(), -1);
  EXPECT_EQ(run.result.caa().relevant_rrset_size(), 1);
  EXPECT_THAT(run.result.problem().detail(), HasSubstr("other.example.com"));
}

TEST(CaaMethodTest, PermissionHoldsForTheTtlOrEightHours) {
  const struct {
    const char* name;
    std::uint32_t ttl;
    absl::Duration expected;
  } cases[] = {
      {"a short TTL", 300, absl::Hours(8)},
      {"exactly 8 hours", 28800, absl::Hours(8)},
      {"vector 142: a day, so that issuing 20 hours later is allowed", 86400, absl::Hours(24)},
      {"the largest TTL of the wire", UINT32_MAX, absl::Seconds(UINT32_MAX)},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    DnsCheckRun run(Check());
    testing::DnsAnswer answer = kOurs;
    answer.min_ttl_seconds = c.ttl;
    run.dns.Answer("shop.example.com", RecordType::kCaa, answer);
    EXPECT_EQ(run.Run(CheckCaa), kPermit);
    EXPECT_EQ(FromTimestamp(run.result.caa().valid_until()), DnsCheckRun::Now() + c.expected);
  }
}

TEST(CaaMethodTest, AVeryDeepNameIsClimbedInParts) {
  DnsCheckRun run(Check("a.b.c.d.e.f.g.h.i.j.example.com"));
  for (const char* name :
       {"a.b.c.d.e.f.g.h.i.j.example.com", "b.c.d.e.f.g.h.i.j.example.com",
        "c.d.e.f.g.h.i.j.example.com", "d.e.f.g.h.i.j.example.com", "e.f.g.h.i.j.example.com",
        "f.g.h.i.j.example.com", "g.h.i.j.example.com", "h.i.j.example.com"}) {
    run.dns.Answer(name, RecordType::kCaa, NoData());
  }
  run.dns.Answer("i.j.example.com", RecordType::kCaa, kOther);
  EXPECT_EQ(run.Run(CheckCaa), kForbid);
  EXPECT_EQ(run.dns.questions().size(), 12U);
  run.dns.Answer("d.e.f.g.h.i.j.example.com", RecordType::kCaa, kOurs);
  EXPECT_EQ(run.Run(CheckCaa), kPermit);
  EXPECT_EQ(run.dns.questions().size(), 20U);
}

TEST(CaaMethodTest, WithoutRecordsPermissionHoldsForEightHours) {
  DnsCheckRun run(Check("example.com"));
  run.dns.Answer("example.com", RecordType::kCaa, NoData());
  run.dns.Answer("com", RecordType::kCaa, NoData());
  EXPECT_EQ(run.Run(CheckCaa), kPermit);
  EXPECT_EQ(FromTimestamp(run.result.caa().valid_until()), DnsCheckRun::Now() + absl::Hours(8));
  EXPECT_EQ(run.result.caa().matched_index(), -1);
}

TEST(CaaMethodTest, TheAuthorizationDomainNameIsNeverLookedAt) {
  DnsCheckRun run(Check());
  run.check.set_authorization_domain_name("example.com");
  run.dns.Answer("shop.example.com", RecordType::kCaa, kOurs);
  EXPECT_EQ(run.Run(CheckCaa), kPermit);
  EXPECT_EQ(run.dns.questions().front(), "CAA shop.example.com");
}

TEST(CaaMethodTest, LabelsAndAccountsOfTheCheckDecide) {
  constexpr char kAccount[] = "https://ca.example.com/acme/acct/1";
  const struct {
    const char* name;
    std::string parameters;
    v1::Method method;
    std::vector<std::string> labels;
    std::vector<std::string> accounts;
    ProblemKind expected;
  } cases[] = {
      {"vector 139: alias", "validationmethods=ca-tbr-19", v1::HTTP_01, {}, {}, kPermit},
      {"vector 134", "validationmethods=dns-01", v1::HTTP_01, {}, {}, kForbid},
      {"plain DNS change is not dns-01",
       "validationmethods=dns-01",
       v1::DNS_CHANGE,
       {},
       {},
       kForbid},
      {"plain DNS change", "validationmethods=ca-tbr-7", v1::DNS_CHANGE, {}, {}, kPermit},
      {"a further label", "validationmethods=x-99", v1::HTTP_01, {"x-99"}, {}, kPermit},
      {"no method, label or not",
       "validationmethods=x-99",
       v1::METHOD_UNSPECIFIED,
       {"x-99"},
       {},
       kForbid},
      {"vector 131: our account",
       absl::StrCat("accounturi=", kAccount),
       v1::HTTP_01,
       {},
       {"https://x/2", kAccount},
       kPermit},
      {"vector 131: other account",
       absl::StrCat("accounturi=", kAccount),
       v1::HTTP_01,
       {},
       {"https://x/2"},
       kForbid},
      {"vector 131: no account",
       absl::StrCat("accounturi=", kAccount),
       v1::HTTP_01,
       {},
       {},
       kForbid},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    DnsCheckRun run(Check());
    v1::CaaCheck& caa = *run.check.mutable_caa();
    caa.set_validation_method(c.method);
    caa.mutable_validation_method_labels()->Add(c.labels.begin(), c.labels.end());
    caa.mutable_account_uris()->Add(c.accounts.begin(), c.accounts.end());
    run.dns.Answer("shop.example.com", RecordType::kCaa,
                   CaaAnswer({{0, "issue", "ca.example.com; " + c.parameters}}));
    EXPECT_EQ(run.Run(CheckCaa), c.expected) << run.result.problem().detail();
  }
}

TEST(CaaMethodTest, BadQuestionsAreRefusedBeforeAnyLookup) {
  const struct {
    const char* name;
    void (*spoil)(v1::Check& check);
  } cases[] = {
      {"vector 143: an IP address",
       [](v1::Check& check) { check.mutable_identifier()->set_ip_address("192.0.2.10"); }},
      {"vector 145: an onion name",
       [](v1::Check& check) { check.mutable_identifier()->set_dns_name("abc.onion"); }},
      {"no identifier", [](v1::Check& check) { check.clear_identifier(); }},
      {"asterisk inside",
       [](v1::Check& check) { check.mutable_identifier()->set_dns_name("a.*.example.com"); }},
      {"no issuer", [](v1::Check& check) { check.mutable_caa()->clear_issuer_domain_names(); }},
      {"17 issuers",
       [](v1::Check& check) {
         for (int i = 0; i < 16; ++i) check.mutable_caa()->add_issuer_domain_names("x.example");
       }},
      {"empty issuer", [](v1::Check& check) { check.mutable_caa()->add_issuer_domain_names(""); }},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    DnsCheckRun run(Check());
    c.spoil(run.check);
    EXPECT_EQ(run.Run(CheckCaa), v1::Problem::BAD_REQUEST);
    EXPECT_EQ(run.result.outcome(), v1::ERROR);
    EXPECT_THAT(run.dns.questions(), IsEmpty());
  }
}

TEST(CaaMethodTest, AnyOfTheNamesOfACaIsItsOwn) {
  const struct {
    const char* issuer;
    ProblemKind expected;
  } cases[] = {
      {"ca.example.com", kPermit}, {"ca2.example.com", kPermit}, {"ca3.example.com", kForbid}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.issuer);
    DnsCheckRun run(Check());
    run.check.mutable_caa()->add_issuer_domain_names("ca2.example.com");
    run.dns.Answer("shop.example.com", RecordType::kCaa, CaaAnswer({{0, "issue", c.issuer}}));
    EXPECT_EQ(run.Run(CheckCaa), c.expected) << run.result.problem().detail();
  }
}

}  // namespace
}  // namespace mpic::perspective
