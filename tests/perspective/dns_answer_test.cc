#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "perspective/net/dns_message.h"
#include "tests/support/dns_reply_cases.h"

namespace mpic::perspective {
namespace {

using testing::Address;
using testing::Alias;
using testing::Answer;
using ::testing::ElementsAre;
using testing::ExtendedErrorOption;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::kAddress;
using testing::kAuthenticData;
using testing::KindOf;
using testing::kQuestionNameOffset;
using testing::kReplyFlags;
using testing::Opt;
using testing::Parse;
using testing::PointerTo;
using ::testing::SizeIs;
using testing::Wire16;
using testing::WireMessage;
using testing::WireName;
using testing::WireRecord;

std::vector<std::string> ChainOf(const DnsReply& reply) {
  std::vector<std::string> names;
  names.reserve(reply.cname_chain.size());
  for (const DomainName& name : reply.cname_chain) names.push_back(name.text());
  return names;
}

// -- Alias chains -------------------------------------------------------------------------------

// The question's name to 1.test to 2.test ... to LENGTH.test, last first.
WireMessage Chain(int length, bool with_address = true) {
  WireMessage message;
  if (with_address) message.answers.push_back(Address(WireName(absl::StrCat(length, ".test"))));
  for (int i = length; i > 1; --i) {
    message.answers.push_back(Alias(absl::StrCat(i - 1, ".test"), absl::StrCat(i, ".test")));
  }
  message.answers.push_back(Alias("www.example.com", "1.test"));
  return message;
}

TEST(DnsReplyTest, FollowsAChainInWhateverOrder) {
  WireMessage message = Chain(3);
  message.answers[1].ttl = 7;
  const auto reply = Parse(message);
  ASSERT_EQ(KindOf(reply), "ok");
  EXPECT_THAT(ChainOf(*reply), ElementsAre("1.test", "2.test", "3.test"));
  EXPECT_THAT(reply->rdata, ElementsAre(kAddress));
  EXPECT_EQ(reply->min_ttl_seconds, 7U);
}

TEST(DnsReplyTest, TheSameAliasTwiceIsOneAlias) {
  const auto reply =
      Parse({.answers = {Alias("www.example.com", "a.test"), Alias("WWW.example.com", "A.test"),
                         Address(WireName("a.test"))}});
  ASSERT_EQ(KindOf(reply), "ok");
  EXPECT_THAT(ChainOf(*reply), ElementsAre("a.test"));
}

TEST(DnsReplyTest, AnAliasHidesOtherRecordsAtItsName) {
  const auto reply = Parse(
      {.answers = {Alias("www.example.com", "a.test"), Address(WireName("www.example.com"))}});
  ASSERT_EQ(KindOf(reply), "ok");
  EXPECT_THAT(reply->rdata, IsEmpty());
}

TEST(DnsReplyTest, ChainsEnd) {
  const struct {
    const char* name;
    WireMessage message;
    const char* kind;
  } cases[] = {
      {"16 aliases", Chain(16), "ok"},
      {"17 aliases", Chain(17), "DNS_LOOP"},
      {"an alias to itself",
       {.answers = {Alias("www.example.com", "www.example.com")}},
       "DNS_LOOP"},
      {"two aliases in a circle",
       {.answers = {Alias("www.example.com", "a.test"), Alias("a.test", "WWW.EXAMPLE.com")}},
       "DNS_LOOP"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(KindOf(Parse(c.message)), c.kind);
  }
}

// -- What a reply means -------------------------------------------------------------------------

struct Meaning {
  const char* name;
  unsigned rcode;
  std::vector<WireRecord> additionals;
  const char* kind;
  v1::DnssecStatus dnssec;
};

class DnsAnswerTest : public ::testing::TestWithParam<Meaning> {};

TEST_P(DnsAnswerTest, OfAReplyWithoutRecords) {
  const Meaning& c = GetParam();
  const DnsAnswer answer = Answer({.flags = kReplyFlags | c.rcode, .additionals = c.additionals});
  EXPECT_EQ(v1::Problem::Kind_Name(answer.problem.kind), c.kind) << answer.problem.detail;
  EXPECT_EQ(answer.dnssec, c.dnssec);
  EXPECT_EQ(answer.nxdomain(), c.rcode == 3 && !answer.lookup_failed());
  EXPECT_THAT(answer.rdata, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    Rcodes, DnsAnswerTest,
    ::testing::Values(
        Meaning{"Nodata", 0, {}, "KIND_UNSPECIFIED", v1::NOT_SECURE},
        Meaning{"Nxdomain", 3, {}, "KIND_UNSPECIFIED", v1::NOT_SECURE},
        Meaning{"Formerr", 1, {}, "DNS_REFUSED", v1::DNSSEC_STATUS_UNSPECIFIED},
        Meaning{"Servfail", 2, {Opt()}, "DNS_SERVFAIL", v1::DNSSEC_STATUS_UNSPECIFIED},
        Meaning{"Notimp", 4, {}, "DNS_REFUSED", v1::DNSSEC_STATUS_UNSPECIFIED},
        Meaning{"Refused", 5, {}, "DNS_REFUSED", v1::DNSSEC_STATUS_UNSPECIFIED},
        Meaning{"BadversByItsExtendedBits",
                0,
                {Opt({}, 1)},
                "DNS_REFUSED",
                v1::DNSSEC_STATUS_UNSPECIFIED},
        Meaning{"NxdomainWithExtendedBitsIsNone",
                3,
                {Opt({}, 1)},
                "DNS_REFUSED",
                v1::DNSSEC_STATUS_UNSPECIFIED},
        Meaning{"ServfailWithEde5",
                2,
                {Opt(ExtendedErrorOption(5))},
                "DNSSEC_INDETERMINATE",
                v1::INDETERMINATE},
        Meaning{"Vector26ServfailWithEde6",
                2,
                {Opt(ExtendedErrorOption(6, "bogus"))},
                "DNSSEC_BOGUS",
                v1::BOGUS},
        Meaning{"ServfailWithEde7", 2, {Opt(ExtendedErrorOption(7))}, "DNSSEC_BOGUS", v1::BOGUS},
        Meaning{"ServfailWithEde8", 2, {Opt(ExtendedErrorOption(8))}, "DNSSEC_BOGUS", v1::BOGUS},
        Meaning{"ServfailWithEde9", 2, {Opt(ExtendedErrorOption(9))}, "DNSSEC_BOGUS", v1::BOGUS},
        Meaning{"ServfailWithEde10", 2, {Opt(ExtendedErrorOption(10))}, "DNSSEC_BOGUS", v1::BOGUS},
        Meaning{"ServfailWithEde11", 2, {Opt(ExtendedErrorOption(11))}, "DNSSEC_BOGUS", v1::BOGUS},
        Meaning{"ServfailWithEde12", 2, {Opt(ExtendedErrorOption(12))}, "DNSSEC_BOGUS", v1::BOGUS},
        Meaning{"ServfailWithEde13",
                2,
                {Opt(ExtendedErrorOption(13))},
                "DNS_SERVFAIL",
                v1::DNSSEC_STATUS_UNSPECIFIED},
        Meaning{"ServfailWithEde5And6",
                2,
                {Opt(ExtendedErrorOption(5) + ExtendedErrorOption(6))},
                "DNSSEC_BOGUS",
                v1::BOGUS},
        Meaning{"NoerrorWithEde6", 0, {Opt(ExtendedErrorOption(6))}, "DNSSEC_BOGUS", v1::BOGUS},
        Meaning{"NoerrorWithEde3Stale",
                0,
                {Opt(ExtendedErrorOption(3))},
                "DNS_SERVFAIL",
                v1::DNSSEC_STATUS_UNSPECIFIED},
        Meaning{"NxdomainWithEde19Stale",
                3,
                {Opt(ExtendedErrorOption(19))},
                "DNS_SERVFAIL",
                v1::DNSSEC_STATUS_UNSPECIFIED},
        Meaning{"NxdomainWithEde17Filtered",
                3,
                {Opt(ExtendedErrorOption(17))},
                "DNS_SERVFAIL",
                v1::DNSSEC_STATUS_UNSPECIFIED},
        Meaning{"NoerrorWithEde1UnsupportedAlgorithm",
                0,
                {Opt(ExtendedErrorOption(1))},
                "KIND_UNSPECIFIED",
                v1::NOT_SECURE},
        Meaning{"RefusedWithEde6",
                5,
                {Opt(ExtendedErrorOption(6))},
                "DNS_REFUSED",
                v1::DNSSEC_STATUS_UNSPECIFIED}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(DnsReplyTest, NxdomainAtTheEndOfAChainKeepsTheChain) {
  WireMessage message = Chain(2, /*with_address=*/false);
  message.flags = kReplyFlags | 3U;
  const DnsAnswer answer = Answer(message);
  EXPECT_TRUE(answer.nxdomain());
  EXPECT_THAT(answer.cname_chain, SizeIs(2));
  EXPECT_EQ(answer.min_ttl_seconds, 300U);
}

TEST(DnsReplyTest, NxdomainWithRecordsIsNoAnswer) {
  WireMessage message = Chain(1);
  message.flags = kReplyFlags | 3U;
  EXPECT_EQ(Answer(message).problem.kind, v1::Problem::DNS_MALFORMED);
  EXPECT_THAT(Answer(message).rdata, IsEmpty());
}

TEST(DnsReplyTest, WithoutRecursionAReferralIsNotNodata) {
  constexpr unsigned kRecursionAvailable = 0x0080;
  for (const unsigned rcode : {0U, 3U}) {
    const DnsAnswer answer = Answer({.flags = (kReplyFlags & ~kRecursionAvailable) | rcode});
    EXPECT_EQ(answer.problem.kind, v1::Problem::DNS_REFUSED);
    EXPECT_THAT(answer.problem.detail, HasSubstr("recursion not available"));
  }
}

TEST(DnsReplyTest, AServfailHasNoRecordsWhateverItBrings) {
  WireMessage message = Chain(1);
  message.flags = kReplyFlags | 2U;
  const DnsAnswer answer = Answer(message);
  EXPECT_EQ(answer.problem.kind, v1::Problem::DNS_SERVFAIL);
  EXPECT_THAT(answer.rdata, IsEmpty());
  EXPECT_EQ(answer.min_ttl_seconds, 0U);
}

TEST(DnsReplyTest, AdCountsOnlyFromAResolverThatValidates) {
  const WireMessage message{.flags = kReplyFlags | kAuthenticData,
                            .answers = {Address(PointerTo(kQuestionNameOffset))}};
  EXPECT_EQ(Answer(message, /*resolver_validates=*/true).dnssec, v1::SECURE);
  EXPECT_TRUE(Answer(message, /*resolver_validates=*/true).authentic_data);
  EXPECT_EQ(Answer(message, /*resolver_validates=*/false).dnssec, v1::NOT_CHECKED);
  EXPECT_FALSE(Answer(message, /*resolver_validates=*/false).authentic_data);
}

TEST(DnsReplyTest, ExtendedErrorsAreRead) {
  const std::string long_text(300, 'x');
  const auto reply =
      Parse({.additionals = {Opt(absl::StrCat(Wire16(10), Wire16(8), "a cookie",  // another option
                                              ExtendedErrorOption(3, "stale"), Wire16(15),
                                              Wire16(1), "?",  // too short for a code
                                              ExtendedErrorOption(22, long_text)))}});
  ASSERT_EQ(KindOf(reply), "ok");
  ASSERT_THAT(reply->extended_errors, SizeIs(2));
  EXPECT_EQ(reply->extended_errors[0].info_code, 3);
  EXPECT_EQ(reply->extended_errors[0].extra_text, "stale");
  EXPECT_EQ(reply->extended_errors[1].extra_text, std::string(256, 'x'));
}

TEST(DnsReplyTest, OnlyTheFirstExtendedErrorsAreKept) {
  std::string options;
  for (unsigned i = 0; i < 100; ++i) options += ExtendedErrorOption(i);
  EXPECT_THAT(Parse({.additionals = {Opt(options)}})->extended_errors, SizeIs(16));
}

TEST(DnsReplyTest, OptCountsOnlyInTheAdditionalSection) {
  EXPECT_EQ(Parse({.answers = {Opt({}, 1)}})->rcode, 0);
  EXPECT_EQ(Parse({.authorities = {Opt({}, 1)}})->rcode, 0);
  EXPECT_EQ(Parse({.additionals = {Opt({}, 1)}})->rcode, 16);
}

TEST(DnsReplyTest, DetailsHoldNothingThatAProtobufStringRefuses) {
  const DnsAnswer answer =
      Answer({.flags = kReplyFlags | 2U,
              .additionals = {Opt(ExtendedErrorOption(6, "\xFF\xFE bogus") +
                                  ExtendedErrorOption(6, std::string(250, '\xFF')))}});
  EXPECT_THAT(answer.problem.detail, HasSubstr("\\xff\\xfe bogus"));
  EXPECT_LE(answer.problem.detail.size(), 200U);
}

}  // namespace
}  // namespace mpic::perspective
