#include "common/domain_name.h"

#include <gtest/gtest.h>

#include <string>

namespace mpic {
namespace {

struct Case {
  const char* name;
  std::string input;
  const char* expected;  // nullptr: refused
};

TEST(DomainNameTest, ParseHost) {
  const Case cases[] = {
      {"plain", "shop.example.com", "shop.example.com"},
      {"upper case becomes lower", "Shop.Example.COM", "shop.example.com"},
      {"one trailing dot is dropped", "example.com.", "example.com"},
      {"U-labels become A-labels",
       "b\xc3\xbc"
       "cher.example.com",
       "xn--bcher-kva.example.com"},
      {"A-label stays", "xn--bcher-kva.example.com", "xn--bcher-kva.example.com"},
      {"sharp s is kept by the non-transitional mapping",
       "stra\xc3\x9f"
       "e.de",
       "xn--strae-oqa.de"},
      {"single label", "com", "com"},
      {"double hyphen inside", "ca--x.example.com", "ca--x.example.com"},
      {"label of 63", std::string(63, 'a') + ".com", nullptr},  // expected filled below
      {"label of 64", std::string(64, 'a') + ".com", nullptr},
      {"empty", "", nullptr},
      {"only a dot", ".", nullptr},
      {"two trailing dots", "example.com..", nullptr},
      {"empty label", "a..com", nullptr},
      {"leading hyphen", "-a.com", nullptr},
      {"trailing hyphen", "a-.com", nullptr},
      {"underscore is no host name", "_dcv.example.com", nullptr},
      {"wildcard is not an FQDN", "*.example.com", nullptr},
      {"blank", "a b.com", nullptr},
      {"NUL", std::string("a\0b.com", 7), nullptr},
      {"IPv4 in disguise", "192.0.2.10", nullptr},
      {"numeric TLD", "example.123", nullptr},
      {"broken A-label", "xn--a.com", nullptr},
      {"300 octets",
       std::string(60, 'a') + "." + std::string(60, 'b') + "." + std::string(60, 'c') + "." +
           std::string(60, 'd') + "." + std::string(56, 'e'),
       nullptr},
      {"bad UTF-8", "\xff\xfe.com", nullptr},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const auto parsed = DomainName::ParseHost(c.input);
    if (std::string(c.name) == "label of 63") {
      ASSERT_TRUE(parsed.ok()) << parsed.status();
      EXPECT_EQ(parsed->text(), c.input);
    } else if (c.expected == nullptr) {
      EXPECT_FALSE(parsed.ok()) << parsed->text();
    } else {
      ASSERT_TRUE(parsed.ok()) << parsed.status();
      EXPECT_EQ(parsed->text(), c.expected);
    }
  }
}

TEST(DomainNameTest, ParseDnsTakesUnderscores) {
  EXPECT_EQ(DomainName::ParseDns("_Acme-Challenge.example.com.")->text(),
            "_acme-challenge.example.com");
  EXPECT_FALSE(DomainName::ParseDns("a b.example.com").ok());
}

TEST(DomainNameTest, FamilyRelations) {
  const DomainName name = DomainName::ParseHost("a.shop.example.com").value();
  EXPECT_EQ(name.Parent().text(), "shop.example.com");
  EXPECT_EQ(name.label_count(), 4U);
  EXPECT_TRUE(name.IsAtOrBelow(DomainName::ParseHost("example.com").value()));
  EXPECT_TRUE(name.IsAtOrBelow(name));
  EXPECT_FALSE(name.IsAtOrBelow(DomainName::ParseHost("ample.com").value()));
  EXPECT_FALSE(name.Parent().IsAtOrBelow(name));
}

TEST(DomainNameTest, PrefixThatMakesTheNameTooLongIsRefused) {
  const std::string label(61, 'a');
  const DomainName longest =
      DomainName::ParseHost(label + "." + label + "." + label + "." + label + ".com").value();
  EXPECT_EQ(DomainName::ParseHost("example.com")->WithPrefix("_acme-challenge")->text(),
            "_acme-challenge.example.com");
  EXPECT_FALSE(longest.WithPrefix("_acme-challenge").ok());
}

TEST(CertificateNameTest, WildcardOnlyAsTheWholeLeftmostLabel) {
  const auto wildcard = CertificateName::Parse("*.Example.com");
  ASSERT_TRUE(wildcard.ok());
  EXPECT_TRUE(wildcard->wildcard);
  EXPECT_EQ(wildcard->name.text(), "example.com");
  EXPECT_EQ(wildcard->text(), "*.example.com");
  for (const char* bad :
       {"*", "*.", "a*.example.com", "*a.example.com", "a.*.example.com", "*.*.com"}) {
    EXPECT_FALSE(CertificateName::Parse(bad).ok()) << bad;
  }
}

TEST(DnsEqualsTest, IgnoresCaseAndOneTrailingDot) {
  EXPECT_TRUE(DnsEquals("CA.Example.com.", "ca.example.COM"));
  EXPECT_FALSE(DnsEquals("ca.example.com..", "ca.example.com"));
  EXPECT_FALSE(DnsEquals("ca.example.org", "ca.example.com"));
}

}  // namespace
}  // namespace mpic
