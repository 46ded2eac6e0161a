#include "coordinator/policy/reuse.h"

#include <gtest/gtest.h>

#include <string>

namespace mpic::coordinator {
namespace {

absl::Time At(absl::string_view text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, &error)) << text << ": " << error;
  return time;
}

struct Case {
  const char* name;
  v1::Method method;
  const char* validated_at;
  const char* until;
};

const Case kCases[] = {
    {"398 days while certificates were issued by the old table", v1::DNS_01, "2025-01-01T00:00:00Z",
     "2026-02-03T00:00:00Z"},
    {"not carried over into the stricter table", v1::DNS_01, "2025-06-01T00:00:00Z",
     "2026-03-15T00:00:00Z"},
    {"200 days from 2026-03-15", v1::HTTP_01, "2026-03-15T00:00:00Z", "2026-10-01T00:00:00Z"},
    {"cut off where 100 days begin", v1::HTTP_01, "2026-11-23T12:00:00Z", "2027-03-15T00:00:00Z"},
    {"and 100 days where they reach further", v1::HTTP_01, "2027-02-01T00:00:00Z",
     "2027-05-12T00:00:00Z"},
    {"100 days, to the second", v1::TLS_ALPN_01, "2027-03-15T06:07:08Z", "2027-06-23T06:07:08Z"},
    {"ten days from 2029-03-15", v1::DNS_CHANGE, "2029-03-15T00:00:00Z", "2029-03-25T00:00:00Z"},
    {"vector 97: a persistent record has ten days already", v1::DNS_PERSIST, "2026-11-23T12:00:00Z",
     "2026-12-03T12:00:00Z"},
    {"phone contacts end with their sunset", v1::TXT_PHONE_CONTACT, "2027-03-01T00:00:00Z",
     "2027-03-15T00:00:00Z"},
    {"so do reverse lookups", v1::REVERSE_LOOKUP, "2027-03-14T23:00:00Z", "2027-03-15T00:00:00Z"},
    {"e-mail contacts a year later", v1::CAA_EMAIL_CONTACT, "2028-03-01T00:00:00Z",
     "2028-03-15T00:00:00Z"},
    {"what was done after the sunset supports nothing", v1::CAA_PHONE_CONTACT,
     "2027-04-01T00:00:00Z", "2027-04-01T00:00:00Z"},
};

TEST(ReuseTest, AgeTableAndSunsetsEndAValidation) {
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(ReusableUntil(*FactsOf(c.method), At(c.validated_at)), At(c.until))
        << ReusableUntil(*FactsOf(c.method), At(c.validated_at));
  }
}

// Vector 97 as it is written: eleven days later nothing may rest on it.
TEST(ReuseTest, Vector97ElevenDaysAreTooManyForAPersistentRecord) {
  const absl::Time validated_at = At("2026-11-23T12:00:00Z");
  EXPECT_LT(ReusableUntil(*FactsOf(v1::DNS_PERSIST), validated_at),
            validated_at + absl::Hours(11 * 24));
}

// The table may only tighten: who validates later may never have to stop earlier, but at the dates
// where it does tighten nothing that is valid there may be older than the new table says.
TEST(ReuseTest, NoIssuanceRestsOnDataOlderThanTheDayOfIssuancePermits) {
  const struct {
    const char* issued_at;
    int days;
  } rows[] = {{"2026-03-14T23:59:59Z", 398}, {"2026-03-15T00:00:00Z", 200},
              {"2027-03-14T23:59:59Z", 200}, {"2027-03-15T00:00:00Z", 100},
              {"2029-03-14T23:59:59Z", 100}, {"2029-03-15T00:00:00Z", 10}};
  const MethodFacts& facts = *FactsOf(v1::DNS_01);
  for (const auto& row : rows) {
    SCOPED_TRACE(row.issued_at);
    const absl::Time issued = At(row.issued_at);
    EXPECT_GT(ReusableUntil(facts, issued - absl::Hours(24 * row.days) + absl::Seconds(1)), issued);
    EXPECT_LE(ReusableUntil(facts, issued - absl::Hours(24 * row.days) - absl::Seconds(1)), issued);
  }
}

}  // namespace
}  // namespace mpic::coordinator
