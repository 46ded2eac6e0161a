#include "perspective/methods/dns_persist.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/proto_time.h"
#include "tests/support/dns_check_run.h"

namespace mpic::perspective {
namespace {

using ::mpic::testing::DnsCheckRun;
using ::mpic::testing::TxtAnswer;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kName[] = "_validation-persist.shop.example.com";
constexpr char kIpName[] = "_ip-validation-persist.10.2.0.192.in-addr.arpa";
constexpr char kAccount[] = "https://ca.example.com/acme/acct/1";
constexpr char kRecord[] = "ca.example.com; accounturi=https://ca.example.com/acme/acct/1";
constexpr char kOtherRecord[] = "ca.example.com; accounturi=https://ca.example.com/acme/acct/2";
constexpr ProblemKind kPassed = v1::Problem::KIND_UNSPECIFIED;

v1::Check Check() {
  v1::Check check;
  check.mutable_identifier()->set_dns_name("shop.example.com");
  check.mutable_dns_persist()->add_issuer_domain_names("ca.example.com");
  check.mutable_dns_persist()->add_acceptable_account_uris(kAccount);
  return check;
}

TEST(DnsPersistTest, Vector77ARecordOfTheAccount) {
  DnsCheckRun run(Check());
  run.dns.Answer(kName, RecordType::kTxt, TxtAnswer({"%%%", kRecord}));  // vector 89
  EXPECT_EQ(run.Run(CheckDnsPersist), kPassed);
  EXPECT_THAT(run.dns.questions(), ElementsAre(absl::StrCat("TXT ", kName)));
  EXPECT_EQ(run.result.observed_value(), kAccount);
  const v1::PersistEvidence& evidence = run.result.persist();
  EXPECT_EQ(evidence.queried_name(), kName);
  EXPECT_THAT(evidence.values(), ElementsAre("%%%", kRecord));
  EXPECT_EQ(evidence.accepted_index(), 1U);
  EXPECT_EQ(evidence.account_uri(), kAccount);
  EXPECT_EQ(FromTimestamp(evidence.reference_time()), DnsCheckRun::Now());
}

TEST(DnsPersistTest, TellsHowLongTheRecordPersists) {
  const struct {
    const char* persist_until;  // "": none
    std::int64_t told;          // 0: nothing
  } cases[] = {
      {"", 0},
      {"; persistUntil=1795500000", 1795500000},
      {"; persistUntil=253402300799", 253402300799},  // 9999-12-31T23:59:59Z
      {"; persistUntil=253402300800", 0},
      {"; persistUntil=9223372036854775807", 0},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.persist_until);
    DnsCheckRun run(Check());
    run.dns.Answer(kName, RecordType::kTxt, TxtAnswer({absl::StrCat(kRecord, c.persist_until)}));
    EXPECT_EQ(run.Run(CheckDnsPersist), kPassed);
    EXPECT_EQ(run.result.persist().has_persist_until(), c.told != 0);
    EXPECT_EQ(run.result.persist().persist_until().seconds(), c.told);
  }
}

TEST(DnsPersistTest, Vector94ObservesTheAccountThatItSaw) {
  v1::Check check = Check();
  check.mutable_dns_persist()->add_acceptable_account_uris("https://ca.example.com/acme/acct/2");
  for (const auto& values : {std::vector<std::string>{kRecord, kOtherRecord},
                             std::vector<std::string>{kOtherRecord, kRecord}}) {
    DnsCheckRun run(check);
    run.dns.Answer(kName, RecordType::kTxt, TxtAnswer(values));
    EXPECT_EQ(run.Run(CheckDnsPersist), kPassed);
    EXPECT_EQ(run.result.observed_value(), kAccount) << "whatever the order of the records";
  }
  DnsCheckRun remote(check);
  remote.dns.Answer(kName, RecordType::kTxt, TxtAnswer({kOtherRecord}));
  EXPECT_EQ(remote.Run(CheckDnsPersist), kPassed);
  EXPECT_EQ(remote.result.observed_value(), "https://ca.example.com/acme/acct/2");
}

TEST(DnsPersistTest, Vector98AddressesHaveALabelOfTheirOwn) {
  v1::Check check = Check();
  check.mutable_identifier()->set_ip_address("192.0.2.10");
  check.mutable_dns_persist()->set_acme_scope(true);
  DnsCheckRun run(check);
  run.dns.Answer(kIpName, RecordType::kTxt, TxtAnswer({kRecord}));
  EXPECT_EQ(run.Run(CheckDnsPersist), kPassed) << run.result.problem().detail();
  EXPECT_THAT(run.dns.questions(), ElementsAre(absl::StrCat("TXT ", kIpName)));
  EXPECT_EQ(run.result.persist().queried_name(), kIpName);

  check.mutable_identifier()->set_ip_address("2001:db8::1");
  DnsCheckRun v6(check);
  v6.dns.Answer(
      "_ip-validation-persist.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2."
      "ip6.arpa",
      RecordType::kTxt, TxtAnswer({kRecord}));
  EXPECT_EQ(v6.Run(CheckDnsPersist), kPassed);
}

TEST(DnsPersistTest, NeitherLabelStandsForTheOther) {
  v1::Check check = Check();
  check.mutable_identifier()->set_ip_address("192.0.2.10");
  DnsCheckRun address(check);
  address.dns.Answer("_validation-persist.10.2.0.192.in-addr.arpa", RecordType::kTxt,
                     TxtAnswer({kRecord}));
  address.dns.Answer(kIpName, RecordType::kTxt, testing::NxDomain());
  EXPECT_EQ(address.Run(CheckDnsPersist), v1::Problem::DNS_NXDOMAIN);

  DnsCheckRun name(Check());
  name.dns.Answer("_ip-validation-persist.shop.example.com", RecordType::kTxt,
                  TxtAnswer({kRecord}));
  name.dns.Answer(kName, RecordType::kTxt, testing::NoData());
  EXPECT_EQ(name.Run(CheckDnsPersist), v1::Problem::DNS_NODATA);
}

TEST(DnsPersistTest, ScopeOfTheAcmeDraft) {
  const std::string wide = absl::StrCat(kRecord, "; policy=WILDCARD");
  const struct {
    const char* name;
    const char* identifier;
    const char* adn;
    bool acme_scope;
    std::string record;
    ProblemKind expected;
  } cases[] = {
      {"vector 91: a wildcard", "*.shop.example.com", "", true, kRecord, v1::Problem::POLICY_SCOPE},
      {"vector 91: without the rule", "*.shop.example.com", "", false, kRecord, kPassed},
      {"a wildcard with the policy", "*.shop.example.com", "", true, wide, kPassed},
      {"vector 92: below the ADN, with the policy", "www.shop.example.com", "shop.example.com",
       true, wide, kPassed},
      {"below the ADN", "www.shop.example.com", "shop.example.com", true, kRecord,
       v1::Problem::POLICY_SCOPE},
      {"below the ADN, without the rule", "www.shop.example.com", "shop.example.com", false,
       kRecord, kPassed},
      {"the name itself", "shop.example.com", "", true, kRecord, kPassed},
      {"the name itself, named", "SHOP.example.com", "shop.example.com", true, kRecord, kPassed},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    DnsCheckRun run(Check());
    run.check.mutable_identifier()->set_dns_name(c.identifier);
    run.check.set_authorization_domain_name(c.adn);
    run.check.mutable_dns_persist()->set_acme_scope(c.acme_scope);
    run.dns.Answer(kName, RecordType::kTxt, TxtAnswer({c.record}));
    EXPECT_EQ(run.Run(CheckDnsPersist), c.expected) << run.result.problem().detail();
    EXPECT_EQ(run.result.observed_value().empty(), c.expected != kPassed);
    EXPECT_EQ(run.result.persist().values_size(), 1);
  }
}

TEST(DnsPersistTest, TheReferenceTimeIsTheAskersOrNow) {
  const std::string record = absl::StrCat(kRecord, "; PersistUntil=1795435199");
  DnsCheckRun now(Check());
  now.dns.Answer(kName, RecordType::kTxt, TxtAnswer({record}));
  EXPECT_EQ(now.Run(CheckDnsPersist), v1::Problem::PERSIST_EXPIRED);  // vector 86

  DnsCheckRun earlier(Check());
  const absl::Time time = DnsCheckRun::Now() - absl::Seconds(1);
  *earlier.check.mutable_dns_persist()->mutable_reference_time() = ToTimestamp(time);
  earlier.dns.Answer(kName, RecordType::kTxt, TxtAnswer({record}));
  EXPECT_EQ(earlier.Run(CheckDnsPersist), kPassed);
  EXPECT_EQ(FromTimestamp(earlier.result.persist().reference_time()), time);
}

TEST(DnsPersistTest, ARefusalSaysWhereAndWhyInPlainCharacters) {
  DnsCheckRun run(Check());
  run.dns.Answer(kName, RecordType::kTxt, TxtAnswer({std::string("\xFF\0\x1b", 3)}));
  EXPECT_EQ(run.Run(CheckDnsPersist), v1::Problem::RECORD_MALFORMED);
  EXPECT_EQ(run.result.outcome(), v1::FAILED);
  EXPECT_EQ(run.result.problem().detail(),
            "no acceptable record at _validation-persist.shop.example.com; record 1 of 1: "
            "\"\\xff\\x00\\x1b\" is off the grammar of issue values (RFC 8659)");
}

TEST(DnsPersistTest, LookupErrorsKeepTheirKind) {
  for (const ProblemKind kind :
       {v1::Problem::DNS_SERVFAIL, v1::Problem::DNS_TIMEOUT, v1::Problem::DNSSEC_BOGUS}) {
    DnsCheckRun run(Check());
    run.dns.Answer(kName, RecordType::kTxt, testing::LookupError(kind));
    EXPECT_EQ(run.Run(CheckDnsPersist), kind);
    EXPECT_EQ(run.result.persist().queried_name(), kName);
    EXPECT_EQ(run.result.steps_size(), 1);
  }
}

TEST(DnsPersistTest, BadQuestionsAreRefusedBeforeAnyLookup) {
  const struct {
    const char* name;
    void (*spoil)(v1::Check& check);
  } cases[] = {
      {"an alias target",
       [](v1::Check& check) { check.set_authorization_domain_name("edge.example.net"); }},
      {"an ADN beside an address",
       [](v1::Check& check) {
         check.mutable_identifier()->set_ip_address("192.0.2.10");
         check.set_authorization_domain_name("shop.example.com");
       }},
      {"no identifier", [](v1::Check& check) { check.clear_identifier(); }},
      {"an onion name",
       [](v1::Check& check) { check.mutable_identifier()->set_dns_name("abc.onion"); }},
      {"no issuer",
       [](v1::Check& check) { check.mutable_dns_persist()->clear_issuer_domain_names(); }},
      {"17 issuers",
       [](v1::Check& check) {
         for (int i = 0; i < 16; ++i) {
           check.mutable_dns_persist()->add_issuer_domain_names("ca.example.com");
         }
       }},
      {"an issuer that is no name",
       [](v1::Check& check) { check.mutable_dns_persist()->add_issuer_domain_names("a_b"); }},
      {"no account",
       [](v1::Check& check) { check.mutable_dns_persist()->clear_acceptable_account_uris(); }},
      {"an empty account",
       [](v1::Check& check) { check.mutable_dns_persist()->add_acceptable_account_uris(""); }},
      {"65 accounts",
       [](v1::Check& check) {
         for (int i = 0; i < 64; ++i) {
           check.mutable_dns_persist()->add_acceptable_account_uris(kAccount);
         }
       }},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    DnsCheckRun run(Check());
    c.spoil(run.check);
    EXPECT_EQ(run.Run(CheckDnsPersist), v1::Problem::BAD_REQUEST);
    EXPECT_THAT(run.dns.questions(), IsEmpty());
  }
}

}  // namespace
}  // namespace mpic::perspective
