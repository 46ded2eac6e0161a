#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "perspective/rules/caa.h"
#include "tests/support/fake_dns_client.h"

namespace mpic::perspective {
namespace {

constexpr char kAccount[] = "https://ca.example.com/acme/acct/1";

TEST(CaaRecordTest, Vector107AWholeRecord) {
  const auto record =
      ParseCaaRdata(absl::HexStringToBytes("0005697373756563612e6578616d706c652e636f6d"));
  ASSERT_TRUE(record.ok());
  EXPECT_EQ(record->flags, 0);
  EXPECT_EQ(record->tag, "issue");
  EXPECT_EQ(record->value, "ca.example.com");
}

TEST(CaaRecordTest, EdgesOfTheRecord) {
  const struct {
    const char* name;
    std::string rdata;
    bool valid;
  } cases[] = {
      {"empty value", std::string("\x00\x05issue", 7), true},
      {"tag of one octet", std::string("\x80\x01x", 3), true},
      {"no octets", "", false},
      {"flags only", std::string("\x00", 1), false},
      {"empty tag", std::string("\x00\x00", 2), false},
      {"empty tag before a value", std::string("\0\0issue", 7), false},
      {"tag overruns", std::string("\x00\x06issue", 7), false},
      {"hyphen in the tag",
       std::string("\x00\x03"
                   "a-bvalue",
                   10),
       false},
      {"octet above ASCII in the tag", std::string("\x00\x01\xff", 3), false},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto record = ParseCaaRdata(c.rdata);
    EXPECT_EQ(record.ok(), c.valid);
    if (!record.ok()) EXPECT_EQ(record.problem().kind, v1::Problem::RECORD_MALFORMED);
  }
}

constexpr ProblemKind kPermit = v1::Problem::KIND_UNSPECIFIED;
constexpr ProblemKind kForbid = v1::Problem::CAA_FORBIDS;
constexpr ProblemKind kUnknown = v1::Problem::CAA_CRITICAL_UNKNOWN;
constexpr int kNone = -1;

struct DecisionCase {
  const char* name;
  std::vector<CaaRecord> set;
  bool wildcard;
  ProblemKind expected;
  int matched_index;
};

void ExpectDecisions(const std::vector<DecisionCase>& cases, const CaaRequest& base) {
  for (const DecisionCase& c : cases) {
    SCOPED_TRACE(c.name);
    CaaRequest request = base;
    request.wildcard = c.wildcard;
    const CaaDecision decision = DecideCaa(c.set, request);
    EXPECT_EQ(decision.problem.kind, c.expected) << decision.problem.detail;
    const int matched =
        decision.matched_index.has_value() ? static_cast<int>(*decision.matched_index) : kNone;
    EXPECT_EQ(matched, c.matched_index);
    EXPECT_EQ(decision.problem.detail.empty(), decision.permitted());
    EXPECT_LE(decision.problem.detail.size(), 512U);
  }
}

CaaRequest Request() {
  return {.wildcard = false,
          .issuer_domain_names = {"ca.example.com"},
          .account_uris = {kAccount},
          .method_labels = {"http-01", "ca-tbr-19"}};
}

TEST(CaaDecisionTest, TagsAndFlags) {
  const CaaRecord ours{0, "issue", "ca.example.com"};
  const CaaRecord nobody{0, "issue", ";"};
  const CaaRecord wild_ours{0, "issuewild", "ca.example.com"};
  const CaaRecord wild_nobody{0, "issuewild", ";"};
  ExpectDecisions(
      {
          {"no set anywhere", {}, false, kPermit, kNone},
          {"our name", {ours}, false, kPermit, 0},
          {"vector 109: another issuer",
           {{0, "issue", "other.example.com"}},
           false,
           kForbid,
           kNone},
          {"vector 110: authorisations add up", {nobody, ours}, false, kPermit, 1},
          {"vector 112: only iodef", {{0, "iodef", "mailto:a@b.c"}}, false, kPermit, kNone},
          {"vector 112: only an unknown tag", {{0, "foo", "x"}}, false, kPermit, kNone},
          {"vector 113: critical unknown first", {{128, "foo", "x"}, ours}, false, kUnknown, kNone},
          {"vector 113: critical unknown last", {ours, {128, "foo", "x"}}, false, kUnknown, kNone},
          {"critical unknown for a wildcard", {wild_ours, {128, "foo", ""}}, true, kUnknown, kNone},
          {"all bits set are critical too", {ours, {255, "foo", "x"}}, false, kUnknown, kNone},
          {"reserved bits are ignored", {ours, {127, "foo", "x"}}, false, kPermit, 0},
          {"tags that IANA only reserves are unknown",
           {{128, "policy", "x"}},
           false,
           kUnknown,
           kNone},
          {"vector 115: critical issue", {{128, "issue", "ca.example.com"}}, false, kPermit, 0},
          {"vector 116: ISSUE", {{0, "ISSUE", "ca.example.com"}}, false, kPermit, 0},
          {"vector 118: wildcard", {wild_nobody, ours}, true, kForbid, kNone},
          {"vector 118: plain name", {wild_nobody, ours}, false, kPermit, 1},
          {"vector 119: wildcard", {wild_ours, nobody}, true, kPermit, 0},
          {"vector 119: plain name", {wild_ours, nobody}, false, kForbid, kNone},
          {"vector 121: malformed issuewild still counts",
           {{0, "issuewild", "ca.example.com;;"}, ours},
           true,
           kForbid,
           kNone},
          {"wildcard falls back to issue", {ours}, true, kPermit, 0},
          {"only issuewild for a plain name", {wild_nobody}, false, kPermit, kNone},
          {"vector 130: critical issuemail alone",
           {{128, "issuemail", "x.example.com"}},
           false,
           kPermit,
           kNone},
          {"our name in capitals", {{0, "issue", "CA.Example.COM"}}, false, kPermit, 0},
          {"our name with a trailing dot",
           {{0, "issue", "ca.example.com."}},
           false,
           kForbid,
           kNone},
          {"a name below ours", {{0, "issue", "x.ca.example.com"}}, false, kForbid, kNone},
          {"empty value", {{0, "issue", ""}}, false, kForbid, kNone},
          {"unknown parameters are the issuer's affair",
           {{0, "issue", "ca.example.com; policy=ev"}},
           false,
           kPermit,
           0},
      },
      Request());
}

TEST(CaaDecisionTest, ParametersOfARecordWithOurName) {
  const std::string uri = std::string("accounturi=") + kAccount;
  const struct {
    const char* name;
    std::string parameters;
    bool permitted;
  } cases[] = {
      {"vector 131: our account", uri, true},
      {"vector 131: another account", "accounturi=https://o.example/2", false},
      {"accounturi in another case", "accounturi=HTTPS://ca.example.com/acme/acct/1", false},
      {"accounturi empty", "accounturi=", false},
      {"accounturi twice, the same", uri + ";" + uri, false},
      {"accounturi twice, in two cases", uri + ";AccountURI=" + kAccount, false},
      {"vector 133: capitals restrict too", "AccountURI=https://other/1", false},
      {"capitals with our account", std::string("ACCOUNTURI=") + kAccount, true},
      {"our method", "validationmethods=http-01", true},
      {"vector 134: another method", "validationmethods=dns-01", false},
      {"one of several methods", "validationmethods=dns-01,http-01", true},
      {"vector 136: empty list", "validationmethods=", false},
      {"vector 136: empty last element", "validationmethods=dns-01,", false},
      {"empty last element after ours", "validationmethods=http-01,", false},
      {"octet outside a label", "validationmethods=http-01,dns_01", false},
      {"vector 137: blank in the list", "validationmethods=dns-01, http-01", false},
      {"vector 139: the alias", "validationmethods=ca-tbr-19", true},
      {"labels in capitals", "validationmethods=HTTP-01", false},
      {"tag in capitals restricts", "ValidationMethods=dns-01", false},
      {"validationmethods twice", "validationmethods=http-01;validationmethods=http-01", false},
      {"account right, method wrong", uri + ";validationmethods=dns-01", false},
      {"account wrong, method right", "accounturi=https://o/2;validationmethods=http-01", false},
      {"both right", uri + "; validationmethods=http-01", true},
  };
  for (const auto& c : cases) {
    const CaaRecord record{0, "issue", "ca.example.com; " + c.parameters};
    ExpectDecisions(
        {{c.name, {record}, false, c.permitted ? kPermit : kForbid, c.permitted ? 0 : kNone}},
        Request());
  }
}

TEST(CaaDecisionTest, ParametersAcrossRecordsAndForWildcards) {
  const std::string dns_only = "ca.example.com; validationmethods=dns-01";
  const std::string http_only = "ca.example.com; validationmethods=http-01";
  ExpectDecisions(
      {
          {"vector 140: two records, ours second",
           {{0, "issue", dns_only}, {0, "issue", http_only}},
           false,
           kPermit,
           1},
          {"issuewild takes parameters as well",
           {{0, "issuewild", dns_only}},
           true,
           kForbid,
           kNone},
      },
      Request());
}

TEST(CaaDecisionTest, ARequestWithoutAccountOrMethodSatisfiesNoRestriction) {
  CaaRequest request = Request();
  request.account_uris.clear();
  request.method_labels.clear();
  ExpectDecisions({{"vector 131: no account",
                    {{0, "issue", std::string("ca.example.com; accounturi=") + kAccount}},
                    false,
                    kForbid,
                    kNone},
                   {"no method",
                    {{0, "issue", "ca.example.com; validationmethods=http-01"}},
                    false,
                    kForbid,
                    kNone},
                   {"no restriction", {{0, "issue", "ca.example.com"}}, false, kPermit, 0}},
                  request);
  // Even an account URI that could never be one must not meet an empty parameter.
  request.account_uris = {"", "no-uri"};
  ExpectDecisions(
      {{"both empty", {{0, "issue", "ca.example.com; accounturi="}}, false, kForbid, kNone},
       {"no URI", {{0, "issue", "ca.example.com; accounturi=no-uri"}}, false, kForbid, kNone}},
      request);
}

TEST(CaaDecisionTest, ManyRefusalsMakeOneShortSentence) {
  std::vector<CaaRecord> set(50, {0, "issue", std::string(500, 'a') + ".example"});
  ExpectDecisions({{"fifty long names", set, false, kForbid, kNone}}, Request());
}

}  // namespace
}  // namespace mpic::perspective
