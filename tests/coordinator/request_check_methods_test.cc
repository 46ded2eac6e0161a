// The parameters of each validation method.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/coordinator/request_check_cases.h"

namespace mpic::coordinator {
namespace {

using Request = v1::CorroborateRequest;

v1::DnsChange& DnsChangeOf(Request& r) { return *CheckOf(r).mutable_dns_change(); }
v1::WebsiteChange& WebsiteOf(Request& r) { return *CheckOf(r).mutable_website_change(); }
v1::DnsPersist& PersistOf(Request& r) { return *CheckOf(r).mutable_dns_persist(); }
v1::CaaCheck& CaaOf(Request& r) { return *CheckOf(r).mutable_caa(); }

TEST(RequestCheckTest, EveryMethodHasAGoodRequest) {
  const RequestWorld world;
  for (auto* good :
       {Dns01, DnsChange, Http01, TlsAlpn01, WebsiteChange, DnsAccount01, DnsPersist,
        CaaEmailContact, TxtEmailContact, TxtPhoneContact, CaaPhoneContact, ReverseLookup, Caa}) {
    EXPECT_THAT(world.Violations(good()), ::testing::IsEmpty());
  }
}

TEST(RequestCheckTest, KeyAuthorizations) {
  ExpectAll(RequestWorld(),
            {
                {"none for dns-01", Dns01, [](Request& r) { CheckOf(r).mutable_dns_01()->Clear(); },
                 "inputs[0].check.dns_01.key_authorization", "BAD_REQUEST"},
                {"a token outside base64url", Http01,
                 [](Request& r) {
                   CheckOf(r).mutable_http_01()->set_key_authorization(std::string("a/b") +
                                                                       kKeyAuthorization);
                 },
                 "inputs[0].check.http_01.key_authorization", "outside base64url"},
                {"a short thumbprint for tls-alpn-01", TlsAlpn01,
                 [](Request& r) {
                   CheckOf(r).mutable_tls_alpn_01()->set_key_authorization(
                       "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ.x");
                 },
                 "inputs[0].check.tls_alpn_01.key_authorization", "thumbprint must be 43"},
                {"a digest instead for dns-account-01", DnsAccount01,
                 [](Request& r) {
                   CheckOf(r).mutable_dns_account_01()->set_key_authorization(kDigestText);
                 },
                 "inputs[0].check.dns_account_01.key_authorization", "token \".\" thumbprint"},
                {"no account URL", DnsAccount01,
                 [](Request& r) { CheckOf(r).mutable_dns_account_01()->clear_account_url(); },
                 "inputs[0].check.dns_account_01.account_url", "is required"},
                {"an account number", DnsAccount01,
                 [](Request& r) { CheckOf(r).mutable_dns_account_01()->set_account_url("4711"); },
                 "inputs[0].check.dns_account_01.account_url", "is not a URI"},
                {"an account URL over 2000 octets", DnsAccount01,
                 [](Request& r) {
                   CheckOf(r).mutable_dns_account_01()->set_account_url("https:" +
                                                                        std::string(2000, 'a'));
                 },
                 "inputs[0].check.dns_account_01.account_url", "1 to 2000"},
            });
}

TEST(RequestCheckTest, DnsChange) {
  ExpectAll(
      RequestWorld(),
      {
          {"no record type", DnsChange, [](Request& r) { DnsChangeOf(r).clear_record_type(); },
           "inputs[0].check.dns_change.record_type", "must be TXT, CNAME or CAA"},
          {"an unknown record type", DnsChange,
           [](Request& r) {
             DnsChangeOf(r).set_record_type(static_cast<v1::DnsChange::RecordType>(16));
           },
           "inputs[0].check.dns_change.record_type", "must be TXT, CNAME or CAA"},
          {"no prefix label", DnsChange, [](Request& r) { DnsChangeOf(r).clear_prefix_label(); },
           nullptr, ""},
          {"vector 14: a label without underscore", DnsChange,
           [](Request& r) { DnsChangeOf(r).set_prefix_label("dcv"); },
           "inputs[0].check.dns_change.prefix_label", "BAD_REQUEST: \"dcv\" must be one label"},
          {"two labels", DnsChange, [](Request& r) { DnsChangeOf(r).set_prefix_label("_a._b"); },
           "inputs[0].check.dns_change.prefix_label", "must be one label"},
          {"a trailing dot", DnsChange, [](Request& r) { DnsChangeOf(r).set_prefix_label("_a."); },
           "inputs[0].check.dns_change.prefix_label", "must be one label"},
          {"a bare underscore", DnsChange, [](Request& r) { DnsChangeOf(r).set_prefix_label("_"); },
           "inputs[0].check.dns_change.prefix_label", "must be one label"},
          {"a blank in the label", DnsChange,
           [](Request& r) { DnsChangeOf(r).set_prefix_label("_a b"); },
           "inputs[0].check.dns_change.prefix_label", "must be one label"},
          {"no value", DnsChange, [](Request& r) { DnsChangeOf(r).clear_expected_value(); },
           "inputs[0].check.dns_change.expected_value", "18 to 255 octets"},
          {"a value that stands in half of all SPF records", DnsChange,
           [](Request& r) { DnsChangeOf(r).set_expected_value("v"); },
           "inputs[0].check.dns_change.expected_value", "at least 112 bits"},
          {"a value with a blank", DnsChange,
           [](Request& r) { DnsChangeOf(r).set_expected_value("a b"); },
           "inputs[0].check.dns_change.expected_value", "printable ASCII without space"},
          {"a value of 256 octets", DnsChange,
           [](Request& r) { DnsChangeOf(r).set_expected_value(std::string(256, 'a')); },
           "inputs[0].check.dns_change.expected_value", "18 to 255 octets"},
          {"a CNAME target", DnsChange,
           [](Request& r) {
             DnsChangeOf(r).set_record_type(v1::DnsChange::CNAME);
             DnsChangeOf(r).set_expected_value("4F9C2A7BE1D04C6F.dcv.ca.example.com.");
           },
           nullptr, ""},
          {"a CNAME target that is no name", DnsChange,
           [](Request& r) {
             DnsChangeOf(r).set_record_type(v1::DnsChange::CNAME);
             DnsChangeOf(r).set_expected_value("4f9c2a7be1d04c6f..b");
           },
           "inputs[0].check.dns_change.expected_value", "whole target"},
          {"a token inside a CNAME target", DnsChange,
           [](Request& r) {
             DnsChangeOf(r).set_record_type(v1::DnsChange::CNAME);
             DnsChangeOf(r).set_match(v1::DnsChange::CONTAINS_TOKEN);
           },
           "inputs[0].check.dns_change.match", "compared whole"},
          {"an unknown match", DnsChange,
           [](Request& r) { DnsChangeOf(r).set_match(static_cast<v1::DnsChange::Match>(7)); },
           "inputs[0].check.dns_change.match", "7 is not known"},
          {"a tag for TXT", DnsChange, [](Request& r) { DnsChangeOf(r).set_caa_tag("dcv"); },
           "inputs[0].check.dns_change.caa_tag", "for record_type CAA only"},
          {"CAA with its own tag", DnsChange,
           [](Request& r) {
             DnsChangeOf(r).set_record_type(v1::DnsChange::CAA);
             DnsChangeOf(r).set_caa_tag("dcv7");
           },
           nullptr, ""},
          {"CAA without tag", DnsChange,
           [](Request& r) { DnsChangeOf(r).set_record_type(v1::DnsChange::CAA); },
           "inputs[0].check.dns_change.caa_tag", "[a-z0-9]"},
          {"CAA with a tag in capitals", DnsChange,
           [](Request& r) {
             DnsChangeOf(r).set_record_type(v1::DnsChange::CAA);
             DnsChangeOf(r).set_caa_tag("ISSUE");
           },
           "inputs[0].check.dns_change.caa_tag", "[a-z0-9]"},
          {"CAA issue as challenge data", DnsChange,
           [](Request& r) {
             DnsChangeOf(r).set_record_type(v1::DnsChange::CAA);
             DnsChangeOf(r).set_caa_tag("issuewild");
           },
           "inputs[0].check.dns_change.caa_tag", "never challenge data"},
      });
}

TEST(RequestCheckTest, WebsiteChange) {
  ExpectAll(RequestWorld(),
            {
                {"no scheme", WebsiteChange, [](Request& r) { WebsiteOf(r).clear_scheme(); },
                 "inputs[0].check.website_change.scheme", "HTTP or HTTPS"},
                {"an Authorized Port", WebsiteChange, [](Request& r) { WebsiteOf(r).set_port(22); },
                 nullptr, ""},
                {"another port", WebsiteChange, [](Request& r) { WebsiteOf(r).set_port(8080); },
                 "inputs[0].check.website_change.port", "8080 is no Authorized Port"},
                {"no file", WebsiteChange, [](Request& r) { WebsiteOf(r).clear_file(); },
                 "inputs[0].check.website_change.file", "is required"},
                {"vector 50: out of the directory", WebsiteChange,
                 [](Request& r) { WebsiteOf(r).set_file("../x"); },
                 "inputs[0].check.website_change.file", "BAD_REQUEST: file leads out of"},
                {"out of the directory, percent-encoded", WebsiteChange,
                 [](Request& r) { WebsiteOf(r).set_file("a/%2E%2e/.%2e/x"); },
                 "inputs[0].check.website_change.file", "BAD_REQUEST: file leads out of"},
                {"a query", WebsiteChange, [](Request& r) { WebsiteOf(r).set_file("x?y=z"); },
                 "inputs[0].check.website_change.file", "may not hold"},
                {"vector 46: the file is named after the value", WebsiteChange,
                 [](Request& r) { WebsiteOf(r).set_file(std::string(kRandomValue) + ".txt"); },
                 "inputs[0].check.website_change.file", "TOKEN_IN_REQUEST"},
                {"the value in capitals and percent-encoded", WebsiteChange,
                 [](Request& r) { WebsiteOf(r).set_file("%34F9C2A7BE1D04C6F8A35B1E97D20C4AA"); },
                 "inputs[0].check.website_change.file", "TOKEN_IN_REQUEST"},
                {"the value comes together when dot segments go", WebsiteChange,
                 [](Request& r) {
                   WebsiteOf(r).set_expected_value("0123456789abcdef/x");
                   WebsiteOf(r).set_file("0123456789abcdef/y/../x");
                 },
                 "inputs[0].check.website_change.file", "TOKEN_IN_REQUEST"},
                {"a value that the host name holds", WebsiteChange,
                 [](Request& r) { WebsiteOf(r).set_expected_value("//SHOP.example.com"); },
                 "inputs[0].check.website_change.file", "TOKEN_IN_REQUEST"},
                {"a value of 17 octets", WebsiteChange,
                 [](Request& r) { WebsiteOf(r).set_expected_value("4f9c2a7be1d04c6f8"); },
                 "inputs[0].check.website_change.expected_value", "18 to 255 octets"},
                {"a meta tag for a name", WebsiteChange,
                 [](Request& r) { WebsiteOf(r).set_require_meta_tag(true); },
                 "inputs[0].check.website_change.require_meta_tag", "for IP addresses only"},
                {"a meta tag for an address", WebsiteChange,
                 [](Request& r) {
                   SetAddress(r, "192.0.77.1");
                   WebsiteOf(r).set_require_meta_tag(true);
                 },
                 nullptr, ""},
            });
}

TEST(RequestCheckTest, PersistentRecordsAndReverseLookups) {
  ExpectAll(
      RequestWorld(),
      {
          {"no issuer names", DnsPersist,
           [](Request& r) { PersistOf(r).clear_issuer_domain_names(); },
           "inputs[0].check.dns_persist.issuer_domain_names", "0 issuer domain names, 1 to 16"},
          {"a broken issuer name", DnsPersist,
           [](Request& r) { PersistOf(r).add_issuer_domain_names("ca_1.example.com"); },
           "inputs[0].check.dns_persist.issuer_domain_names[1]", "outside letters"},
          {"no account URIs", DnsPersist,
           [](Request& r) { PersistOf(r).clear_acceptable_account_uris(); },
           "inputs[0].check.dns_persist.acceptable_account_uris", "is required"},
          {"65 account URIs", DnsPersist,
           [](Request& r) {
             for (int i = 0; i < 64; ++i) PersistOf(r).add_acceptable_account_uris(kAccountUrl);
           },
           "inputs[0].check.dns_persist.acceptable_account_uris", "65 URIs, at most 64"},
          {"an account URI with a blank", DnsPersist,
           [](Request& r) { PersistOf(r).add_acceptable_account_uris("acct: a"); },
           "inputs[0].check.dns_persist.acceptable_account_uris[1]", "printable ASCII"},
          {"an account URI with a semicolon", DnsPersist,
           [](Request& r) {
             PersistOf(r).add_acceptable_account_uris("https://ca.example.com/a;b");
           },
           "inputs[0].check.dns_persist.acceptable_account_uris[1]", "RFC 8659 section 4.2"},
          {"a reference time that would revive expired records", DnsPersist,
           [](Request& r) {
             PersistOf(r).mutable_reference_time()->set_seconds(kNowSeconds - 3601);
           },
           "inputs[0].check.dns_persist.reference_time", "in the past"},
          {"a later reference time", DnsPersist,
           [](Request& r) {
             PersistOf(r).mutable_reference_time()->set_seconds(kNowSeconds + 86'400);
           },
           nullptr, ""},
          {"a reference time with nanos out of range", DnsPersist,
           [](Request& r) { PersistOf(r).mutable_reference_time()->set_nanos(-1); },
           "inputs[0].check.dns_persist.reference_time", "not a valid"},
          {"a reverse lookup that reports all", ReverseLookup,
           [](Request& r) { CheckOf(r).mutable_reverse_lookup()->Clear(); }, nullptr, ""},
          {"a wildcard from a reverse lookup", ReverseLookup,
           [](Request& r) {
             CheckOf(r).mutable_reverse_lookup()->set_expected_name("*.example.com");
           },
           "inputs[0].check.reverse_lookup.expected_name", "no Wildcard Domain Name"},
          {"an onion name from a reverse lookup", ReverseLookup,
           [](Request& r) { CheckOf(r).mutable_reverse_lookup()->set_expected_name("a.onion"); },
           "inputs[0].check.reverse_lookup.expected_name", "BR Appendix B"},
      });
}

TEST(RequestCheckTest, Caa) {
  ExpectAll(
      RequestWorld(),
      {
          {"17 issuer names", Caa,
           [](Request& r) {
             for (int i = 0; i < 17; ++i) CaaOf(r).add_issuer_domain_names("ca.example.com");
           },
           "inputs[0].check.caa.issuer_domain_names", "17 issuer domain names, 1 to 16"},
          {"an account that is no URI", Caa, [](Request& r) { CaaOf(r).add_account_uris("me"); },
           "inputs[0].check.caa.account_uris[0]", "is not a URI"},
          {"no validation method", Caa, [](Request& r) { CaaOf(r).clear_validation_method(); },
           nullptr, ""},
          {"an unknown validation method", Caa,
           [](Request& r) { CaaOf(r).set_validation_method(static_cast<v1::Method>(99)); },
           "inputs[0].check.caa.validation_method", "99 is not known"},
          {"CAA as validation method", Caa,
           [](Request& r) { CaaOf(r).set_validation_method(v1::CAA); },
           "inputs[0].check.caa.validation_method", "validates no domain names"},
          {"a method for addresses", Caa,
           [](Request& r) { CaaOf(r).set_validation_method(v1::REVERSE_LOOKUP); },
           "inputs[0].check.caa.validation_method", "validates no domain names"},
          {"a wildcard that http-01 has validated", Caa,
           [](Request& r) {
             SetName(r, "*.example.com");
             CaaOf(r).set_validation_method(v1::HTTP_01);
           },
           "inputs[0].check.caa.validation_method", "Wildcard Domain Name"},
          {"a label of the CA's own", Caa,
           [](Request& r) { CaaOf(r).add_validation_method_labels("ca-example-manual"); }, nullptr,
           ""},
          {"a label of another method", Caa,
           [](Request& r) { CaaOf(r).add_validation_method_labels("HTTP-01"); },
           "inputs[0].check.caa.validation_method_labels[0]", "is a label of http-01"},
          {"a label off the grammar", Caa,
           [](Request& r) { CaaOf(r).add_validation_method_labels("dns_01"); },
           "inputs[0].check.caa.validation_method_labels[0]", "RFC 8657 section 4"},
          {"failures that shall permit", Caa,
           [](Request& r) { CaaOf(r).set_lookup_failure(v1::CaaCheck::MAY_PERMIT); },
           "inputs[0].check.caa.lookup_failure", "the coordinator sets it"},
          {"labels without method", Caa,
           [](Request& r) {
             CaaOf(r).clear_validation_method();
             CaaOf(r).add_validation_method_labels("dns-01");
           },
           "inputs[0].check.caa.validation_method_labels", "need validation_method"},
      });
}

TEST(RequestCheckTest, CaaIsFilledIn) {
  const CheckedInput input = RequestWorld().Checked(Caa()).inputs.at(0);
  EXPECT_THAT(input.check.caa().issuer_domain_names(), ::testing::ElementsAre("ca.example.com"));
  EXPECT_THAT(input.check.caa().validation_method_labels(),
              ::testing::ElementsAre("dns-01", "ca-tbr-7"));
  EXPECT_EQ(input.method_reference, "BR 4.2.2.1");

  Request own = Caa();
  CaaOf(own).add_issuer_domain_names("CA.Example.COM");
  EXPECT_THAT(RequestWorld().Checked(own).inputs.at(0).check.caa().issuer_domain_names(),
              ::testing::ElementsAre("ca.example.com"));
  CaaOf(own).add_issuer_domain_names("other-ca.example.net");
  EXPECT_THAT(
      RequestWorld().Violations(own),
      ::testing::ElementsAre(::testing::HasSubstr(
          "caa.issuer_domain_names[1]: BAD_REQUEST: \"other-ca.example.net\" is not among")));

  RequestWorld nameless;
  nameless.issuer_names.clear();
  EXPECT_THAT(nameless.Violations(Caa()),
              ::testing::ElementsAre(::testing::HasSubstr("0 issuer domain names")));
}

TEST(RequestCheckTest, MethodParametersAreNormalised) {
  Request website = WebsiteChange();
  WebsiteOf(website).set_file("a/../b/./c.txt");
  EXPECT_EQ(RequestWorld().Checked(website).inputs.at(0).check.website_change().file(), "b/c.txt");

  Request dns_change = DnsChange();
  DnsChangeOf(dns_change).set_prefix_label("_DCV");
  DnsChangeOf(dns_change).set_record_type(v1::DnsChange::CNAME);
  DnsChangeOf(dns_change).set_expected_value("X.dcv.ca.example.com.");
  const v1::Check checked = RequestWorld().Checked(dns_change).inputs.at(0).check;
  EXPECT_EQ(checked.dns_change().prefix_label(), "_dcv");
  EXPECT_EQ(checked.dns_change().expected_value(), "x.dcv.ca.example.com");
}

TEST(RequestCheckTest, SunsetsAndDiscouragedMethods) {
  RequestWorld world;
  const CheckedInput discouraged = world.Checked(CaaEmailContact()).inputs.at(0);
  EXPECT_THAT(discouraged.warnings, ::testing::ElementsAre(::testing::HasSubstr("2028-03-15")));
  EXPECT_THAT(world.Checked(Dns01()).inputs.at(0).warnings, ::testing::IsEmpty());

  const absl::Time day = absl::FromCivil(absl::CivilDay(2027, 3, 15), absl::UTCTimeZone());
  for (auto* good : {TxtPhoneContact, CaaPhoneContact, ReverseLookup}) {
    world.now = day - absl::Seconds(1);
    EXPECT_THAT(world.Violations(good()), ::testing::IsEmpty());
    world.now = day;
    EXPECT_THAT(world.Violations(good()),
                ::testing::ElementsAre(::testing::HasSubstr(": METHOD_SUNSET: ")));
  }
  Request caa = Caa();
  CaaOf(caa).set_validation_method(v1::TXT_PHONE_CONTACT);
  EXPECT_THAT(world.Violations(caa),
              ::testing::ElementsAre(::testing::HasSubstr("validation_method: METHOD_SUNSET: ")));
  EXPECT_THAT(world.Violations(TxtEmailContact()), ::testing::IsEmpty());
}

}  // namespace
}  // namespace mpic::coordinator
