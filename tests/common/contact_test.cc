#include "common/contact.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"

namespace mpic {
namespace {

struct ContactCase {
  const char* name;
  std::string text;
  std::string canonical;  // empty: refused
};

using Canonical = absl::StatusOr<std::string> (*)(absl::string_view text);

void ExpectAll(Canonical canonical, absl::Span<const ContactCase> cases) {
  for (const ContactCase& c : cases) {
    SCOPED_TRACE(c.name);
    const absl::StatusOr<std::string> contact = canonical(c.text);
    EXPECT_EQ(contact.ok() ? *contact : "", c.canonical) << contact.status();
    if (contact.ok()) EXPECT_EQ(canonical(*contact), contact) << "canonical forms are contacts";
  }
}

TEST(ContactTest, EmailAddresses) {
  const ContactCase cases[] = {
      {"vector 34: an address", "a@shop.example.com", "a@shop.example.com"},
      {"the domain in lower case, the local part as it is", "Ann.B@Shop.EXAMPLE.com",
       "Ann.B@shop.example.com"},
      {"every atom character", "!#$%&'*+-/=?^_`{|}~@x.example", "!#$%&'*+-/=?^_`{|}~@x.example"},
      {"UTF-8 on both sides", "j\u00FCrgen@b\u00FCcher.example",
       "j\u00FCrgen@xn--bcher-kva.example"},
      {"a character of four octets", "\U0001F600@x.example", "\U0001F600@x.example"},
      {"a quoted local part", "\"a..b@c\"@x.example", "\"a..b@c\"@x.example"},
      {"escapes in it", R"("a\"b\\"@x.example)", R"("a\"b\\"@x.example)"},
      {"320 octets", absl::StrCat(std::string(310, 'a'), "@x.example"),
       absl::StrCat(std::string(310, 'a'), "@x.example")},
      {"321 octets", absl::StrCat(std::string(311, 'a'), "@x.example"), ""},
      {"vector 37: a blank before", " a@shop.example.com", ""},
      {"vector 37: a display name", "Ann <a@shop.example.com>", ""},
      {"vector 37: a URI", "mailto:a@shop.example.com", ""},
      {"vector 37: a list", "a@x, b@x", ""},
      {"a list without blanks", "a@x.example,b@x.example", ""},
      {"angle brackets alone", "<a@x.example>", ""},
      {"a blank behind", "a@x.example ", ""},
      {"a line end behind", "a@x.example\r\n", ""},
      {"a blank inside", "a b@x.example", ""},
      {"a tab inside", "a\tb@x.example", ""},
      {"a blank in a quoted local part", "\"a b\"@x.example", ""},
      {"quotes around the whole", "\"a@x.example\"", ""},
      {"a comment before", "(Ann)a@x.example", ""},
      {"a comment behind", "a@x.example(Ann)", ""},
      {"nothing", "", ""},
      {"no at sign", "x.example", ""},
      {"no local part", "@x.example", ""},
      {"no domain", "a@", ""},
      {"an empty quoted local part", "\"\"@x.example", ""},
      {"one quote", "\"@x.example", ""},
      {"an escape that escapes the closing quote", "\"a\\\"@x.example", ""},
      {"a quote inside quotes", "\"a\"b\"@x.example", ""},
      {"dots together", "a..b@x.example", ""},
      {"a dot before", ".a@x.example", ""},
      {"a dot at the end of the local part", "a.@x.example", ""},
      {"a dot at the end", "a@x.example.", ""},
      {"an address literal", "a@[192.0.2.1]", ""},
      {"an address without brackets", "a@192.0.2.1", ""},
      {"two at signs", "a@b@x.example", ""},
      {"a domain that is no host name", "a@_x.example", ""},
      {"NUL", std::string("a\0@x.example", 12), ""},
      {"DEL", "a\x7F@x.example", ""},
      {"a stray continuation octet", "a\x80@x.example", ""},
      {"Latin-1", "j\xFCrgen@x.example", ""},
      {"an overlong form", "\xC0\xAF@x.example", ""},
      {"a surrogate", "\xED\xA0\x80@x.example", ""},
      {"a sequence that is cut off", "\xE2\x82@x.example", ""},
      {"broken UTF-8 in the domain", "a@b\xFC.example", ""},
      {"a control character beyond ASCII", "a\u0085b@x.example", ""},
      {"a blank beyond ASCII", "a\u00A0b@x.example", ""},
      {"a character without width", "a\u200Bb@x.example", ""},
      {"a change of direction", "a\u202Eb@x.example", ""},
      {"the same in quotes", "\"a\u202Eb\"@x.example", ""},
  };
  ExpectAll(CanonicalEmailAddress, cases);
}

TEST(ContactTest, PhoneNumbers) {
  const ContactCase cases[] = {
      {"digits", "+15551234567", "+15551234567"},
      {"every visual separator", "+1-(555).123-4567", "+15551234567"},
      {"separators at the ends", "+-1-", "+1"},
      {"one digit", "+1", "+1"},
      {"64 octets", absl::StrCat("+", std::string(63, '1')),
       absl::StrCat("+", std::string(63, '1'))},
      {"65 octets", absl::StrCat("+", std::string(64, '1')), ""},
      {"vector 44: no plus", "15551234567", ""},
      {"vector 44: no digit", "+", ""},
      {"no digit among separators", "+-.()", ""},
      {"vector 44: a parameter", "+1;ext=2", ""},
      {"a URI", "tel:+15551234567", ""},
      {"two plus signs", "++1", ""},
      {"a plus sign inside", "+1+2", ""},
      {"letters", "+1-800-FLOWERS", ""},
      {"a list", "+1,+2", ""},
      {"quotes around the whole", "\"+1\"", ""},
      {"nothing", "", ""},
      {"a blank before", " +1", ""},
      {"a blank behind", "+1 ", ""},
      {"a tab", "+1\t2", ""},
      {"NUL", std::string("+1\0", 3), ""},
      {"digits of another script", "+\u0661", ""},
  };
  ExpectAll(CanonicalPhoneNumber, cases);
  ExpectAll(CanonicalSpacedPhoneNumber, cases);
}

TEST(ContactTest, BlanksSeparateTheDigitsOfSpacedNumbersOnly) {
  EXPECT_EQ(CanonicalSpacedPhoneNumber("+1 555 123 4567").value(), "+15551234567");
  EXPECT_FALSE(CanonicalPhoneNumber("+1 555 123 4567").ok());
}

TEST(ContactTest, Sameness) {
  struct Case {
    bool (*same)(absl::string_view a, absl::string_view b);
    const char* a;
    const char* b;
    bool expected;
  };
  const Case cases[] = {
      {SameEmailAddress, "a@shop.example.com", "a@SHOP.example.com", true},
      {SameEmailAddress, "a@b\u00FCcher.example", "a@xn--bcher-kva.example", true},
      {SameEmailAddress, "a@shop.example.com", "A@shop.example.com", false},
      {SameEmailAddress, "a@shop.example.com", "b@shop.example.com", false},
      {SameEmailAddress, "a@shop.example.com", "\"a\"@shop.example.com", false},
      {SameEmailAddress, "Ann <a@x.example>", "Ann <a@x.example>", false},
      {SameEmailAddress, "", "", false},
      // Vector 43.
      {SamePhoneNumber, "+1 555 123 4567", "+1-555-123-4567", true},
      {SamePhoneNumber, "+1-555-123-4567", "+1-555-123-4568", false},
      {SamePhoneNumber, "15551234567", "15551234567", false},
      {SamePhoneNumber, "", "", false},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(absl::StrCat(c.a, " and ", c.b));
    EXPECT_EQ(c.same(c.a, c.b), c.expected);
    EXPECT_EQ(c.same(c.b, c.a), c.expected);
  }
}

TEST(ContactTest, RefusalsNameTheRuleAndNoStrangeOctets) {
  EXPECT_TRUE(absl::StrContains(CanonicalEmailAddress("a@x.example.").status().message(), "dot"));
  const absl::Status refusal = CanonicalEmailAddress("a@\xFF\x1b").status();
  for (const char c : refusal.message()) EXPECT_GE(c, ' ') << refusal;
}

}  // namespace
}  // namespace mpic
