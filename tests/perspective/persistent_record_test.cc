#include "perspective/rules/persistent_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace mpic::perspective {
namespace {

constexpr char kAccount[] = "https://ca.example.com/acme/acct/1";
constexpr char kOtherAccount[] = "https://ca.example.com/acme/acct/2";
constexpr ProblemKind kAccepted = v1::Problem::KIND_UNSPECIFIED;

PersistRequest Request() {
  return {.issuer_names = {"ca.example.com", "ca.example.net"},
          .acceptable_account_uris = {kAccount, kOtherAccount},
          .reference_time = absl::FromUnixSeconds(1795435200)};  // 2026-11-23T12:00:00Z
}

// A good record with `parameters` behind it.
std::string Record(const std::string& parameters = "") {
  return absl::StrCat("ca.example.com; accounturi=", kAccount, parameters);
}

struct RecordCase {
  const char* name;
  std::string record;
  ProblemKind expected;
};

void ExpectAll(const PersistRequest& request, const std::vector<RecordCase>& cases) {
  for (const RecordCase& c : cases) {
    SCOPED_TRACE(c.name);
    const PersistDecision decision = DecidePersist({c.record}, request);
    EXPECT_EQ(decision.problem.kind, c.expected) << decision.problem.detail;
    EXPECT_EQ(decision.account_uri, c.expected == kAccepted ? kAccount : "");
  }
}

TEST(PersistentRecordTest, IssuersAndGrammar) {
  ExpectAll(
      Request(),
      {
          {"vector 77: issuer and account", Record(), kAccepted},
          {"no blanks", absl::StrCat("ca.example.com;accounturi=", kAccount), kAccepted},
          {"blanks everywhere",
           absl::StrCat(" ca.example.com ;\taccounturi = ", kAccount, " ; a = b "), kAccepted},
          {"issuer in capitals", absl::StrCat("CA.Example.COM; accounturi=", kAccount), kAccepted},
          {"the other issuer name", absl::StrCat("ca.example.net; accounturi=", kAccount),
           kAccepted},
          {"unknown parameters, repeated", Record("; a=1; a=2; b-c="), kAccepted},
          {"vector 79: trailing dot", absl::StrCat("ca.example.com.;accounturi=", kAccount),
           v1::Problem::RECORD_MALFORMED},
          {"vector 80: trailing semicolon", Record(";"), v1::Problem::RECORD_MALFORMED},
          {"quotes around the whole", absl::StrCat("\"", Record(), "\""),
           v1::Problem::RECORD_MALFORMED},
          {"a blank in the account", Record(" x"), v1::Problem::RECORD_MALFORMED},
          {"NUL behind", Record() + std::string(1, '\0'), v1::Problem::RECORD_MALFORMED},
          {"U-label issuer", absl::StrCat("b\u00FCcher.example; accounturi=", kAccount),
           v1::Problem::RECORD_MALFORMED},
          {"vector 88: another issuer", absl::StrCat("other.example.com; accounturi=", kAccount),
           v1::Problem::ISSUER_NOT_RECOGNISED},
          {"a name below the issuer", absl::StrCat("x.ca.example.com; accounturi=", kAccount),
           v1::Problem::ISSUER_NOT_RECOGNISED},
          {"no issuer", absl::StrCat("; accounturi=", kAccount),
           v1::Problem::ISSUER_NOT_RECOGNISED},
          {"nothing", "", v1::Problem::ISSUER_NOT_RECOGNISED},
      });
}

TEST(PersistentRecordTest, AccountsAreComparedByOctets) {
  ExpectAll(
      Request(),
      {
          {"tag in capitals", absl::StrCat("ca.example.com; AccountURI=", kAccount), kAccepted},
          {"no account", "ca.example.com", v1::Problem::ACCOUNTURI_MISSING},
          {"no account among parameters", "ca.example.com; policy=wildcard",
           v1::Problem::ACCOUNTURI_MISSING},
          {"empty account", "ca.example.com; accounturi=", v1::Problem::ACCOUNTURI_MISMATCH},
          {"vector 82: scheme in capitals",
           "ca.example.com; accounturi=HTTPS://ca.example.com/acme/acct/1",
           v1::Problem::ACCOUNTURI_MISMATCH},
          {"trailing slash", Record("/"), v1::Problem::ACCOUNTURI_MISMATCH},
          {"a longer account", Record("0"), v1::Problem::ACCOUNTURI_MISMATCH},
          {"vector 83: the account twice", Record(absl::StrCat("; accounturi=", kAccount)),
           v1::Problem::PARAM_DUPLICATE},
          {"vector 83: twice, tags in other capitals",
           Record(absl::StrCat("; AccountURI=", kAccount)), v1::Problem::PARAM_DUPLICATE},
          {"persistUntil twice", Record("; persistUntil=1795435200; persistuntil=1795435200"),
           v1::Problem::PARAM_DUPLICATE},
          {"policy twice", Record("; policy=wildcard; policy=wildcard"),
           v1::Problem::PARAM_DUPLICATE},
      });
}

TEST(PersistentRecordTest, PersistUntil) {
  ExpectAll(
      Request(),
      {
          {"this very second", Record("; persistUntil=1795435200"), kAccepted},
          {"leading zeros", Record("; persistUntil=0001795435200"), kAccepted},
          {"the largest number", Record("; persistUntil=9223372036854775807"), kAccepted},
          {"vector 86: a second ago, tag in other capitals", Record("; PersistUntil=1795435199"),
           v1::Problem::PERSIST_EXPIRED},
          {"zero", Record("; persistUntil=0"), v1::Problem::PERSIST_EXPIRED},
          {"vector 85: empty", Record("; persistUntil="), v1::Problem::RECORD_MALFORMED},
          {"vector 85: an exponent", Record("; persistUntil=1e9"), v1::Problem::RECORD_MALFORMED},
          {"vector 85: negative", Record("; persistUntil=-1"), v1::Problem::RECORD_MALFORMED},
          {"vector 85: a date", Record("; persistUntil=2027-01-01"), v1::Problem::RECORD_MALFORMED},
          {"vector 85: 20 digits", Record("; persistUntil=18446744073709551616"),
           v1::Problem::RECORD_MALFORMED},
          {"one more than the largest", Record("; persistUntil=9223372036854775808"),
           v1::Problem::RECORD_MALFORMED},
          {"a plus sign", Record("; persistUntil=+1795435200"), v1::Problem::RECORD_MALFORMED},
          {"hexadecimal", Record("; persistUntil=0x7fffffff"), v1::Problem::RECORD_MALFORMED},
      });
}

TEST(PersistentRecordTest, AFractionOfASecondLaterIsLater) {
  PersistRequest request = Request();
  request.reference_time += absl::Nanoseconds(1);
  ExpectAll(request, {{"the second that has begun", Record("; persistUntil=1795435200"),
                       v1::Problem::PERSIST_EXPIRED}});
}

TEST(PersistentRecordTest, ThePolicyCountsWhereItIsNeeded) {
  PersistRequest request = Request();
  const std::vector<RecordCase> anything = {{"no policy", Record(), kAccepted},
                                            {"any policy", Record("; policy=x"), kAccepted}};
  ExpectAll(request, anything);
  request.needs_wildcard_policy = true;
  ExpectAll(request,
            {
                {"vector 92: in capitals", Record("; policy=WILDCARD"), kAccepted},
                {"tag in capitals", Record("; Policy=wildcard"), kAccepted},
                {"vector 91: no policy", Record(), v1::Problem::POLICY_SCOPE},
                {"another policy", Record("; policy=subdomain"), v1::Problem::POLICY_SCOPE},
                {"a list", Record("; policy=wildcard,x"), v1::Problem::POLICY_SCOPE},
                {"empty", Record("; policy="), v1::Problem::POLICY_SCOPE},
            });
}

// What record is taken, and of which account.
TEST(PersistentRecordTest, OneAcceptableRecordIsEnough) {
  const std::string other = absl::StrCat("ca.example.com; accounturi=", kOtherAccount);
  const struct {
    const char* name;
    std::vector<std::string> records;
    std::size_t index;
    const char* account;
  } cases[] = {
      {"vector 89: a malformed one beside it", {"%%%", Record(), "v=spf1 -all"}, 1, kAccount},
      {"an expired one beside it", {Record("; persistUntil=1"), Record()}, 1, kAccount},
      {"another issuer's duplicates beside it", {"x.example; a=b", Record()}, 1, kAccount},
      {"two of one account: the first", {Record(), Record("; a=b")}, 0, kAccount},
      {"two accounts: the first that we named", {Record(), other}, 0, kAccount},
      {"two accounts in the other order", {other, Record()}, 1, kAccount},
      {"vector 94: the second account alone", {other}, 0, kOtherAccount},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const PersistDecision decision = DecidePersist(c.records, Request());
    EXPECT_TRUE(decision.accepted()) << decision.problem.detail;
    EXPECT_EQ(decision.accepted_index, c.index);
    EXPECT_EQ(decision.account_uri, c.account);
  }
}

TEST(PersistentRecordTest, OfOneAccountTheRecordThatPersistsLongest) {
  const std::string sooner = Record("; persistUntil=1795435300");
  const std::string later = Record("; persistUntil=1795435400");
  const std::string other =
      absl::StrCat("ca.example.com; accounturi=", kOtherAccount, "; persistUntil=1795435500");
  const struct {
    const char* name;
    std::vector<std::string> records;
    std::size_t index;
    absl::Time persist_until;
  } cases[] = {
      {"one", {sooner}, 0, absl::FromUnixSeconds(1795435300)},
      {"the later", {sooner, later}, 1, absl::FromUnixSeconds(1795435400)},
      {"in the other order", {later, sooner}, 0, absl::FromUnixSeconds(1795435400)},
      {"one without an end", {sooner, Record(), later}, 1, absl::InfiniteFuture()},
      {"another account's counts for nothing",
       {other, sooner, other},
       1,
       absl::FromUnixSeconds(1795435300)},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const PersistDecision decision = DecidePersist(c.records, Request());
    EXPECT_EQ(decision.accepted_index, c.index);
    EXPECT_EQ(decision.persist_until, c.persist_until);
  }
}

TEST(PersistentRecordTest, TheRecordThatCameFurthestSaysWhy) {
  // Each is more informative than all before it.
  const std::vector<RecordCase> ladder = {
      {"issuer", "other.example.com", v1::Problem::ISSUER_NOT_RECOGNISED},
      {"grammar", "%%%", v1::Problem::RECORD_MALFORMED},
      {"duplicate", Record("; policy=; policy="), v1::Problem::PARAM_DUPLICATE},
      {"no account", "ca.example.com", v1::Problem::ACCOUNTURI_MISSING},
      {"another account", Record("x"), v1::Problem::ACCOUNTURI_MISMATCH},
      {"expired", Record("; persistUntil=1; policy=wildcard"), v1::Problem::PERSIST_EXPIRED},
      {"scope", Record(), v1::Problem::POLICY_SCOPE},
  };
  PersistRequest request = Request();
  request.needs_wildcard_policy = true;
  std::vector<std::string> forward;
  std::vector<std::string> backward;
  for (const RecordCase& rung : ladder) {
    SCOPED_TRACE(rung.name);
    forward.push_back(rung.record);
    backward.insert(backward.begin(), rung.record);
    EXPECT_EQ(DecidePersist(forward, request).problem.kind, rung.expected);
    EXPECT_EQ(DecidePersist(backward, request).problem.kind, rung.expected);
  }
  EXPECT_THAT(DecidePersist(forward, request).problem.detail, ::testing::HasSubstr("7 of 7"));
}

TEST(PersistentRecordTest, NothingIsAcceptableAmongNoRecords) {
  EXPECT_FALSE(DecidePersist({}, Request()).accepted());
}

}  // namespace
}  // namespace mpic::perspective
