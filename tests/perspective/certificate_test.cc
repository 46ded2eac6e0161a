#include "perspective/net/certificate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "tests/support/acme_certificates.h"

namespace mpic::testing {
namespace {

using perspective::Certificate;
using perspective::GeneralName;
using perspective::OrProblem;
using perspective::ParseCertificate;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string KindOf(const OrProblem<Certificate>& certificate) {
  return certificate.ok() ? "" : v1::Problem::Kind_Name(certificate.problem().kind);
}

std::vector<std::string> NameTexts(const Certificate& certificate) {
  std::vector<std::string> texts;
  for (const GeneralName& name : certificate.subject_alt_names) texts.push_back(name.text);
  return texts;
}

TEST(CertificateTest, TellsNamesExtensionsAndTheAcmeIdentifier) {
  const auto certificate = ParseCertificate(GoodAcmeCertificate(std::string(32, 'd')).der);
  ASSERT_TRUE(certificate.ok()) << certificate.problem().detail;
  ASSERT_EQ(certificate->subject_alt_names.size(), 1U);
  EXPECT_EQ(certificate->subject_alt_names[0].type, GeneralName::Type::kDnsName);
  EXPECT_EQ(certificate->subject_alt_names[0].value, "shop.example.com");
  EXPECT_THAT(certificate->extension_oids, ElementsAre("2.5.29.17", "1.3.6.1.5.5.7.1.31"));
  ASSERT_EQ(certificate->acme_identifiers.size(), 1U);
  EXPECT_TRUE(certificate->acme_identifiers[0].critical);
  EXPECT_EQ(certificate->acme_identifiers[0].value, "\x04\x20" + std::string(32, 'd'));
}

TEST(CertificateTest, EveryTypeOfName) {
  const auto certificate = ParseCertificate(
      MakeAcmeCertificate({.subject_alt_names = {"DNS:a.example,email:b@c.example,URI:https://d/,"
                                                 "IP:192.0.2.1,IP:2001:db8::1,RID:1.2.3.4,"
                                                 "otherName:1.2.3.5;UTF8:x",
                                                 "DNS:second.extension"}})
          .der);
  ASSERT_TRUE(certificate.ok()) << certificate.problem().detail;
  EXPECT_THAT(NameTexts(*certificate),
              ElementsAre("DNS:a.example", "email:b@c.example", "URI:https://d/", "IP:192.0.2.1",
                          "IP:2001:db8::1", "RID:1.2.3.4", "otherName", "DNS:second.extension"));
  EXPECT_THAT(certificate->extension_oids, ElementsAre("2.5.29.17", "2.5.29.17"));
  const GeneralName& v4 = certificate->subject_alt_names[3];
  EXPECT_EQ(v4.type, GeneralName::Type::kIpAddress);
  EXPECT_EQ(v4.value, std::string("\xc0\x00\x02\x01", 4));
  EXPECT_EQ(certificate->subject_alt_names[4].value.size(), 16U);
  EXPECT_EQ(certificate->subject_alt_names[1].type, GeneralName::Type::kOther);
}

TEST(CertificateTest, NoNamesAtAll) {
  const auto certificate = ParseCertificate(MakeAcmeCertificate({.subject_alt_names = {}}).der);
  ASSERT_TRUE(certificate.ok());
  EXPECT_THAT(certificate->subject_alt_names, IsEmpty());
  EXPECT_THAT(certificate->extension_oids, IsEmpty());
  EXPECT_THAT(certificate->acme_identifiers, IsEmpty());
}

// A certificate with one subjectAltName of these octets.
OrProblem<Certificate> ParseWithNames(std::string octets) {
  return ParseCertificate(
      MakeAcmeCertificate({.subject_alt_names = {},
                           .extensions = {{.oid = "2.5.29.17", .value = std::move(octets)}}})
          .der);
}

TEST(CertificateTest, NamesByTheirOctets) {
  const struct {
    const char* name;
    std::string octets;
    std::vector<std::string> texts;
    const char* kind;
  } cases[] = {
      {"empty list", {"\x30\x00", 2}, {}, ""},
      {"empty dNSName", {"\x30\x02\x82\x00", 4}, {"DNS:"}, ""},
      {"dNSName with NUL",
       {"\x30\x05\x82\x03"
        "a\0b",
        7},
       {"DNS:a\\x00\\x62"},
       ""},
      {"dNSName that is not ASCII", "\x30\x04\x82\x02\xc3\xa9", {"DNS:\\xc3\\xa9"}, ""},
      {"dNSName with a line break",
       "\x30\x05\x82\x03"
       "a\nb",
       {"DNS:a\\nb"},
       ""},
      {"iPAddress of 5 octets",
       "\x30\x07\x87\x05"
       "abcde",
       {"IP:0x6162636465"},
       ""},
      {"iPAddress of 8 octets, as in name constraints",
       "\x30\x0a\x87\x08"
       "abcdefgh",
       {"IP:0x6162636465666768"},
       ""},
      {"dNSName of 300 octets",
       "\x30\x82\x01\x30\x82\x82\x01\x2c" + std::string(300, 'a'),
       {"DNS:" + std::string(252, 'a')},
       ""},
      {"no octets", "", {}, "CERT_SAN_COUNT"},
      {"BER: a name in two pieces",
       "\x30\x08\xa2\x06\x04\x01"
       "a\x04\x01"
       "b",
       {},
       "CERT_SAN_COUNT"},
      {"BER: a long form of a short length",
       "\x30\x81\x03\x82\x01"
       "a",
       {},
       "CERT_SAN_COUNT"},
      {"octets behind the list", {"\x30\x02\x82\x00\x00", 5}, {}, "CERT_SAN_COUNT"},
      {"not a list",
       "\x16\x01"
       "a",
       {},
       "CERT_SAN_COUNT"},
      {"name longer than the list",
       "\x30\x03\x82\x04"
       "a",
       {},
       "CERT_SAN_COUNT"},
      {"list longer than the extension",
       "\x30\x05\x82\x01"
       "a",
       {},
       "CERT_SAN_COUNT"},
      {"unknown tag",
       "\x30\x03\x8f\x01"
       "a",
       {},
       "CERT_SAN_COUNT"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto certificate = ParseWithNames(c.octets);
    EXPECT_EQ(KindOf(certificate), c.kind);
    if (certificate.ok()) EXPECT_EQ(NameTexts(*certificate), c.texts);
  }
}

TEST(CertificateTest, WhatIsNoCertificate) {
  const std::string good = GoodAcmeCertificate(std::string(32, 'd')).der;
  const struct {
    const char* name;
    std::string der;
  } cases[] = {
      {"nothing", ""},
      {"an octet behind it", good + '\0'},
      {"another certificate behind it", good + good},
      {"an octet short", good.substr(0, good.size() - 1)},
      {"text", "-----BEGIN CERTIFICATE-----"},
      {"a length of 2^31", "\x30\x84\x80" + std::string(3, '\0')},
      {"another structure", "\x30\x03\x02\x01\x01"},
      {"nested without end", std::string(20000, '\x30')},
      {"over the limit", std::string(perspective::kCertificateOctetsMax + 1, '\x30')},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(KindOf(ParseCertificate(c.der)), "CERT_NONE");
  }
}

TEST(CertificateTest, EveryPrefixAndEveryFlippedOctetIsSurvived) {
  const std::string good = GoodAcmeCertificate(std::string(32, 'd')).der;
  for (std::size_t i = 0; i < good.size(); ++i) {
    EXPECT_EQ(KindOf(ParseCertificate(good.substr(0, i))), "CERT_NONE") << i;
    std::string flipped = good;
    flipped[i] = static_cast<char>(~flipped[i]);
    (void)ParseCertificate(flipped);  // any answer, no crash
  }
}

TEST(CertificateTest, TheSizeLimitItself) {
  const AcmeLeaf big{.extensions = {{.oid = "1.2.3", .value = std::string(31000, 'x')}}};
  EXPECT_EQ(KindOf(ParseCertificate(MakeAcmeCertificate(big).der)), "");
}

TEST(CertificateTest, LongOidsStayApart) {
  std::string one = "2.25";
  for (int i = 0; i < 40; ++i) one += ".1";
  const auto certificate = ParseCertificate(
      MakeAcmeCertificate({.extensions = {{.oid = one + ".1"}, {.oid = one + ".2"}}}).der);
  ASSERT_TRUE(certificate.ok());
  ASSERT_EQ(certificate->extension_oids.size(), 3U);
  EXPECT_TRUE(absl::StartsWith(certificate->extension_oids[1], "0x6901"));
  EXPECT_NE(certificate->extension_oids[1], certificate->extension_oids[2]);
}

}  // namespace
}  // namespace mpic::testing
