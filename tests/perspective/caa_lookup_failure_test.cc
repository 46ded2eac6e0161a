#include "perspective/rules/caa_lookup_failure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/support/fake_dns_client.h"

namespace mpic::perspective {
namespace {

using ::testing::HasSubstr;

DnsAnswer Failure(ProblemKind kind, int rcode) {
  DnsAnswer answer = testing::LookupError(kind);
  answer.rcode = static_cast<std::uint8_t>(rcode);
  answer.tries = 2;
  answer.extended_errors = {{.info_code = 22, .extra_text = ""}};
  return answer;
}

TEST(CaaLookupFailureTest, SomeFailuresCouldBePermission) {
  const struct {
    const char* sentence;
    DnsAnswer answer;
    const char* at_remotes;  // part of the reason; "": it could
    const char* at_the_primary;
  } cases[] = {
      {"silence: perhaps of our own resolver", Failure(v1::Problem::DNS_TIMEOUT, 0),
       "DNS_TIMEOUT is never", "is never"},
      {"REFUSED", Failure(v1::Problem::DNS_REFUSED, 5), "", ""},
      {"SERVFAIL", Failure(v1::Problem::DNS_SERVFAIL, 2), "", "DNS_SERVFAIL is never"},
      {"NOTIMP", Failure(v1::Problem::DNS_REFUSED, 4), "DNS_REFUSED is never", "is never"},
      {"no recursion", Failure(v1::Problem::DNS_REFUSED, 0), "DNS_REFUSED is never", "is never"},
      {"an answer that the resolver disowns", Failure(v1::Problem::DNS_SERVFAIL, 0), "is never",
       "is never"},
      {"vector 127: cut short", Failure(v1::Problem::DNS_TRUNCATED, 0), "is never", "is never"},
      {"unreadable", Failure(v1::Problem::DNS_MALFORMED, 0), "is never", "is never"},
      {"a loop", Failure(v1::Problem::DNS_LOOP, 0), "is never", "is never"},
      {"bogus", Failure(v1::Problem::DNSSEC_BOGUS, 2), "is never", "is never"},
      {"indeterminate", Failure(v1::Problem::DNSSEC_INDETERMINATE, 2), "is never", "is never"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.sentence);
    const std::string remote = WhyNeverPermission(c.answer, v1::CaaCheck::MAY_PERMIT);
    EXPECT_EQ(remote.empty(), std::string(c.at_remotes).empty()) << remote;
    EXPECT_THAT(remote, HasSubstr(c.at_remotes));
    const std::string primary =
        WhyNeverPermission(c.answer, v1::CaaCheck::MAY_PERMIT_UNLESS_SERVFAIL);
    EXPECT_EQ(primary.empty(), std::string(c.at_the_primary).empty()) << primary;
    EXPECT_THAT(primary, HasSubstr(c.at_the_primary));
    EXPECT_NE(WhyNeverPermission(c.answer, v1::CaaCheck::NEVER_PERMITS), "");
    // A rule that only a later version knows.
    EXPECT_NE(WhyNeverPermission(c.answer, static_cast<LookupFailureRule>(3)), "");
  }
}

TEST(CaaLookupFailureTest, OneTryIsNotEnough) {
  DnsAnswer answer = Failure(v1::Problem::DNS_REFUSED, 5);
  answer.tries = 1;
  EXPECT_THAT(WhyNeverPermission(answer, v1::CaaCheck::MAY_PERMIT), HasSubstr("not retried"));
}

TEST(CaaLookupFailureTest, TriesThatFailInDifferentWaysShowNothing) {
  DnsAnswer answer = Failure(v1::Problem::DNS_REFUSED, 5);
  answer.tries_differed = true;
  EXPECT_THAT(WhyNeverPermission(answer, v1::CaaCheck::MAY_PERMIT), HasSubstr("different ways"));
}

TEST(CaaLookupFailureTest, AnAliasLeadsToAnotherDomain) {
  const DnsAnswer answer =
      testing::ByAlias({"h.edge.example.net"}, Failure(v1::Problem::DNS_REFUSED, 5));
  EXPECT_THAT(WhyNeverPermission(answer, v1::CaaCheck::MAY_PERMIT), HasSubstr("alias"));
}

TEST(CaaLookupFailureTest, OnlyTheDomainsServersMayBeBlamed) {
  for (std::uint16_t code = 0; code <= 30; ++code) {
    SCOPED_TRACE(code);
    DnsAnswer answer = Failure(v1::Problem::DNS_SERVFAIL, 2);
    answer.extended_errors = {{.info_code = 22, .extra_text = ""},
                              {.info_code = code, .extra_text = ""}};
    const std::string why = WhyNeverPermission(answer, v1::CaaCheck::MAY_PERMIT);
    EXPECT_EQ(why.empty(), code == 22 || code == 23) << why;
  }
  // REFUSED without a reason may be our resolver's own: it does not serve us.
  DnsAnswer answer = Failure(v1::Problem::DNS_REFUSED, 5);
  answer.extended_errors.clear();
  EXPECT_THAT(WhyNeverPermission(answer, v1::CaaCheck::MAY_PERMIT), HasSubstr("does not blame"));
  answer = Failure(v1::Problem::DNS_SERVFAIL, 2);
  answer.extended_errors.clear();
  EXPECT_EQ(WhyNeverPermission(answer, v1::CaaCheck::MAY_PERMIT), "");
}

}  // namespace
}  // namespace mpic::perspective
