// The DNS client and whole checks against NSD and a validating unbound over a small signed
// Internet.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/support/fake_dns_client.h"
#include "tests/support/perspective_under_test.h"
#include "tests/support/signed_world_suite.h"

namespace mpic::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kKeyAuthorization[] =
    "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA.NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs";
constexpr char kDigest[] = "ZTRx1Ckl1-tM05o5zaizTTA0yUy5AGereMgSNWC6Ll8";
constexpr char kRandomValue[] = "4f9c2a7be1d04c6f8a35b1e97d20c4aa";

std::string LongTxt() {
  std::string records;
  for (char c = 'a'; c < 'k'; ++c) {
    absl::StrAppend(&records, "long IN TXT \"", std::string(250, c), "\"\n");
  }
  return records;
}

std::vector<SignedWorldZone> Zones() {
  const std::string shop = absl::StrCat(
      "_acme-challenge.shop IN TXT \"", kDigest, "\"\n", "_dcv.shop IN TXT \"", kRandomValue,
      "\"\n", "shop IN A 127.0.0.1\n", "shop IN CAA 0 issue \"ca.example.com\"\n",
      "forbid IN CAA 128 issue \"other.example.net\"\n", "www IN A 127.0.0.1\n",
      "_acme-challenge.api IN CNAME proof.other.com.\n", "unsigned IN CNAME www.plain.com.\n");
  return {
      {.name = "example.com", .records = shop + LongTxt()},
      {.name = "other.com", .records = absl::StrCat("proof IN TXT \"", kDigest, "\"\n")},
      {.name = "plain.com",
       .records = absl::StrCat("www IN A 127.0.0.1\n_acme-challenge IN TXT \"", kDigest, "\"\n"),
       .is_signed = false},
      {.name = "broken.com",
       .records = "_acme-challenge IN TXT \"what the owner signed\"\n",
       .tampered_from = "what the owner signed",
       .tampered_to = kDigest}};
}

class SignedWorldTest : public SignedWorldSuite {
 protected:
  static void SetUpTestSuite() { Build(Zones()); }
};

// -- The DNS client -----------------------------------------------------------------------------

TEST_F(SignedWorldTest, AnswersAreSecureWhereTheChainOfTrustHolds) {
  const struct {
    const char* name;
    RecordType type;
    v1::DnssecStatus dnssec;
    int rcode;
    std::size_t records;
  } cases[] = {
      {"www.example.com", RecordType::kA, v1::SECURE, 0, 1},
      {"www.example.com", RecordType::kAaaa, v1::SECURE, 0, 0},     // NODATA
      {"missing.example.com", RecordType::kTxt, v1::SECURE, 3, 0},  // NXDOMAIN
      {"_acme-challenge.api.example.com", RecordType::kTxt, v1::SECURE, 0, 1},
      {"www.plain.com", RecordType::kA, v1::NOT_SECURE, 0, 1},
      {"missing.plain.com", RecordType::kA, v1::NOT_SECURE, 3, 0},
      {"unsigned.example.com", RecordType::kA, v1::NOT_SECURE, 0, 1},  // signed to unsigned
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(absl::StrCat(c.name, " type ", static_cast<int>(c.type)));
    const DnsAnswer answer = Ask(c.name, c.type);
    EXPECT_FALSE(answer.lookup_failed()) << answer.problem.detail;
    EXPECT_EQ(answer.dnssec, c.dnssec);
    EXPECT_EQ(answer.authentic_data, c.dnssec == v1::SECURE);
    EXPECT_EQ(answer.rcode, c.rcode);
    EXPECT_THAT(answer.rdata, SizeIs(c.records));
  }
}

TEST_F(SignedWorldTest, ABrokenSignatureIsBogus) {
  const DnsAnswer answer = Ask("_acme-challenge.broken.com", RecordType::kTxt);
  EXPECT_EQ(answer.problem.kind, v1::Problem::DNSSEC_BOGUS) << answer.problem.detail;
  EXPECT_EQ(answer.dnssec, v1::BOGUS);
  EXPECT_EQ(answer.rcode, 2);
  EXPECT_EQ(answer.tries, 1U);
  EXPECT_THAT(answer.rdata, IsEmpty());
  ASSERT_FALSE(answer.extended_errors.empty());
  EXPECT_GE(answer.extended_errors[0].info_code, 6);
  EXPECT_LE(answer.extended_errors[0].info_code, 12);
}

TEST_F(SignedWorldTest, AliasesAcrossZonesAreRecorded) {
  const DnsAnswer answer = Ask("_acme-challenge.api.example.com", RecordType::kTxt);
  ASSERT_THAT(answer.cname_chain, SizeIs(1));
  EXPECT_EQ(answer.cname_chain[0].text(), "proof.other.com");
  EXPECT_THAT(answer.rdata, ElementsAre(CharacterString(kDigest)));
}

TEST_F(SignedWorldTest, AnswersOver1232OctetsComeByTcp) {
  const DnsAnswer answer = Ask("long.example.com", RecordType::kTxt);
  EXPECT_FALSE(answer.lookup_failed()) << answer.problem.detail;
  EXPECT_TRUE(answer.tcp);
  EXPECT_EQ(answer.dnssec, v1::SECURE);
  EXPECT_THAT(answer.rdata, SizeIs(10));
  EXPECT_THAT(answer.rdata, ::testing::Contains(CharacterString(std::string(250, 'j'))));
}

TEST_F(SignedWorldTest, CaaRdataIsRaw) {
  EXPECT_THAT(Ask("shop.example.com", RecordType::kCaa).rdata,
              ElementsAre(CaaRdata({.flags = 0, .tag = "issue", .value = "ca.example.com"})));
  EXPECT_THAT(Ask("forbid.example.com", RecordType::kCaa).rdata,
              ElementsAre(CaaRdata({.flags = 128, .tag = "issue", .value = "other.example.net"})));
}

// -- Whole checks -------------------------------------------------------------------------------

TEST_F(SignedWorldTest, Dns01Checks) {
  PerspectiveUnderTest perspective(LoopbackPerspective(resolver()));
  const struct {
    const char* name;
    const char* verdict;
    v1::DnssecStatus dnssec;
  } cases[] = {{"shop.example.com", "PASSED", v1::SECURE},
               {"api.example.com", "PASSED", v1::SECURE},  // by alias into another zone
               {"plain.com", "PASSED", v1::NOT_SECURE},
               {"www.example.com", "FAILED DNS_NXDOMAIN", v1::SECURE},
               {"broken.com", "FAILED DNSSEC_BOGUS", v1::BOGUS}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    v1::Check check = CheckOf(c.name);
    check.mutable_dns_01()->set_key_authorization(kKeyAuthorization);
    const v1::CheckResult result = perspective.Run(check);
    EXPECT_EQ(VerdictOf(result), c.verdict) << result.problem().detail();
    EXPECT_EQ(result.observed_value(), absl::StartsWith(c.verdict, "PASSED") ? kDigest : "");
    ASSERT_EQ(result.steps_size(), 1);
    EXPECT_EQ(result.steps(0).dns().qname(), absl::StrCat("_acme-challenge.", c.name));
    EXPECT_EQ(result.steps(0).dns().dnssec(), c.dnssec);
  }
}

TEST_F(SignedWorldTest, CaaChecks) {
  PerspectiveUnderTest perspective(LoopbackPerspective(resolver()));
  const struct {
    const char* name;
    const char* verdict;
    const char* found_at;
  } cases[] = {{"shop.example.com", "PASSED", "shop.example.com"},
               {"a.b.shop.example.com", "PASSED", "shop.example.com"},
               {"forbid.example.com", "FAILED CAA_FORBIDS", "forbid.example.com"},
               {"www.plain.com", "PASSED", ""}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    v1::Check check = CheckOf(c.name);
    check.mutable_caa()->add_issuer_domain_names("ca.example.com");
    const v1::CheckResult result = perspective.Run(check);
    EXPECT_EQ(VerdictOf(result), c.verdict) << result.problem().detail();
    EXPECT_EQ(result.caa().found_at(), c.found_at);
  }
}

TEST_F(SignedWorldTest, DnsChangeChecks) {
  PerspectiveUnderTest perspective(LoopbackPerspective(resolver()));
  v1::Check check = CheckOf("shop.example.com");
  check.mutable_dns_change()->set_record_type(v1::DnsChange::TXT);
  check.mutable_dns_change()->set_prefix_label("_dcv");
  check.mutable_dns_change()->set_expected_value(kRandomValue);
  v1::CheckResult result = perspective.Run(check);
  EXPECT_EQ(VerdictOf(result), "PASSED") << result.problem().detail();
  EXPECT_EQ(result.observed_value(), kRandomValue);
  check.mutable_dns_change()->set_expected_value("another-value-of-22-octets-or-more");
  result = perspective.Run(check);
  EXPECT_EQ(VerdictOf(result), "FAILED RECORD_NOT_MATCHING") << result.problem().detail();
}

}  // namespace
}  // namespace mpic::testing
