#include "coordinator/policy/methods.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "common/check_method.h"
#include "google/protobuf/descriptor.h"

namespace mpic::coordinator {
namespace {

using ::testing::HasSubstr;

absl::Time At(const char* text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, &error)) << text << error;
  return time;
}

struct Row {
  v1::Method method;
  const char* name;
  const char* name_reference;
  const char* ip_reference;
  const char* ticks;  // w(ildcard) p(rune) c(name) o(nion)
  MpicDuty mpic;
  std::vector<absl::string_view> caa_labels;
};

const Row kRows[] = {
    {v1::DNS_CHANGE, "dns-change", "BR 3.2.2.4.7", "", "wpc", MpicDuty::kRequired, {"ca-tbr-7"}},
    {v1::DNS_01, "dns-01", "BR 3.2.2.4.7", "", "wpc", MpicDuty::kRequired, {"dns-01", "ca-tbr-7"}},
    {v1::CAA_EMAIL_CONTACT,
     "caa-email-contact",
     "BR 3.2.2.4.13",
     "",
     "wpc",
     MpicDuty::kRequired,
     {"ca-tbr-13"}},
    {v1::TXT_EMAIL_CONTACT,
     "txt-email-contact",
     "BR 3.2.2.4.14",
     "",
     "wpc",
     MpicDuty::kRequired,
     {"ca-tbr-14"}},
    {v1::TXT_PHONE_CONTACT,
     "txt-phone-contact",
     "BR 3.2.2.4.16",
     "",
     "wpc",
     MpicDuty::kRequired,
     {"ca-tbr-16"}},
    {v1::CAA_PHONE_CONTACT,
     "caa-phone-contact",
     "BR 3.2.2.4.17",
     "",
     "wpc",
     MpicDuty::kRequired,
     {"ca-tbr-17"}},
    {v1::WEBSITE_CHANGE,
     "website-change",
     "BR 3.2.2.4.18",
     "BR 3.2.2.5.1",
     "o",
     MpicDuty::kRequiredExceptOnion,
     {"ca-tbr-18"}},
    {v1::HTTP_01,
     "http-01",
     "BR 3.2.2.4.19",
     "BR 3.2.2.5.6",
     "o",
     MpicDuty::kRequiredExceptOnion,
     {"http-01", "ca-tbr-19"}},
    {v1::TLS_ALPN_01,
     "tls-alpn-01",
     "BR 3.2.2.4.20",
     "BR 3.2.2.5.7",
     "o",
     MpicDuty::kRequiredExceptOnion,
     {"tls-alpn-01", "ca-tbr-20"}},
    {v1::DNS_ACCOUNT_01,
     "dns-account-01",
     "BR 3.2.2.4.21",
     "",
     "wp",
     MpicDuty::kRequired,
     {"dns-account-01", "ca-tbr-21"}},
    {v1::DNS_PERSIST,
     "dns-persist-01",
     "BR 3.2.2.4.22",
     "BR 3.2.2.5.8",
     "wp",
     MpicDuty::kRequired,
     {"dns-persist-01", "ca-tbr-22"}},
    {v1::REVERSE_LOOKUP, "reverse-lookup", "", "BR 3.2.2.5.3", "", MpicDuty::kRequired, {}},
    {v1::CAA, "caa", "BR 4.2.2.1", "", "w", MpicDuty::kRequired, {}},
};

std::string Ticks(const MethodFacts& facts) {
  return std::string(facts.wildcard ? "w" : "") + (facts.prune ? "p" : "") +
         (facts.cname_adn ? "c" : "") + (facts.onion ? "o" : "");
}

TEST(MethodsTest, TableIsThatOfTheBaselineRequirements) {
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.name);
    const MethodFacts* facts = FactsOf(row.method);
    ASSERT_NE(facts, nullptr);
    EXPECT_EQ(facts->name, row.name);
    EXPECT_EQ(ReferenceOf(*facts, false), row.name_reference);
    EXPECT_EQ(ReferenceOf(*facts, true), row.ip_reference);
    EXPECT_EQ(Ticks(*facts), row.ticks);
    EXPECT_EQ(facts->mpic, row.mpic);
    EXPECT_THAT(facts->caa_labels, ::testing::ElementsAreArray(row.caa_labels));
    EXPECT_EQ(facts->compares_observation, row.method != v1::CAA);
    EXPECT_EQ(*MethodFromName(row.name), row.method);
  }
}

TEST(MethodsTest, EveryMethodOfTheProtocolHasARowInItsOrder) {
  const auto* methods = v1::Method_descriptor();
  ASSERT_EQ(AllMethods().size(), static_cast<std::size_t>(methods->value_count() - 1));
  for (int i = 1; i < methods->value_count(); ++i) {
    EXPECT_EQ(AllMethods()[static_cast<std::size_t>(i - 1)].method, methods->value(i)->number());
  }
  EXPECT_EQ(FactsOf(v1::METHOD_UNSPECIFIED), nullptr);
  EXPECT_EQ(FactsOf(static_cast<v1::Method>(99)), nullptr);
}

TEST(MethodsTest, NamesIgnoreCaseAndUnknownOnesAreListed) {
  EXPECT_EQ(*MethodFromName("HTTP-01"), v1::HTTP_01);
  const auto unknown = MethodFromName("http-02");
  EXPECT_EQ(unknown.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(unknown.status().message(), HasSubstr("http-02"));
  EXPECT_THAT(unknown.status().message(), HasSubstr("dns-persist-01"));
  EXPECT_FALSE(MethodFromName("").ok());
}

TEST(MethodsTest, SectionsAreNamesToo) {
  const struct {
    const char* section;
    v1::Method method;
  } cases[] = {
      {"3.2.2.4.7", v1::DNS_CHANGE},
      {"3.2.2.4.13", v1::CAA_EMAIL_CONTACT},
      {"3.2.2.4.14", v1::TXT_EMAIL_CONTACT},
      {"3.2.2.4.16", v1::TXT_PHONE_CONTACT},
      {"3.2.2.4.17", v1::CAA_PHONE_CONTACT},
      {"3.2.2.4.18", v1::WEBSITE_CHANGE},
      {"3.2.2.4.19", v1::HTTP_01},
      {"BR 3.2.2.4.19", v1::HTTP_01},
      {"3.2.2.4.20", v1::TLS_ALPN_01},
      {"3.2.2.4.21", v1::DNS_ACCOUNT_01},
      {"3.2.2.4.22", v1::DNS_PERSIST},
      {"3.2.2.5.1", v1::WEBSITE_CHANGE},
      {"3.2.2.5.3", v1::REVERSE_LOOKUP},
      {"3.2.2.5.6", v1::HTTP_01},
      {"3.2.2.5.7", v1::TLS_ALPN_01},
      {"3.2.2.5.8", v1::DNS_PERSIST},
      {"4.2.2.1", v1::CAA},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(MethodFromName(c.section).value_or(v1::METHOD_UNSPECIFIED), c.method) << c.section;
  }
  EXPECT_FALSE(MethodFromName("BR ").ok());
  EXPECT_FALSE(MethodFromName("3.2.2.4").ok());
}

TEST(MethodsTest, MethodsWithoutCorroborationAreRefusedWithTheReason) {
  const struct {
    const char* name;
    const char* reason;
  } cases[] = {
      {"email", "(BR 3.2.2.4.4) needs no corroboration"},
      {"Constructed-Email", "(BR 3.2.2.4.4) needs no corroboration"},
      {"3.2.2.4.4", "(BR 3.2.2.4.4) needs no corroboration"},
      {"registrar", "(BR 3.2.2.4.12) needs no corroboration"},
      {"BR 3.2.2.4.12", "(BR 3.2.2.4.12) needs no corroboration"},
      {"phone", "(BR 3.2.2.4.15) is retired since 2025-07-15"},
      {"3.2.2.4.2", "(BR 3.2.2.4.2) is retired since 2025-07-15"},
      {"3.2.2.4.8", "(BR 3.2.2.4.8) is retired since 2026-03-15"},
      {"3.2.2.4.1", "(BR 3.2.2.4.1) is retired"},
      {"3.2.2.4.3", "(BR 3.2.2.4.3) is retired"},
      {"3.2.2.4.5", "(BR 3.2.2.4.5) is retired"},
      {"3.2.2.4.6", "(BR 3.2.2.4.6) is retired"},
      {"3.2.2.4.9", "(BR 3.2.2.4.9) is retired"},
      {"3.2.2.4.10", "(BR 3.2.2.4.10) is retired"},
      {"3.2.2.4.11", "(BR 3.2.2.4.11) is retired"},
      {"3.2.2.4.15", "(BR 3.2.2.4.15) is retired"},
      {"3.2.2.5.2", "(BR 3.2.2.5.2) needs no corroboration"},
      {"3.2.2.5.4", "(BR 3.2.2.5.4) is retired"},
      {"3.2.2.5.5", "(BR 3.2.2.5.5) needs no corroboration"},
      {"onion-csr-01", "(BR Appendix B.2.b) needs no corroboration"},
  };
  for (const auto& c : cases) {
    const auto method = MethodFromName(c.name);
    EXPECT_EQ(method.status().code(), absl::StatusCode::kInvalidArgument) << c.name;
    EXPECT_THAT(method.status().message(), HasSubstr(c.reason));
    EXPECT_THAT(method.status().message(), HasSubstr(c.name));
  }
}

// Every message of the oneof leads to a method of its own.
TEST(MethodsTest, MethodOfFollowsTheOneof) {
  const auto* oneof = v1::Check::descriptor()->FindOneofByName("method");
  std::set<v1::Method> seen;
  for (int i = 0; i < oneof->field_count(); ++i) {
    v1::Check check;
    check.GetReflection()->MutableMessage(&check, oneof->field(i));
    const v1::Method method = MethodOf(check);
    EXPECT_NE(method, v1::METHOD_UNSPECIFIED) << oneof->field(i)->name();
    EXPECT_TRUE(seen.insert(method).second) << oneof->field(i)->name();
  }
  EXPECT_EQ(seen.size(), AllMethods().size());
  EXPECT_EQ(MethodOf(v1::Check()), v1::METHOD_UNSPECIFIED);

  v1::Check check;
  check.mutable_caa_phone_contact();
  EXPECT_EQ(MethodOf(check), v1::CAA_PHONE_CONTACT);
  check.mutable_http_01();
  EXPECT_EQ(MethodOf(check), v1::HTTP_01);
}

struct DateCase {
  const char* name;
  v1::Method method;
  bool is_ip;
  const char* at;
  Permission permission;
};

constexpr DateCase kDates[] = {
    {"an email contact before its sunset is announced", v1::CAA_EMAIL_CONTACT, false,
     "2026-01-11T23:59:59Z", Permission::kPermitted},
    {"an email contact from the announcement", v1::CAA_EMAIL_CONTACT, false, "2026-01-12T00:00:00Z",
     Permission::kEnding},
    {"an email contact before it is discouraged", v1::CAA_EMAIL_CONTACT, false,
     "2026-03-14T23:59:59Z", Permission::kEnding},
    {"an email contact from the first discouraged day", v1::CAA_EMAIL_CONTACT, false,
     "2026-03-15T00:00:00Z", Permission::kDiscouraged},
    {"an email contact on its last day", v1::TXT_EMAIL_CONTACT, false, "2028-03-14T23:59:59Z",
     Permission::kDiscouraged},
    {"an email contact after its sunset", v1::TXT_EMAIL_CONTACT, false, "2028-03-15T00:00:00Z",
     Permission::kSunset},
    {"a phone contact on its last day", v1::TXT_PHONE_CONTACT, false, "2027-03-14T23:59:59Z",
     Permission::kDiscouraged},
    {"a phone contact after its sunset", v1::TXT_PHONE_CONTACT, false, "2027-03-15T00:00:00Z",
     Permission::kSunset},
    {"the other phone contact after its sunset", v1::CAA_PHONE_CONTACT, false,
     "2027-03-15T00:00:00Z", Permission::kSunset},
    {"the other email contact after its sunset", v1::CAA_EMAIL_CONTACT, false,
     "2028-03-15T00:00:00Z", Permission::kSunset},
    {"a phone contact from the first discouraged day", v1::CAA_PHONE_CONTACT, false,
     "2026-03-15T00:00:00Z", Permission::kDiscouraged},
    {"the other phone contact on its last day", v1::CAA_PHONE_CONTACT, false,
     "2027-03-14T23:59:59Z", Permission::kDiscouraged},
    {"reverse lookup before its sunset is announced", v1::REVERSE_LOOKUP, true,
     "2025-12-15T23:59:59Z", Permission::kPermitted},
    {"reverse lookup from the announcement", v1::REVERSE_LOOKUP, true, "2025-12-16T00:00:00Z",
     Permission::kEnding},
    {"reverse lookup on its last day", v1::REVERSE_LOOKUP, true, "2027-03-14T23:59:59Z",
     Permission::kEnding},
    {"a persistent record has no end", v1::DNS_PERSIST, true, "2040-01-01T00:00:00Z",
     Permission::kPermitted},
    {"reverse lookup after its sunset", v1::REVERSE_LOOKUP, true, "2027-03-15T00:00:00Z",
     Permission::kSunset},
    {"http-01 has no end", v1::HTTP_01, false, "2040-01-01T00:00:00Z", Permission::kPermitted},
    {"CAA has no end", v1::CAA, false, "2040-01-01T00:00:00Z", Permission::kPermitted},
};

TEST(MethodsTest, DatesOfSunset) {
  for (const DateCase& c : kDates) {
    SCOPED_TRACE(c.name);
    const MethodStatus status = MethodStatusAt(*FactsOf(c.method), c.is_ip, At(c.at));
    EXPECT_EQ(status.permission, c.permission);
    EXPECT_EQ(status.sentence.empty(), c.permission == Permission::kPermitted);
  }
}

TEST(MethodsTest, SentencesNameMethodSectionAndDay) {
  const absl::Time now = At("2026-11-23T12:00:00Z");
  EXPECT_EQ(MethodStatusAt(*FactsOf(v1::TXT_PHONE_CONTACT), false, now).sentence,
            "method txt-phone-contact (BR 3.2.2.4.16) should not be used since 2026-03-15 and must "
            "not be from 2027-03-15");
  EXPECT_EQ(MethodStatusAt(*FactsOf(v1::REVERSE_LOOKUP), true, now).sentence,
            "method reverse-lookup (BR 3.2.2.5.3) may still be used, and must not be from "
            "2027-03-15");
  EXPECT_EQ(MethodStatusAt(*FactsOf(v1::REVERSE_LOOKUP), true, At("2027-03-15T00:00:00Z")).sentence,
            "method reverse-lookup (BR 3.2.2.5.3) must not be used since 2027-03-15");
}

}  // namespace
}  // namespace mpic::coordinator
