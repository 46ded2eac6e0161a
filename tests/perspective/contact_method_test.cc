#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "perspective/methods/contact.h"
#include "tests/support/dns_check_run.h"

namespace mpic::perspective {
namespace {

using ::mpic::testing::CaaAnswer;
using ::mpic::testing::DnsCheckRun;
using ::mpic::testing::TxtAnswer;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

constexpr char kEmail[] = "a@shop.example.com";
constexpr char kPhone[] = "+15551234567";
constexpr char kName[] = "shop.example.com";
constexpr char kTxtEmailName[] = "_validation-contactemail.shop.example.com";
constexpr char kTxtPhoneName[] = "_validation-contactphone.shop.example.com";
constexpr ProblemKind kPassed = v1::Problem::KIND_UNSPECIFIED;
constexpr ProblemKind kNotFound = v1::Problem::CONTACT_NOT_FOUND;
constexpr ProblemKind kInvalid = v1::Problem::CONTACT_INVALID;
constexpr ProblemKind kDiffers = v1::Problem::CONTACT_DIFFERS;

using Method = boost::asio::awaitable<void> (*)(CheckRun& run);

// For each method: how it is asked, and where it looks.
struct MethodUnderTest {
  Method run;
  v1::ContactLookup* (v1::Check::*lookup)();
  const char* asked;
  RecordType type;
};
const MethodUnderTest kCaaEmail{CheckCaaEmailContact, &v1::Check::mutable_caa_email_contact, kName,
                                RecordType::kCaa};
const MethodUnderTest kCaaPhone{CheckCaaPhoneContact, &v1::Check::mutable_caa_phone_contact, kName,
                                RecordType::kCaa};
const MethodUnderTest kTxtEmail{CheckTxtEmailContact, &v1::Check::mutable_txt_email_contact,
                                kTxtEmailName, RecordType::kTxt};
const MethodUnderTest kTxtPhone{CheckTxtPhoneContact, &v1::Check::mutable_txt_phone_contact,
                                kTxtPhoneName, RecordType::kTxt};

v1::Check Check(const MethodUnderTest& method, const std::string& selected) {
  v1::Check check;
  check.mutable_identifier()->set_dns_name(kName);
  (check.*method.lookup)()->set_selected_contact(selected);
  return check;
}

struct ContactCase {
  const char* name;
  testing::DnsAnswer answer;
  std::vector<std::string> usable;
  ProblemKind selected;   // with the contact of the table
  ProblemKind discovery;  // without
};

void ExpectAll(const MethodUnderTest& method, const std::string& contact,
               const std::vector<ContactCase>& cases) {
  for (const ContactCase& c : cases) {
    for (const std::string& selected : {contact, std::string()}) {
      SCOPED_TRACE(absl::StrCat(c.name, selected.empty() ? ", discovery" : ", selected"));
      const ProblemKind expected = selected.empty() ? c.discovery : c.selected;
      DnsCheckRun run(Check(method, selected));
      run.dns.Answer(method.asked, method.type, c.answer);
      EXPECT_EQ(run.Run(method.run), expected) << run.result.problem().detail();
      EXPECT_EQ(run.result.outcome(), expected == kPassed ? v1::PASSED : v1::FAILED);
      EXPECT_THAT(run.result.contact().usable_contacts(), ElementsAreArray(c.usable));
      EXPECT_EQ(run.result.observed_value(), expected == kPassed ? selected : "");
      EXPECT_EQ(run.result.contact().found_at(), c.answer.rdata.empty() ? "" : method.asked);
      EXPECT_EQ(run.dns.questions().front(),
                absl::StrCat(RecordTypeName(method.type), " ", method.asked));
    }
  }
}

TEST(ContactMethodTest, EmailsInCaa) {
  const testing::CaaRecordText issue{0, "issue", "ca.example.com"};
  ExpectAll(
      kCaaEmail, kEmail,
      {
          {"vector 34: the contact",
           CaaAnswer({issue, {0, "contactemail", kEmail}}),
           {kEmail},
           kPassed,
           kPassed},
          {"vector 38: tag in other capitals, critical",
           CaaAnswer({{128, "ContactEmail", kEmail}}),
           {kEmail},
           kPassed,
           kPassed},
          {"vector 35: only issue; the parent is not asked",
           CaaAnswer({issue}),
           {},
           kNotFound,
           kNotFound},
          {"a phone number", CaaAnswer({{0, "contactphone", kPhone}}), {}, kNotFound, kNotFound},
          {"vector 37: a blank before",
           CaaAnswer({{0, "contactemail", " a@shop.example.com"}}),
           {},
           kInvalid,
           kInvalid},
          {"vector 37: a display name",
           CaaAnswer({{0, "contactemail", "Ann <a@shop.example.com>"}}),
           {},
           kInvalid,
           kInvalid},
          {"vector 37: a URI",
           CaaAnswer({{0, "contactemail", "mailto:a@shop.example.com"}}),
           {},
           kInvalid,
           kInvalid},
          {"vector 37: a list",
           CaaAnswer({{0, "contactemail", "a@x, b@x"}}),
           {},
           kInvalid,
           kInvalid},
          {"octets that are no UTF-8",
           CaaAnswer({{0, "contactemail", "a\xFF@x.example"}}),
           {},
           kInvalid,
           kInvalid},
          {"an unusable one beside it",
           CaaAnswer({{0, "contactemail", "a@x, b@x"}, {0, "contactemail", kEmail}}),
           {kEmail},
           kPassed,
           kPassed},
          {"vector 40: another",
           CaaAnswer({{0, "contactemail", "b@shop.example.com"}}),
           {"b@shop.example.com"},
           kDiffers,
           kPassed},
          {"the local part in capitals",
           CaaAnswer({{0, "contactemail", "A@shop.example.com"}}),
           {"A@shop.example.com"},
           kDiffers,
           kPassed},
          {"the domain in capitals, several, one twice",
           CaaAnswer({{0, "contactemail", "c@x.example"},
                      {0, "contactemail", "a@SHOP.example.com"},
                      {0, "contactemail", kEmail}}),
           {kEmail, "c@x.example"},
           kPassed,
           kPassed},
          {"at the end of an alias",
           testing::ByAlias({"h.edge.example.net"}, CaaAnswer({{0, "contactemail", kEmail}})),
           {kEmail},
           kPassed,
           kPassed},
      });
}

TEST(ContactMethodTest, PhoneNumbersInCaa) {
  ExpectAll(
      kCaaPhone, kPhone,
      {
          {"vector 43: blanks",
           CaaAnswer({{0, "contactphone", "+1 555 123 4567"}}),
           {kPhone},
           kPassed,
           kPassed},
          {"vector 43: hyphens",
           CaaAnswer({{0, "contactphone", "+1-555-123-4567"}}),
           {kPhone},
           kPassed,
           kPassed},
          {"both are one contact",
           CaaAnswer(
               {{0, "contactphone", "+1 555 123 4567"}, {0, "ContactPhone", "+1-(555)-123.4567"}}),
           {kPhone},
           kPassed,
           kPassed},
          {"another number",
           CaaAnswer({{0, "contactphone", "+15551234568"}}),
           {"+15551234568"},
           kDiffers,
           kPassed},
          {"vector 44: no plus",
           CaaAnswer({{0, "contactphone", "15551234567"}}),
           {},
           kInvalid,
           kInvalid},
          {"vector 44: no digit", CaaAnswer({{0, "contactphone", "+"}}), {}, kInvalid, kInvalid},
          {"vector 44: a parameter",
           CaaAnswer({{0, "contactphone", "+1;ext=2"}}),
           {},
           kInvalid,
           kInvalid},
          {"an email address", CaaAnswer({{0, "contactemail", kEmail}}), {}, kNotFound, kNotFound},
      });
}

TEST(ContactMethodTest, EmailsInTxt) {
  ExpectAll(kTxtEmail, kEmail,
            {
                {"vector 41: the contact", TxtAnswer({kEmail}), {kEmail}, kPassed, kPassed},
                {"several strings of one record",
                 testing::RdataAnswer({testing::TxtRdata({"a@shop.", "example.com"})}),
                 {kEmail},
                 kPassed,
                 kPassed},
                {"several records",
                 TxtAnswer({"b@x.example", kEmail, "x"}),
                 {kEmail, "b@x.example"},
                 kPassed,
                 kPassed},
                {"vector 40: another",
                 TxtAnswer({"b@shop.example.com"}),
                 {"b@shop.example.com"},
                 kDiffers,
                 kPassed},
                {"a blank behind", TxtAnswer({"a@shop.example.com "}), {}, kInvalid, kInvalid},
                {"literal quotes", TxtAnswer({"\"a@shop.example.com\""}), {}, kInvalid, kInvalid},
                {"two addresses in one record",
                 TxtAnswer({"a@shop.example.com b@x.example"}),
                 {},
                 kInvalid,
                 kInvalid},
                {"NXDOMAIN", testing::NxDomain(), {}, kNotFound, kNotFound},
                {"NODATA", testing::NoData(), {}, kNotFound, kNotFound},
            });
}

TEST(ContactMethodTest, PhoneNumbersInTxt) {
  ExpectAll(
      kTxtPhone, kPhone,
      {
          {"separators", TxtAnswer({"+1-(555).123-4567"}), {kPhone}, kPassed, kPassed},
          {"blanks are for CAA", TxtAnswer({"+1 555 123 4567"}), {}, kInvalid, kInvalid},
          {"vector 44: no plus", TxtAnswer({"15551234567"}), {}, kInvalid, kInvalid},
          {"vector 44: a parameter", TxtAnswer({"+1;ext=2"}), {}, kInvalid, kInvalid},
          {"another number", TxtAnswer({"+15551234568"}), {"+15551234568"}, kDiffers, kPassed},
          {"NODATA", testing::NoData(), {}, kNotFound, kNotFound},
      });
}

TEST(ContactMethodTest, TheObservedContactIsCanonicalHoweverItWasSelected) {
  DnsCheckRun phone(Check(kCaaPhone, "+1-555-123-4567"));
  phone.dns.Answer(kName, RecordType::kCaa, CaaAnswer({{0, "contactphone", "+1 555 123 4567"}}));
  EXPECT_EQ(phone.Run(CheckCaaPhoneContact), kPassed);
  EXPECT_EQ(phone.result.observed_value(), kPhone);

  DnsCheckRun email(Check(kTxtEmail, "a@B\u00DCcher.example"));
  email.dns.Answer(kTxtEmailName, RecordType::kTxt, TxtAnswer({"a@xn--bcher-kva.EXAMPLE"}));
  EXPECT_EQ(email.Run(CheckTxtEmailContact), kPassed);
  EXPECT_EQ(email.result.observed_value(), "a@xn--bcher-kva.example");
}

TEST(ContactMethodTest, TheCaaSearchStartsAtTheAdnAndEndsAtTheFirstRecords) {
  v1::Check check = Check(kCaaEmail, kEmail);
  check.mutable_identifier()->set_dns_name("*.www.shop.example.com");
  check.set_authorization_domain_name(kName);
  DnsCheckRun found(check);
  found.dns.Answer(kName, RecordType::kCaa, testing::NoData());
  found.dns.Answer("example.com", RecordType::kCaa, CaaAnswer({{0, "contactemail", kEmail}}));
  EXPECT_EQ(found.Run(CheckCaaEmailContact), kPassed);
  EXPECT_THAT(found.dns.questions(),
              ElementsAre("CAA shop.example.com", "CAA example.com", "CAA com"));
  EXPECT_EQ(found.result.contact().found_at(), "example.com");

  DnsCheckRun nowhere(check);
  for (const char* name : {kName, "example.com", "com"}) {
    nowhere.dns.Answer(name, RecordType::kCaa, testing::NoData());
  }
  EXPECT_EQ(nowhere.Run(CheckCaaEmailContact), kNotFound);
  EXPECT_EQ(nowhere.result.contact().found_at(), "");
  EXPECT_EQ(nowhere.result.steps_size(), 3);
}

TEST(ContactMethodTest, LookupErrorsDecideNothing) {
  const struct {
    const char* name;
    const MethodUnderTest& method;
    testing::DnsAnswer answer;
    ProblemKind kind;
    v1::Outcome outcome;
  } cases[] = {
      {"CAA timeout", kCaaEmail, testing::LookupError(v1::Problem::DNS_TIMEOUT),
       v1::Problem::CAA_LOOKUP_FAILED, v1::ERROR},
      {"CAA bogus", kCaaPhone, testing::LookupError(v1::Problem::DNSSEC_BOGUS),
       v1::Problem::DNSSEC_BOGUS, v1::FAILED},
      {"a CAA record that cannot be decoded", kCaaEmail,
       testing::RdataAnswer({testing::CaaRdata({0, "contactemail", kEmail}), "\x01"}),
       v1::Problem::RECORD_MALFORMED, v1::ERROR},
      {"TXT timeout", kTxtEmail, testing::LookupError(v1::Problem::DNS_TIMEOUT),
       v1::Problem::DNS_TIMEOUT, v1::ERROR},
      {"TXT bogus", kTxtPhone, testing::LookupError(v1::Problem::DNSSEC_BOGUS),
       v1::Problem::DNSSEC_BOGUS, v1::FAILED},
      {"a broken TXT record", kTxtEmail, testing::RdataAnswer({"\x09"}),
       v1::Problem::RECORD_MALFORMED, v1::FAILED},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    DnsCheckRun run(Check(c.method, ""));
    run.dns.Answer(c.method.asked, c.method.type, c.answer);
    EXPECT_EQ(run.Run(c.method.run), c.kind);
    EXPECT_EQ(run.result.outcome(), c.outcome);
    EXPECT_EQ(run.dns.questions().front(),
              absl::StrCat(RecordTypeName(c.method.type), " ", c.method.asked));
  }
}

TEST(ContactMethodTest, BadQuestionsAreRefusedBeforeAnyLookup) {
  const struct {
    const char* name;
    const MethodUnderTest& method;
    const char* selected;
    void (*spoil)(v1::Check& check);
  } cases[] = {
      {"a display name", kCaaEmail, "Ann <a@x.example>", [](v1::Check&) {}},
      {"a phone number as email", kTxtEmail, kPhone, [](v1::Check&) {}},
      {"an email address as phone number", kCaaPhone, kEmail, [](v1::Check&) {}},
      {"blanks for TXT", kTxtPhone, "+1 555", [](v1::Check&) {}},
      {"an IP address", kCaaEmail, kEmail,
       [](v1::Check& check) { check.mutable_identifier()->set_ip_address("192.0.2.10"); }},
      {"an IP address, TXT", kTxtPhone, kPhone,
       [](v1::Check& check) { check.mutable_identifier()->set_ip_address("192.0.2.10"); }},
      {"a name too long for the label", kTxtEmail, kEmail,
       [](v1::Check& check) {
         const std::string label(60, 'a');
         check.mutable_identifier()->set_dns_name(
             absl::StrCat(label, ".", label, ".", label, ".", label, ".com"));
       }},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    DnsCheckRun run(Check(c.method, c.selected));
    c.spoil(run.check);
    EXPECT_EQ(run.Run(c.method.run), v1::Problem::BAD_REQUEST);
    EXPECT_THAT(run.dns.questions(), IsEmpty());
  }
}

}  // namespace
}  // namespace mpic::perspective
