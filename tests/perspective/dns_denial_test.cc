#include "perspective/net/dns_denial.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "tests/support/dns_reply_cases.h"

namespace mpic::perspective {
namespace {

using testing::Answer;
using testing::kAuthenticData;
using testing::kId;
using testing::kReplyFlags;
using testing::Parse;
using testing::Question;
using testing::Wire16;
using testing::WireMessage;
using testing::WireName;
using testing::WireRecord;

constexpr unsigned kNs = 2, kCname = 5, kSoa = 6, kTxt = 16, kDname = 39, kDs = 43, kRrsig = 46,
                   kNsec = 47, kCaa = 257;

// Window blocks as RFC 4034 section 4.1.2 has them.
std::string Bitmaps(const std::vector<unsigned>& types) {
  std::string windows[2] = {std::string(32, '\0'), std::string(32, '\0')};
  for (const unsigned type : types) {
    char& octet = windows[type / 256][type % 256 / 8];
    octet = static_cast<char>(static_cast<unsigned char>(octet) | 0x80U >> type % 8);
  }
  std::string out;
  for (unsigned w = 0; w < 2; ++w) {
    const std::size_t length = windows[w].find_last_not_of('\0') + 1;
    if (length == 0) continue;
    out += absl::StrCat(std::string(1, static_cast<char>(w)),
                        std::string(1, static_cast<char>(length)), windows[w].substr(0, length));
  }
  return out;
}

DenialRecord Nsec(const std::string& owner, const std::string& bitmaps) {
  return {.owner = WireName(owner), .type = kTypeNsec, .rdata = WireName("z.example") + bitmaps};
}

// With salt AABBCCDD, in the zone "example", as in RFC 5155 appendix A.
struct Nsec3Parameters {
  unsigned algorithm = 1, flags = 0, iterations = 12;
  std::string zone = "example";
};
DenialRecord Nsec3(const std::string& hash, const std::string& bitmaps,
                   const Nsec3Parameters& with = {}) {
  return {
      .owner = WireName(absl::StrCat(hash, ".", with.zone)),
      .type = kTypeNsec3,
      .rdata = absl::StrCat(std::string(1, static_cast<char>(with.algorithm)),
                            std::string(1, static_cast<char>(with.flags)), Wire16(with.iterations),
                            "\x04\xaa\xbb\xcc\xdd\x14", std::string(20, 'n'), bitmaps)};
}
// The hashes of "a.example" and "c.example" (RFC 5155 appendix A).
constexpr char kHashOfA[] = "35mthgpgcu1qg68fab165klnsnk3dpvl";
constexpr char kHashOfC[] = "4g6p9u5gvfshp30pqecj98b3maqbn1ck";

TEST(DnsDenialTest, OnlyTheRecordOfADelegationWithoutDsShowsOne) {
  const std::string delegation = Bitmaps({kNs, kRrsig, kNsec});
  const struct {
    const char* sentence;
    std::vector<DenialRecord> records;
    bool shown;
  } cases[] = {
      {"no record", {}, false},
      {"NS without DS", {Nsec("c.example", delegation)}, true},
      {"in other case", {Nsec("C.EXAMPLE", delegation)}, true},
      {"a name inside the zone", {Nsec("c.example", Bitmaps({kTxt, kRrsig, kNsec}))}, false},
      {"a secure delegation", {Nsec("c.example", Bitmaps({kNs, kDs, kRrsig, kNsec}))}, false},
      {"the child's own apex", {Nsec("c.example", Bitmaps({kNs, kSoa, kRrsig, kNsec}))}, false},
      {"a CNAME", {Nsec("c.example", Bitmaps({kNs, kCname, kRrsig, kNsec}))}, false},
      {"a DNAME", {Nsec("c.example", Bitmaps({kNs, kDname, kRrsig, kNsec}))}, false},
      {"a type of window 1", {Nsec("c.example", Bitmaps({kNs, kRrsig, kNsec, kCaa}))}, false},
      {"of another name", {Nsec("b.example", delegation)}, false},
      {"of the name below", {Nsec("x.c.example", delegation)}, false},
      {"of the name above", {Nsec("example", delegation)}, false},
      {"beside that of another name",
       {Nsec("b.example", Bitmaps({kTxt})), Nsec("c.example", delegation)},
       true},
      {"contradicted",
       {Nsec("c.example", delegation), Nsec("c.example", Bitmaps({kNs, kSoa, kNsec}))},
       false},
      {"contradicted before",
       {Nsec("c.example", Bitmaps({kNs, kSoa, kNsec})), Nsec("c.example", delegation)},
       false},
      {"hashed", {Nsec3(kHashOfC, Bitmaps({kNs}))}, true},
      {"hashed, in upper case", {Nsec3(absl::AsciiStrToUpper(kHashOfC), Bitmaps({kNs}))}, true},
      // A record of its own is no span: the flag says nothing about it.
      {"hashed, opt-out", {Nsec3(kHashOfC, Bitmaps({kNs}), {.flags = 1})}, true},
      {"hashed, covered by an opt-out span alone",
       {Nsec3(kHashOfA, Bitmaps({kNs}), {.flags = 1})},
       false},
      {"hashed, a name inside the zone", {Nsec3(kHashOfC, Bitmaps({kTxt, kRrsig}))}, false},
      {"hashed, a secure delegation", {Nsec3(kHashOfC, Bitmaps({kNs, kDs, kRrsig}))}, false},
      {"hashed, the child's own apex", {Nsec3(kHashOfC, Bitmaps({kNs, kSoa, kRrsig}))}, false},
      {"hashed, an empty non-terminal", {Nsec3(kHashOfC, "")}, false},
      {"hashed, in the child", {Nsec3(kHashOfC, Bitmaps({kNs}), {.zone = "c.example"})}, false},
      {"hashed, in another zone", {Nsec3(kHashOfC, Bitmaps({kNs}), {.zone = "sample"})}, false},
      {"hashed, unknown flag", {Nsec3(kHashOfC, Bitmaps({kNs}), {.flags = 2})}, false},
      {"hashed, unknown algorithm", {Nsec3(kHashOfC, Bitmaps({kNs}), {.algorithm = 2})}, false},
      {"hashed, other iterations", {Nsec3(kHashOfC, Bitmaps({kNs}), {.iterations = 11})}, false},
      {"hashed, too many iterations",
       {Nsec3(kHashOfC, Bitmaps({kNs})), Nsec3(kHashOfA, "", {.iterations = 151})},
       false},
      {"too many records", std::vector<DenialRecord>(9, Nsec("c.example", delegation)), false},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.sentence);
    EXPECT_EQ(ShowsInsecureDelegation(c.records, WireName("c.example")), c.shown);
  }
}

TEST(DnsDenialTest, BrokenRecordsShowNothing) {
  const struct {
    const char* sentence;
    std::string bitmaps;
  } cases[] = {
      {"no bitmaps", ""},
      {"a window without its length", std::string("\0", 1)},
      {"a window of no octets", std::string("\0\0", 2)},
      {"a window of 33 octets", absl::StrCat(std::string("\0\x21\x20", 3), std::string(32, '\0'))},
      {"a window that overruns", std::string("\0\x02\x20", 3)},
      {"a window twice", absl::StrCat(Bitmaps({kNs}), Bitmaps({kNs}))},
      {"windows in the wrong order", absl::StrCat(std::string("\x01\x01\0", 3), Bitmaps({kNs}))},
      {"an octet too many", Bitmaps({kNs}) + "\x01"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.sentence);
    EXPECT_FALSE(ShowsInsecureDelegation({Nsec("c.example", c.bitmaps)}, WireName("c.example")));
    EXPECT_FALSE(ShowsInsecureDelegation({Nsec3(kHashOfC, c.bitmaps)}, WireName("c.example")));
  }
  DenialRecord record = Nsec3(kHashOfC, Bitmaps({kNs}));
  for (std::size_t octets = 0; octets < record.rdata.size(); ++octets) {
    DenialRecord cut = record;
    cut.rdata.resize(octets);
    EXPECT_FALSE(ShowsInsecureDelegation({cut}, WireName("c.example"))) << octets;
  }
  // Names inside the data are never compressed (RFC 4034 section 4.1.1).
  record = Nsec("c.example", Bitmaps({kNs}));
  record.rdata = absl::StrCat(testing::PointerTo(12), Bitmaps({kNs}));
  EXPECT_FALSE(ShowsInsecureDelegation({record}, WireName("c.example")));
}

// -- In replies ---------------------------------------------------------------------------------

// NODATA for DS of www.example.com, denied as that of a delegation, with AD.
WireMessage Denial() {
  WireMessage message{.flags = kReplyFlags | kAuthenticData, .question_type = kDs};
  message.authorities = {{.owner = WireName("www.example.com"),
                          .type = kNsec,
                          .rdata = WireName("z.example.com") + Bitmaps({kNs, kRrsig, kNsec})}};
  return message;
}

v1::DnssecStatus StatusOf(const WireMessage& message, bool validates = true,
                          RecordType type = RecordType::kDs) {
  const DnsQuestion question = Question(type);
  return InterpretReply(question, ParseDnsReply(message.octets(), question, kId, {}), validates)
      .dnssec;
}

TEST(DnsDenialTest, AnAnswerIsInsecureByAValidatedDenialAlone) {
  EXPECT_EQ(StatusOf(Denial()), v1::INSECURE);
  EXPECT_EQ(StatusOf(Denial(), /*validates=*/false), v1::NOT_CHECKED);
  const struct {
    const char* sentence;
    void (*change)(WireMessage& message);
    v1::DnssecStatus dnssec;
  } cases[] = {
      {"AD clear", [](WireMessage& m) { m.flags = kReplyFlags; }, v1::NOT_SECURE},
      {"NXDOMAIN", [](WireMessage& m) { m.flags |= 3U; }, v1::SECURE},
      {"SERVFAIL", [](WireMessage& m) { m.flags |= 2U; }, v1::DNSSEC_STATUS_UNSPECIFIED},
      {"no denial", [](WireMessage& m) { m.authorities.clear(); }, v1::SECURE},
      {"in the answer section", [](WireMessage& m) { std::swap(m.answers, m.authorities); },
       v1::SECURE},
      {"in the additional section", [](WireMessage& m) { std::swap(m.additionals, m.authorities); },
       v1::SECURE},
      {"of another class", [](WireMessage& m) { m.authorities[0].record_class = 3; }, v1::SECURE},
      {"beside a record",
       [](WireMessage& m) {
         m.answers = {{.owner = WireName("www.example.com"), .type = kDs, .rdata = "\x01\x02"}};
       },
       v1::SECURE},
      {"behind an alias",
       [](WireMessage& m) { m.answers = {testing::Alias("www.example.com", "a.example.com")}; },
       v1::SECURE},
      {"expired, says the resolver",
       [](WireMessage& m) { m.additionals = {testing::Opt(testing::ExtendedErrorOption(7))}; },
       v1::BOGUS},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.sentence);
    WireMessage message = Denial();
    c.change(message);
    EXPECT_EQ(StatusOf(message), c.dnssec);
  }
  WireMessage of_type_a = Denial();
  of_type_a.question_type = 1;
  EXPECT_EQ(StatusOf(of_type_a, true, RecordType::kA), v1::SECURE);
}

TEST(DnsDenialTest, QuestionsForDsAloneAskForTheDenial) {
  const std::string query = EncodeDnsQuery(Question(RecordType::kDs), kId);
  EXPECT_EQ(query.substr(query.size() - 6), std::string("\0\0\x80\0\0\0", 6));
}

}  // namespace
}  // namespace mpic::perspective
