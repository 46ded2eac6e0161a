#include "perspective/rules/acme_certificate.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/acme_certificates.h"

namespace mpic::testing {
namespace {

using perspective::NameOrAddress;
using perspective::ParseCertificate;

const std::string& Digest() {
  static const auto& digest = *new std::string("0123456789abcdef0123456789abcdef");
  return digest;
}

NameOrAddress Shop() { return DomainName::ParseHost("shop.example.com").value(); }
NameOrAddress Ip(const char* text) { return IpAddress::Parse(text).value(); }

// The kind of the refusal; "" for a proof.
std::string KindOf(const AcmeLeaf& leaf, const NameOrAddress& identifier = Shop()) {
  const auto certificate = ParseCertificate(MakeAcmeCertificate(leaf).der);
  if (!certificate.ok()) return v1::Problem::Kind_Name(certificate.problem().kind);
  const auto problem = RefuseAcmeCertificate(*certificate, identifier, Digest());
  return problem ? v1::Problem::Kind_Name(problem->kind) : "";
}

TestExtension GoodExtension() { return AcmeExtension(OctetString(Digest())); }

TEST(AcmeCertificateTest, TheAcmeIdentifier) {
  const std::string& digest = Digest();
  const struct {
    const char* name;
    std::vector<TestExtension> extensions;
    const char* kind;
  } cases[] = {
      {"as it must be", {GoodExtension()}, ""},
      {"vector 65: not critical",
       {AcmeExtension(OctetString(digest), /*critical=*/false)},
       "CERT_ACME_EXT_NOT_CRITICAL"},
      {"vector 67: the digest alone", {AcmeExtension(digest)}, "CERT_ACME_EXT_MALFORMED"},
      {"vector 67: an octet behind it",
       {AcmeExtension(OctetString(digest) + '\0')},
       "CERT_ACME_EXT_MALFORMED"},
      {"an octet within it behind the digest",
       {AcmeExtension(OctetString(digest + '\0'))},
       "CERT_ACME_EXT_MALFORMED"},
      {"31 octets", {AcmeExtension(OctetString(digest.substr(1)))}, "CERT_ACME_EXT_MALFORMED"},
      {"no octets", {AcmeExtension("")}, "CERT_ACME_EXT_MALFORMED"},
      {"an empty OCTET STRING", {AcmeExtension(OctetString(""))}, "CERT_ACME_EXT_MALFORMED"},
      {"length in two octets, which is BER",
       {AcmeExtension("\x04\x81\x20" + digest)},
       "CERT_ACME_EXT_MALFORMED"},
      {"another type", {AcmeExtension("\x0c\x20" + digest)}, "CERT_ACME_EXT_MALFORMED"},
      {"the digest in hexadecimal",
       {AcmeExtension(OctetString(std::string(64, 'a')))},
       "CERT_ACME_EXT_MALFORMED"},
      {"vector 68: digest of another key authorization",
       {AcmeExtension(OctetString(std::string(32, 'x')))},
       "CERT_DIGEST_MISMATCH"},
      {"digest in another case",
       {AcmeExtension(OctetString("0123456789ABCDEF0123456789abcdef"))},
       "CERT_DIGEST_MISMATCH"},
      {"none", {}, "CERT_NO_ACME_EXT"},
      {"its neighbour's OID",
       {{.oid = "1.3.6.1.5.5.7.1.30", .critical = true, .value = OctetString(digest)}},
       "CERT_NO_ACME_EXT"},
      {"OID of the drafts",
       {{.oid = "1.3.6.1.5.5.7.1.30.1", .critical = true, .value = OctetString(digest)}},
       "CERT_NO_ACME_EXT"},
      {"vector 71: twice", {GoodExtension(), GoodExtension()}, "CERT_DUP_EXT"},
      {"vector 71: the second is wrong", {GoodExtension(), AcmeExtension("")}, "CERT_DUP_EXT"},
      {"another extension twice",
       {GoodExtension(), {.oid = "1.2.3.4"}, {.oid = "1.2.3.5"}, {.oid = "1.2.3.4"}},
       "CERT_DUP_EXT"},
      {"vector 70: unknown extensions, a critical one too",
       {{.oid = "1.2.3.4", .critical = true}, GoodExtension(), {.oid = "1.2.3.5", .value = "x"}},
       ""},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(KindOf({.extensions = c.extensions}), c.kind);
  }
}

TEST(AcmeCertificateTest, Vector70DatesAndUsageDoNotMatter) {
  AcmeLeaf leaf{.extensions = {GoodExtension()}};
  leaf.starts = -absl::Hours(48);
  leaf.ends = -absl::Hours(24);
  EXPECT_EQ(KindOf(leaf), "") << "expired";
  leaf.starts = absl::Hours(24);
  leaf.ends = absl::Hours(48);
  EXPECT_EQ(KindOf(leaf), "") << "not yet valid";
  leaf.key_usage = "critical,keyCertSign";
  EXPECT_EQ(KindOf(leaf), "") << "wrong key usage";
}

TEST(AcmeCertificateTest, NamesForAName) {
  const struct {
    const char* name;
    std::vector<std::string> names;
    const char* kind;
  } cases[] = {
      {"vector 64: mixed case", {"DNS:Shop.Example.com"}, ""},
      {"no subjectAltName", {}, "CERT_SAN_COUNT"},
      {"the name twice", {"DNS:shop.example.com,DNS:shop.example.com"}, "CERT_SAN_COUNT"},
      {"another name beside it", {"DNS:shop.example.com,DNS:example.com"}, "CERT_SAN_COUNT"},
      {"a mailbox beside it", {"DNS:shop.example.com,email:a@example.com"}, "CERT_SAN_COUNT"},
      {"a URI before it", {"URI:https://a/,DNS:shop.example.com"}, "CERT_SAN_COUNT"},
      {"an address beside it", {"DNS:shop.example.com,IP:192.0.2.10"}, "CERT_SAN_COUNT"},
      {"two extensions", {"DNS:shop.example.com", "DNS:shop.example.com"}, "CERT_DUP_EXT"},
      {"a mailbox", {"email:shop.example.com"}, "CERT_SAN_TYPE"},
      {"a URI", {"URI:shop.example.com"}, "CERT_SAN_TYPE"},
      {"an address", {"IP:192.0.2.10"}, "CERT_SAN_TYPE"},
      {"another type", {"otherName:1.2.3.4;UTF8:shop.example.com"}, "CERT_SAN_TYPE"},
      {"another name", {"DNS:other.example.com"}, "CERT_SAN_VALUE"},
      {"a parent", {"DNS:example.com"}, "CERT_SAN_VALUE"},
      {"a child", {"DNS:www.shop.example.com"}, "CERT_SAN_VALUE"},
      {"wildcard", {"DNS:*.example.com"}, "CERT_SAN_VALUE"},
      {"wildcard of the name", {"DNS:*.shop.example.com"}, "CERT_SAN_VALUE"},
      {"trailing dot", {"DNS:shop.example.com."}, "CERT_SAN_VALUE"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(KindOf({.subject_alt_names = c.names, .extensions = {GoodExtension()}}), c.kind);
  }
}

TEST(AcmeCertificateTest, NulEndsNoName) {
  const std::string name("shop.example.com\0.evil.example", 30);
  const std::string general_name = '\x82' + std::string(1, static_cast<char>(name.size())) + name;
  const std::string names = '\x30' + std::string(1, static_cast<char>(general_name.size()));
  EXPECT_EQ(KindOf({.subject_alt_names = {},
                    .extensions = {GoodExtension(),
                                   {.oid = "2.5.29.17", .value = names + general_name}}}),
            "CERT_SAN_VALUE");
}

TEST(AcmeCertificateTest, NamesForAnAddress) {
  const struct {
    const char* name;
    const char* identifier;
    std::vector<std::string> names;
    const char* kind;
  } cases[] = {
      {"vector 73: the address", "192.0.2.10", {"IP:192.0.2.10"}, ""},
      {"vector 74: IPv4-mapped", "192.0.2.10", {"IP:::ffff:192.0.2.10"}, "CERT_SAN_VALUE"},
      {"vector 74: as dNSName", "192.0.2.10", {"DNS:192.0.2.10"}, "CERT_SAN_TYPE"},
      {"its name in DNS", "192.0.2.10", {"DNS:10.2.0.192.in-addr.arpa"}, "CERT_SAN_TYPE"},
      {"as URI", "192.0.2.10", {"URI:192.0.2.10"}, "CERT_SAN_TYPE"},
      {"another address", "192.0.2.10", {"IP:192.0.2.11"}, "CERT_SAN_VALUE"},
      {"two", "192.0.2.10", {"IP:192.0.2.10,IP:192.0.2.10"}, "CERT_SAN_COUNT"},
      {"none", "192.0.2.10", {}, "CERT_SAN_COUNT"},
      {"IPv6", "2001:db8::1", {"IP:2001:DB8:0::1"}, ""},
      {"IPv4 for IPv4-mapped", "::ffff:192.0.2.10", {"IP:192.0.2.10"}, "CERT_SAN_VALUE"},
      {"IPv4-mapped for itself", "::ffff:192.0.2.10", {"IP:::ffff:192.0.2.10"}, ""},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(
        KindOf({.subject_alt_names = c.names, .extensions = {GoodExtension()}}, Ip(c.identifier)),
        c.kind);
  }
}

TEST(AcmeCertificateTest, AddressOfAnotherLengthIsNoAddress) {
  const struct {
    const char* name;
    std::string names;
  } cases[] = {
      {"with a mask", {"\x30\x0a\x87\x08\xc0\x00\x02\x0a\xff\xff\xff\xff", 12}},
      {"empty", {"\x30\x02\x87\x00", 4}},
      {"its text",
       "\x30\x0c\x87\x0a"
       "192.0.2.10"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(KindOf({.subject_alt_names = {},
                      .extensions = {GoodExtension(), {.oid = "2.5.29.17", .value = c.names}}},
                     Ip("192.0.2.10")),
              "CERT_SAN_VALUE");
  }
}

}  // namespace
}  // namespace mpic::testing
