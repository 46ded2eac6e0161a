#include "perspective/methods/reverse_lookup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/dns_check_run.h"

namespace mpic::perspective {
namespace {

using ::mpic::testing::DnsCheckRun;
using ::mpic::testing::RdataAnswer;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

constexpr char kName[] = "10.2.0.192.in-addr.arpa";
constexpr char kHost[] = "shop.example.com";
constexpr ProblemKind kPassed = v1::Problem::KIND_UNSPECIFIED;
constexpr ProblemKind kMalformed = v1::Problem::RECORD_MALFORMED;

v1::Check Check(const std::string& expected_name) {
  v1::Check check;
  check.mutable_identifier()->set_ip_address("192.0.2.10");
  check.mutable_reverse_lookup()->set_expected_name(expected_name);
  return check;
}

testing::DnsAnswer PtrAnswer(const std::vector<std::string>& names) {
  std::vector<std::string> rdata;
  rdata.reserve(names.size());
  for (const std::string& name : names) rdata.push_back(testing::WireName(name));
  return RdataAnswer(std::move(rdata));
}

TEST(ReverseLookupTest, NamesOfAnAddress) {
  const ProblemKind other = v1::Problem::RECORD_NOT_MATCHING;
  const struct {
    const char* name;
    testing::DnsAnswer answer;
    std::vector<std::string> names;
    ProblemKind expecting;  // shop.example.com
    ProblemKind discovery;
  } cases[] = {
      {"the name", PtrAnswer({kHost}), {kHost}, kPassed, kPassed},
      {"in capitals", PtrAnswer({"SHOP.Example.COM"}), {kHost}, kPassed, kPassed},
      {"several, one twice",
       PtrAnswer({"www.example.com", "Shop.example.com", "a.example.com", kHost}),
       {"a.example.com", kHost, "www.example.com"},
       kPassed,
       kPassed},
      {"another", PtrAnswer({"www.example.com"}), {"www.example.com"}, other, kPassed},
      {"a name below it",
       PtrAnswer({"www.shop.example.com"}),
       {"www.shop.example.com"},
       other,
       kPassed},
      {"found by an alias (RFC 2317)",
       testing::ByAlias({"10.0-25.2.0.192.in-addr.arpa"}, PtrAnswer({kHost})),
       {kHost},
       kPassed,
       kPassed},
      {"what is no host name is ignored",
       PtrAnswer({"*.example.com", "abc.onion", "_x.example.com", "a b.example.com", kHost}),
       {kHost},
       kPassed,
       kPassed},
      {"broken RDATA is ignored",
       RdataAnswer({"\x09", testing::WireName(kHost)}),
       {kHost},
       kPassed,
       kPassed},
      {"only a wildcard", PtrAnswer({"*.shop.example.com"}), {}, kMalformed, kMalformed},
      {"only an onion name", PtrAnswer({"abc.onion"}), {}, kMalformed, kMalformed},
      {"only an underscore name", PtrAnswer({"_shop.example.com"}), {}, kMalformed, kMalformed},
      {"only the root", PtrAnswer({""}), {}, kMalformed, kMalformed},
      {"NXDOMAIN", testing::NxDomain(), {}, v1::Problem::DNS_NXDOMAIN, v1::Problem::DNS_NXDOMAIN},
      {"NODATA", testing::NoData(), {}, v1::Problem::DNS_NODATA, v1::Problem::DNS_NODATA},
      {"bogus",
       testing::LookupError(v1::Problem::DNSSEC_BOGUS),
       {},
       v1::Problem::DNSSEC_BOGUS,
       v1::Problem::DNSSEC_BOGUS},
      {"timeout",
       testing::LookupError(v1::Problem::DNS_TIMEOUT),
       {},
       v1::Problem::DNS_TIMEOUT,
       v1::Problem::DNS_TIMEOUT},
  };
  for (const auto& c : cases) {
    for (const char* expected_name : {"Shop.example.com.", ""}) {
      SCOPED_TRACE(absl::StrCat(c.name, ", expected: ", expected_name));
      const bool discovery = *expected_name == '\0';
      const ProblemKind expected = discovery ? c.discovery : c.expecting;
      DnsCheckRun run(Check(expected_name));
      run.dns.Answer(kName, RecordType::kPtr, c.answer);
      EXPECT_EQ(run.Run(CheckReverseLookup), expected) << run.result.problem().detail();
      EXPECT_THAT(run.dns.questions(), ElementsAre(absl::StrCat("PTR ", kName)));
      EXPECT_EQ(run.result.observed_value(), expected == kPassed && !discovery ? kHost : "");
      EXPECT_EQ(run.result.reverse_lookup().queried_name(), kName);
      EXPECT_THAT(run.result.reverse_lookup().names(), ElementsAreArray(c.names));
      EXPECT_EQ(run.result.steps_size(), 1);
    }
  }
}

TEST(ReverseLookupTest, Ipv6AddressesByNibbles) {
  constexpr char kNibbles[] =
      "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa";
  DnsCheckRun run(Check(kHost));
  run.check.mutable_identifier()->set_ip_address("2001:db8::1");
  run.dns.Answer(kNibbles, RecordType::kPtr, PtrAnswer({kHost}));
  EXPECT_EQ(run.Run(CheckReverseLookup), kPassed);
  EXPECT_THAT(run.dns.questions(), ElementsAre(absl::StrCat("PTR ", kNibbles)));
}

TEST(ReverseLookupTest, BadQuestionsAreRefusedBeforeAnyLookup) {
  const struct {
    const char* name;
    void (*spoil)(v1::Check& check);
  } cases[] = {
      {"a name", [](v1::Check& check) { check.mutable_identifier()->set_dns_name(kHost); }},
      {"no address",
       [](v1::Check& check) { check.mutable_identifier()->set_ip_address("192.0.2"); }},
      {"an ADN", [](v1::Check& check) { check.set_authorization_domain_name(kHost); }},
      {"a wildcard expected",
       [](v1::Check& check) {
         check.mutable_reverse_lookup()->set_expected_name("*.example.com");
       }},
      {"an onion name expected",
       [](v1::Check& check) { check.mutable_reverse_lookup()->set_expected_name("a.onion"); }},
      {"an address expected",
       [](v1::Check& check) { check.mutable_reverse_lookup()->set_expected_name("192.0.2.10"); }},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    DnsCheckRun run(Check(kHost));
    c.spoil(run.check);
    EXPECT_EQ(run.Run(CheckReverseLookup), v1::Problem::BAD_REQUEST);
    EXPECT_THAT(run.dns.questions(), IsEmpty());
  }
}

}  // namespace
}  // namespace mpic::perspective
