#include "perspective/net/dns_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "perspective/net/dns_reader.h"
#include "tests/support/dns_reply_cases.h"

namespace mpic::perspective {
namespace {

using testing::Address;
using testing::Alias;
using testing::Answer;
using testing::CharacterString;
using ::testing::ElementsAre;
using testing::ExtendedErrorOption;
using ::testing::IsEmpty;
using testing::kAddress;
using testing::kAuthenticData;
using testing::kId;
using testing::KindOf;
using testing::kQuestionNameOffset;
using testing::kReplyFlags;
using testing::kTruncated;
using testing::Opt;
using testing::Parse;
using testing::PointerTo;
using testing::Question;
using testing::TxtRecord;
using testing::Wire16;
using testing::WireMessage;
using testing::WireName;
using testing::WireRecord;

// -- Queries ------------------------------------------------------------------------------------

TEST(DnsQueryTest, IsThisOctetForOctet) {
  const std::string expected = absl::StrCat(
      Wire16(0xBEEF), Wire16(0x0120),              // RD and AD set, CD clear
      Wire16(1), Wire16(0), Wire16(0), Wire16(1),  // one question, one additional record
      WireName("_acme-challenge.shop.example.com"), Wire16(16), Wire16(1), std::string(1, '\0'),
      Wire16(41), Wire16(1232),  // OPT at the root, the payload size
      std::string(6, '\0'));     // EDNS 0, no flags, no options
  EXPECT_EQ(EncodeDnsQuery(Question(RecordType::kTxt, "_acme-challenge.shop.example.com"), 0xBEEF),
            expected);
}

TEST(DnsQueryTest, AsksForEachTypeByItsNumber) {
  const struct {
    RecordType type;
    unsigned number;
  } cases[] = {{RecordType::kA, 1},    {RecordType::kCname, 5}, {RecordType::kPtr, 12},
               {RecordType::kTxt, 16}, {RecordType::kAaaa, 28}, {RecordType::kCaa, 257}};
  for (const auto& c : cases) {
    const std::string query = EncodeDnsQuery(Question(c.type), kId);
    EXPECT_EQ(query.substr(12 + WireName("www.example.com").size(), 2), Wire16(c.number));
  }
}

// -- Whose reply it is --------------------------------------------------------------------------

TEST(DnsReplyTest, BelongsToTheQuestion) {
  const WireMessage good{.answers = {Address(PointerTo(kQuestionNameOffset))}};
  struct Case {
    const char* name;
    WireMessage message;
    const char* kind;
  };
  std::vector<Case> cases;
  const auto add = [&](const char* name, const char* kind, auto change) {
    cases.push_back({name, good, kind});
    change(cases.back().message);
  };
  add("as asked", "ok", [](WireMessage&) {});
  add("question in capitals", "ok",
      [](WireMessage& m) { m.question_name = WireName("WWW.Example.COM"); });
  add("another id", "DNS_MALFORMED", [](WireMessage& m) { m.id = 0x1235; });
  add("a query", "DNS_MALFORMED", [](WireMessage& m) { m.flags = kReplyFlags & ~0x8000U; });
  add("opcode STATUS", "DNS_MALFORMED", [](WireMessage& m) { m.flags |= 2U << 11U; });
  add("no question", "DNS_MALFORMED", [](WireMessage& m) { m.questions = 0; });
  add("two questions", "DNS_MALFORMED", [](WireMessage& m) { m.questions = 2; });
  add("another name", "DNS_MALFORMED",
      [](WireMessage& m) { m.question_name = WireName("www.example.org"); });
  add("a name below", "DNS_MALFORMED",
      [](WireMessage& m) { m.question_name = WireName("a.www.example.com"); });
  add("another type", "DNS_MALFORMED", [](WireMessage& m) { m.question_type = 28; });
  add("class CH", "DNS_MALFORMED", [](WireMessage& m) { m.question_class = 3; });
  add("question that points to itself", "DNS_MALFORMED",
      [](WireMessage& m) { m.question_name = PointerTo(kQuestionNameOffset); });
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(KindOf(Parse(c.message)), c.kind);
  }
}

// -- Records ------------------------------------------------------------------------------------

TEST(DnsReplyTest, TakesTheRecordsOfTheQuestion) {
  WireMessage message{
      .answers = {Address(PointerTo(kQuestionNameOffset)), Address(WireName("WWW.EXAMPLE.COM"))}};
  message.answers[0].ttl = 60;
  const auto reply = Parse(message);
  ASSERT_EQ(KindOf(reply), "ok");
  EXPECT_THAT(reply->rdata, ElementsAre(kAddress, kAddress));
  EXPECT_EQ(reply->min_ttl_seconds, 60U);
  EXPECT_FALSE(reply->authentic_data);
}

TEST(DnsReplyTest, IgnoresRecordsThatDoNotAnswerTheQuestion) {
  const std::string own = PointerTo(kQuestionNameOffset);
  const struct {
    const char* name;
    WireMessage message;
  } cases[] = {
      {"a strange owner", {.answers = {Address(WireName("evil.example.com"))}}},
      {"the parent", {.answers = {Address(WireName("example.com"))}}},
      {"another type", {.answers = {TxtRecord("www.example.com", "x")}}},
      {"class CH", {.answers = {{.owner = own, .rdata = kAddress, .record_class = 3}}}},
      {"in the authority section", {.authorities = {Address(own)}}},
      {"in the additional section", {.additionals = {Address(own)}}},
      {"an alias of a strange owner",
       {.answers = {Alias("evil.example.com", "a.example.com"),
                    Address(WireName("a.example.com"))}}},
      {"an alias of class CH",
       {.answers =
            {{.owner = own, .type = 5, .rdata = WireName("a.example.com"), .record_class = 3},
             Address(WireName("a.example.com"))}}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto reply = Parse(c.message);
    ASSERT_EQ(KindOf(reply), "ok");
    EXPECT_THAT(reply->rdata, IsEmpty());
    EXPECT_THAT(reply->cname_chain, IsEmpty());
    EXPECT_EQ(reply->min_ttl_seconds, 0U);
  }
}

TEST(DnsReplyTest, ATtlWithTheTopBitIsZero) {  // RFC 2181 section 8
  WireMessage message{.answers = {Address(PointerTo(kQuestionNameOffset))}};
  message.answers[0].ttl = 0x80000000U;
  EXPECT_EQ(Parse(message)->min_ttl_seconds, 0U);
  message.answers[0].ttl = 0x7FFFFFFFU;
  EXPECT_EQ(Parse(message)->min_ttl_seconds, 0x7FFFFFFFU);
}

TEST(DnsReplyTest, NamesInsideCnameAndPtrDataComeUncompressed) {
  for (const RecordType type : {RecordType::kCname, RecordType::kPtr}) {
    const WireMessage message{
        .question_type = static_cast<unsigned>(type),
        .answers = {{.owner = PointerTo(kQuestionNameOffset),
                     .type = static_cast<unsigned>(type),
                     .rdata = CharacterString("cdn") + PointerTo(kQuestionNameOffset + 4)}}};
    const auto reply = Parse(message, type);
    ASSERT_EQ(KindOf(reply), "ok");
    EXPECT_THAT(reply->rdata, ElementsAre(WireName("cdn.example.com")));
    EXPECT_THAT(reply->cname_chain, IsEmpty()) << "a CNAME question is not chased";
  }
}

TEST(DnsReplyTest, RdataOfCaaIsRaw) {
  const std::string rdata = testing::CaaRdata({.flags = 128, .tag = "issue", .value = "ca.test"});
  const WireMessage message{
      .question_type = 257,
      .answers = {{.owner = PointerTo(kQuestionNameOffset), .type = 257, .rdata = rdata}}};
  EXPECT_THAT(Parse(message, RecordType::kCaa)->rdata, ElementsAre(rdata));
}

// -- Broken messages ----------------------------------------------------------------------------

TEST(DnsReplyTest, EveryPrefixOfAGoodReplyIsRefused) {
  const WireMessage message{
      .answers = {Alias("www.example.com", "cdn.example.net"),
                  Address(WireName("cdn.example.net"))},
      .authorities = {{.owner = WireName("example.net"), .type = 2, .rdata = WireName("ns.test")}},
      .additionals = {Opt(ExtendedErrorOption(3, "stale"))}};
  const std::string whole = message.octets();
  ASSERT_EQ(KindOf(ParseDnsReply(whole, Question(), kId, {})), "ok");
  for (std::size_t length = 0; length < whole.size(); ++length) {
    // A buffer of exactly that size, so that a sanitizer sees every octet read too far.
    const std::string prefix(whole.data(), length);
    EXPECT_EQ(KindOf(ParseDnsReply(prefix, Question(), kId, {})), "DNS_MALFORMED") << length;
  }
}

TEST(DnsReplyTest, EveryChangedOctetIsSurvived) {
  const WireMessage message{.answers = {Alias("www.example.com", "cdn.example.net"),
                                        Address(WireName("cdn.example.net"))},
                            .additionals = {Opt(ExtendedErrorOption(3, "stale"))}};
  const std::string whole = message.octets();
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (unsigned value = 0; value < 256; ++value) {
      std::string changed = whole;
      changed[at] = static_cast<char>(value);
      const auto reply = ParseDnsReply(changed, Question(), kId, {});
      // Whatever came out is about the name asked, or nothing.
      if (reply.ok()) {
        EXPECT_LE(reply->rdata.size(), 1U);
      }
    }
  }
}

TEST(DnsReplyTest, BrokenRecordsSpoilTheReply) {
  const std::string own = PointerTo(kQuestionNameOffset);
  const auto message_end = static_cast<unsigned>(WireMessage().octets().size());
  const struct {
    const char* name;
    WireMessage message;
  } cases[] = {
      {"more answers claimed than there are", {.answers = {Address(own)}, .answers_claimed = 2}},
      {"65535 answers claimed", {.answers = {Address(own)}, .answers_claimed = 65535}},
      {"owner points forward", {.answers = {Address(PointerTo(message_end + 20))}}},
      {"owner points to itself", {.answers = {Address(PointerTo(message_end))}}},
      {"owner points into its own label",
       {.answers = {Address(CharacterString("a") + PointerTo(message_end))}}},
      {"owner whose pointer points to itself",
       {.answers = {Address(CharacterString("a") + PointerTo(message_end + 2)), Address(own)}}},
      {"owner points over the end", {.answers = {Address(PointerTo(0x3FFF))}}},
      {"label of 64 octets",
       {.answers = {Address(std::string(1, 64) + std::string(64, 'a') + WireName("test"))}}},
      {"label type 10", {.answers = {Address(std::string("\x80", 1) + WireName("test"))}}},
      {"RDATA longer than the message",
       {.answers = {{.owner = own, .rdata = kAddress, .length = 5}}}},
      {"RDATA of 65535 octets", {.answers = {{.owner = own, .rdata = kAddress, .length = 65535}}}},
      {"alias whose RDATA ends inside the name",
       {.answers = {{.owner = own, .type = 5, .rdata = WireName("cdn.test"), .length = 4}}}},
      {"alias with octets after the name",
       {.answers = {{.owner = own, .type = 5, .rdata = WireName("cdn.test") + "x"}}}},
      {"alias without a name", {.answers = {{.owner = own, .type = 5}}}},
      {"alias to the root", {.answers = {{.owner = own, .type = 5, .rdata = {'\0'}}}}},
      {"alias to a name with a blank", {.answers = {Alias("www.example.com", "a b.test")}}},
      {"alias to a name with a dot inside a label",
       {.answers =
            {{.owner = own, .type = 5, .rdata = CharacterString("a.b") + WireName("test")}}}},
      {"two aliases at one name",
       {.answers = {Alias("www.example.com", "a.test"), Alias("www.example.com", "b.test")}}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(KindOf(Parse(c.message)), "DNS_MALFORMED");
  }
}

TEST(DnsReplyTest, NamesHaveAtMost255Octets) {
  const std::string label63 = CharacterString(std::string(63, 'a'));
  const std::string full = label63 + label63 + label63;  // 192 octets
  const auto own = Address(PointerTo(kQuestionNameOffset));
  const std::string name255 = full + CharacterString(std::string(61, 'b')) + std::string(1, '\0');
  ASSERT_EQ(name255.size(), 255U);
  EXPECT_EQ(KindOf(Parse({.answers = {own, Address(name255)}})), "ok");
  const std::string name256 = full + CharacterString(std::string(62, 'b')) + std::string(1, '\0');
  EXPECT_EQ(KindOf(Parse({.answers = {own, Address(name256)}})), "DNS_MALFORMED");
  // 255 octets only once the pointer is followed.
  const std::string compressed =
      full + CharacterString(std::string(61, 'b')) + PointerTo(kQuestionNameOffset);
  EXPECT_EQ(KindOf(Parse({.answers = {own, Address(compressed)}})), "DNS_MALFORMED");
}

// Costs each record no more than a bounded walk, however many pointers the message is made of.
TEST(DnsReplyTest, ALongRowOfPointersIsRefused) {
  std::string rdata;
  auto at = static_cast<unsigned>(WireMessage().octets().size()) + 12;  // after owner and head
  rdata += PointerTo(kQuestionNameOffset);
  for (unsigned i = 0; i < 200; ++i) {
    rdata += PointerTo(at);
    at += 2;
  }
  const WireRecord row{.owner = PointerTo(kQuestionNameOffset), .type = 65280, .rdata = rdata};
  const unsigned row_begin = static_cast<unsigned>(WireMessage().octets().size()) + 12;
  EXPECT_EQ(KindOf(Parse({.answers = {row, Address(PointerTo(row_begin + 2 * 120))}})), "ok");
  EXPECT_EQ(KindOf(Parse({.answers = {row, Address(PointerTo(row_begin + 2 * 190))}})),
            "DNS_MALFORMED");
}

TEST(DnsReplyTest, AtMostSoManyRecords) {
  const DnsReplyBounds bounds{.records_max = 3};
  const WireRecord record = Address(PointerTo(kQuestionNameOffset));
  WireMessage message{.answers = {record}, .authorities = {record}, .additionals = {record}};
  EXPECT_TRUE(ParseDnsReply(message.octets(), Question(), kId, bounds).ok());
  message.authorities.push_back(record);
  EXPECT_EQ(KindOf(ParseDnsReply(message.octets(), Question(), kId, bounds)), "DNS_MALFORMED");
}

TEST(DnsReplyTest, TruncatedRepliesAreEmpty) {
  const WireMessage message{.flags = kReplyFlags | kTruncated | kAuthenticData,
                            .answers = {Address(PointerTo(kQuestionNameOffset))},
                            .answers_claimed = 9};
  const auto reply = Parse(message);
  ASSERT_EQ(KindOf(reply), "ok");
  EXPECT_TRUE(reply->truncated);
  EXPECT_THAT(reply->rdata, IsEmpty());
  const DnsAnswer answer = Answer(message);
  EXPECT_EQ(answer.problem.kind, v1::Problem::DNS_TRUNCATED);
  EXPECT_THAT(answer.rdata, IsEmpty());
}

// -- Names as text ------------------------------------------------------------------------------

TEST(WireNameTextTest, RefusesWhatIsNoName) {
  const struct {
    const char* name;
    std::string wire;
  } cases[] = {{"nothing", ""},
               {"the root", std::string(1, '\0')},
               {"a label that is cut short",
                "\x05"
                "com"},
               {"a length of 255",
                "\xFF"
                "com"},
               {"a dot inside a label",
                "\x03"
                "a.b"}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(WireNameText(c.wire), std::nullopt);
  }
  EXPECT_EQ(WireNameText(WireName("www.Example.com")), "www.Example.com");
}

}  // namespace
}  // namespace mpic::perspective
