// What the DNS client makes of all that can be right and wrong with signed zones, as NSD serves and
// a validating unbound judges them (RFC 4035, 5155, 6840, 6672).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/fake_dns_client.h"
#include "tests/support/signed_world_suite.h"

namespace mpic::testing {
namespace {

using ::testing::IsEmpty;

constexpr char kWww[] = "www IN A 127.0.0.1\n";

// Lines of a signed zone.
constexpr char kSignatureByRsa[] = "\tRRSIG\tA 8 ";
constexpr char kSignature[] = "\tRRSIG\t";
constexpr char kSignatureOfA[] = "\tRRSIG\tA ";
constexpr char kKey[] = "\tDNSKEY\t";

std::vector<SignedWorldZone> Zones() {
  using Zone = SignedWorldZone;
  const std::vector<std::string> two = {"RSASHA256", "ECDSAP256SHA256"};
  return {
      {.name = "good.com",
       .records = absl::StrCat(kWww,
                               "old IN DNAME good.com.\n"
                               "broken IN DNAME expired.com.\n"
                               "alias IN CNAME www.expired.com.\n")},
      {.name = "nsec3.com", .records = kWww, .denial = Zone::Denial::kNsec3},
      {.name = "child.nsec3.com", .records = kWww, .is_signed = false},
      {.name = "optout.com", .records = kWww, .denial = Zone::Denial::kNsec3OptOut},
      {.name = "child.optout.com", .records = kWww, .is_signed = false},
      {.name = "expired.com", .records = kWww, .validity = Zone::Validity::kPast},
      {.name = "early.com", .records = kWww, .validity = Zone::Validity::kFuture},
      {.name = "wrongds.com", .records = kWww, .ds = Zone::Ds::kOfAnotherKey},
      {.name = "nokey.com", .records = kWww, .left_out = {kKey, kSignature}},
      {.name = "nosignature.com", .records = kWww, .left_out = {kSignatureOfA}},
      {.name = "nodenial.com", .records = kWww, .left_out = {"\tNSEC\t", "\tRRSIG\tNSEC "}},
      {.name = "rolling.com", .records = kWww, .algorithms = two},
      {.name = "halfrolled.com", .records = kWww, .algorithms = two, .left_out = {kSignatureByRsa}},
      {.name = "newalgorithm.com", .records = kWww, .ds = Zone::Ds::kUnknownAlgorithm},
      {.name = "newdigest.com", .records = kWww, .ds = Zone::Ds::kUnknownDigest},
      {.name = "island.com", .records = kWww, .ds = Zone::Ds::kNone},
  };
}

class SignedZonesTest : public SignedWorldSuite {
 protected:
  static void SetUpTestSuite() { Build(Zones()); }
};

TEST_F(SignedZonesTest, UsableAnswersSayWhetherTheyAreSecure) {
  const struct {
    const char* sentence;
    const char* name;
    RecordType type;
    v1::DnssecStatus dnssec;
    int rcode;
    std::size_t records;
  } cases[] = {
      {"NSEC: no such name", "missing.good.com", RecordType::kA, v1::SECURE, 3, 0},
      {"NSEC: no such type", "www.good.com", RecordType::kTxt, v1::SECURE, 0, 0},
      {"NSEC3: a record", "www.nsec3.com", RecordType::kA, v1::SECURE, 0, 1},
      {"NSEC3: no such name", "missing.nsec3.com", RecordType::kA, v1::SECURE, 3, 0},
      {"NSEC3: no such type", "www.nsec3.com", RecordType::kTxt, v1::SECURE, 0, 0},
      {"NSEC3: no DS at a delegation", "child.nsec3.com", RecordType::kDs, v1::INSECURE, 0, 0},
      {"NSEC3: below that delegation", "www.child.nsec3.com", RecordType::kA, v1::NOT_SECURE, 0, 1},
      {"opt-out: a record", "www.optout.com", RecordType::kA, v1::SECURE, 0, 1},
      {"opt-out: no such type", "www.optout.com", RecordType::kTxt, v1::SECURE, 0, 0},
      // RFC 5155 section 9.2: an unsigned delegation may hide in the span, so AD is clear.
      {"opt-out: no such name", "missing.optout.com", RecordType::kA, v1::NOT_SECURE, 3, 0},
      {"opt-out: no DS at a delegation", "child.optout.com", RecordType::kDs, v1::NOT_SECURE, 0, 0},
      {"opt-out: below it", "www.child.optout.com", RecordType::kA, v1::NOT_SECURE, 0, 1},
      {"two algorithms", "www.rolling.com", RecordType::kA, v1::SECURE, 0, 1},
      // RFC 6840 section 5.11: one valid path is enough.
      {"two algorithms, signatures of one", "www.halfrolled.com", RecordType::kA, v1::SECURE, 0, 1},
      // RFC 4035 section 5.2: as if there were no DS.
      {"unknown algorithm in DS", "www.newalgorithm.com", RecordType::kA, v1::NOT_SECURE, 0, 1},
      {"unknown digest in DS", "www.newdigest.com", RecordType::kA, v1::NOT_SECURE, 0, 1},
      {"signed, but no DS", "www.island.com", RecordType::kA, v1::NOT_SECURE, 0, 1},
      {"DNAME", "www.old.good.com", RecordType::kA, v1::SECURE, 0, 1},
      {"DNAME: no such name", "missing.old.good.com", RecordType::kA, v1::SECURE, 3, 0},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.sentence);
    const DnsAnswer answer = Ask(c.name, c.type);
    EXPECT_FALSE(answer.lookup_failed()) << answer.problem.detail;
    EXPECT_EQ(answer.dnssec, c.dnssec);
    EXPECT_EQ(answer.authentic_data, c.dnssec != v1::NOT_SECURE);
    EXPECT_EQ(answer.rcode, c.rcode);
    EXPECT_EQ(answer.rdata.size(), c.records);
  }
}

TEST_F(SignedZonesTest, BrokenChainsAreBogusAndSayWhy) {
  const struct {
    const char* sentence;
    const char* name;
    RecordType type;
    int extended_error;  // RFC 8914 section 4
  } cases[] = {
      {"expired", "www.expired.com", RecordType::kA, 7},
      {"not yet valid", "www.early.com", RecordType::kA, 8},
      {"the DS of another key", "www.wrongds.com", RecordType::kA, 9},
      {"keys and signatures stripped", "www.nokey.com", RecordType::kA, 9},
      {"signatures stripped", "www.nosignature.com", RecordType::kA, 10},
      {"denial stripped", "missing.nodenial.com", RecordType::kA, 12},
      {"denial of a type stripped", "www.nodenial.com", RecordType::kTxt, 12},
      {"alias into an expired zone", "alias.good.com", RecordType::kA, 7},
      {"DNAME into an expired zone", "www.broken.good.com", RecordType::kA, 7},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.sentence);
    const DnsAnswer answer = Ask(c.name, c.type);
    EXPECT_EQ(answer.problem.kind, v1::Problem::DNSSEC_BOGUS) << answer.problem.detail;
    EXPECT_EQ(answer.dnssec, v1::BOGUS);
    EXPECT_EQ(answer.rcode, 2);
    EXPECT_FALSE(answer.authentic_data);
    EXPECT_EQ(answer.tries, 1U);
    EXPECT_THAT(answer.rdata, IsEmpty());
    std::vector<int> codes;
    for (const auto& error : answer.extended_errors) codes.push_back(error.info_code);
    EXPECT_THAT(codes, ::testing::Contains(c.extended_error));
  }
}

TEST_F(SignedZonesTest, ADnameIsAnAliasOfEachNameBelowIt) {
  const DnsAnswer answer = Ask("www.old.good.com", RecordType::kA);
  ASSERT_EQ(answer.cname_chain.size(), 1U);
  EXPECT_EQ(answer.cname_chain[0].text(), "www.good.com");
}

}  // namespace
}  // namespace mpic::testing
