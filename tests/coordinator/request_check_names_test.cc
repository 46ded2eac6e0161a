// Which names and addresses may be asked about, and by which Authorization Domain Names.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/coordinator/request_check_cases.h"

namespace mpic::coordinator {
namespace {

using Request = v1::CorroborateRequest;

constexpr char kName[] = "inputs[0].check.identifier.dns_name";
constexpr char kAddress[] = "inputs[0].check.identifier.ip_address";
constexpr char kAdn[] = "inputs[0].check.authorization_domain_name";

TEST(RequestCheckTest, Names) {
  ExpectAll(
      RequestWorld(),
      {
          {"no identifier", Dns01, [](Request& r) { CheckOf(r).clear_identifier(); },
           "inputs[0].check.identifier", "BAD_REQUEST: is required"},
          {"an empty name", Dns01, [](Request& r) { SetName(r, ""); }, kName, "is empty"},
          {"a name of 300 octets", Dns01,
           [](Request& r) {
             std::string name = "example.com";
             while (name.size() < 300) name.insert(0, "abcdefg.");
             SetName(r, name);
           },
           kName, "BAD_REQUEST: domain name \"abcdefg."},
          {"a label of 64 octets", Dns01,
           [](Request& r) { SetName(r, std::string(64, 'a') + ".example.com"); }, kName,
           "label over 63 octets"},
          {"an underscore", Dns01, [](Request& r) { SetName(r, "_a.example.com"); }, kName,
           "outside letters"},
          {"a broken A-label", Dns01, [](Request& r) { SetName(r, "xn--a.example.com"); }, kName,
           "IDNA"},
          {"a reserved label", Dns01, [](Request& r) { SetName(r, "ab--cd.example.com"); }, kName,
           "NAME_NOT_ALLOWED: \"ab--cd.example.com\" has a reserved label"},
          {"an emoji, which IDNA 2008 forbids", Dns01,
           [](Request& r) { SetName(r, "\xF0\x9F\x92\xA9.example.com"); }, kName, "IDNA"},
          {"a U-label", Dns01,
           [](Request& r) {
             SetName(r,
                     "b\xC3\xBC"
                     "cher.example.com");
           },
           nullptr, ""},
          {"an inner wildcard", Dns01, [](Request& r) { SetName(r, "a.*.example.com"); }, kName,
           "whole leftmost label"},
          {"a partial wildcard", Dns01, [](Request& r) { SetName(r, "a*.example.com"); }, kName,
           "whole leftmost label"},
          {"two wildcards", Dns01, [](Request& r) { SetName(r, "*.*.example.com"); }, kName,
           "whole leftmost label"},
          {"an address as a name", Dns01, [](Request& r) { SetName(r, "192.0.77.1"); }, kName,
           "all-numeric"},
          {"an Internal Name", Dns01, [](Request& r) { SetName(r, "shop.corp"); }, kName,
           "NAME_NOT_ALLOWED: \"shop.corp\" is an Internal Name"},
          {"a single label", Dns01, [](Request& r) { SetName(r, "localhost"); }, kName,
           "NAME_NOT_ALLOWED"},
          {"a top-level domain", Dns01, [](Request& r) { SetName(r, "com"); }, kName,
           "NAME_NOT_ALLOWED: \"com\" is a public suffix"},
          {"a public suffix", Dns01, [](Request& r) { SetName(r, "co.uk"); }, kName,
           "NAME_NOT_ALLOWED: \"co.uk\" is a public suffix"},
          {"a wildcard under a public suffix", Dns01, [](Request& r) { SetName(r, "*.co.uk"); },
           kName, "NAME_NOT_ALLOWED: \"*.co.uk\" is a wildcard directly under a public suffix"},
          {"vector 8: *.ps.example.com", Dns01, [](Request& r) { SetName(r, "*.ps.example.com"); },
           kName, "NAME_NOT_ALLOWED"},
          {"a wildcard under a private suffix", Dns01,
           [](Request& r) { SetName(r, "*.github.io"); }, nullptr, ""},
          {"vector 10: a name in the reverse zone", Dns01,
           [](Request& r) { SetName(r, "10.2.0.192.in-addr.arpa"); }, kName,
           "NAME_NOT_ALLOWED: \"10.2.0.192.in-addr.arpa\" lies in an IP Reverse Zone"},
          {"the IPv6 reverse zone in capitals", Dns01,
           [](Request& r) { SetName(r, "8.B.D.0.1.0.0.2.IP6.ARPA."); }, kName, "NAME_NOT_ALLOWED"},
          {"an onion name", Http01, [](Request& r) { SetName(r, "abc.onion"); }, kName,
           "BAD_REQUEST: \"abc.onion\" needs no corroboration: validate it over Tor yourself (BR "
           "Appendix B)"},
      });
}

TEST(RequestCheckTest, Addresses) {
  ExpectAll(RequestWorld(),
            {
                {"not an address", TlsAlpn01, [](Request& r) { SetAddress(r, "192.0.77"); },
                 kAddress, "BAD_REQUEST: \"192.0.77\" is not an IPv4 or IPv6 address"},
                {"octets outside ASCII are not echoed", TlsAlpn01,
                 [](Request& r) { SetAddress(r, "\xC3\xBC"); }, kAddress, "\"\\xc3\\xbc\""},
                {"brackets", TlsAlpn01, [](Request& r) { SetAddress(r, "[2620:fe::9]"); }, kAddress,
                 "BAD_REQUEST"},
                {"IPv6", TlsAlpn01, [](Request& r) { SetAddress(r, "2620:FE:0::9"); }, nullptr, ""},
                {"vector 11: a Reserved IP Address", TlsAlpn01,
                 [](Request& r) { SetAddress(r, "192.0.2.10"); }, kAddress,
                 "NAME_NOT_ALLOWED: 192.0.2.10 is a Reserved IP Address: 192.0.2.0/24"},
                {"an IPv4-mapped address", TlsAlpn01,
                 [](Request& r) { SetAddress(r, "::ffff:9.9.9.9"); }, kAddress, "NAME_NOT_ALLOWED"},
            });
}

TEST(RequestCheckTest, ALaboratoryMayAskAboutReservedAddresses) {
  RequestWorld world;
  world.lab = true;
  Request request = Http01();
  SetAddress(request, "127.0.0.1");
  EXPECT_THAT(world.Violations(request), ::testing::IsEmpty());
  SetName(request, "shop.corp");
  EXPECT_THAT(world.Violations(request), ::testing::SizeIs(1)) << "the switch is for addresses";
}

TEST(RequestCheckTest, MethodsAndIdentifiers) {
  ExpectAll(
      RequestWorld(),
      {
          {"wildcard with http-01", Http01, [](Request& r) { SetName(r, "*.example.com"); },
           "inputs[0].check.http_01", "BAD_REQUEST: http-01 cannot validate a Wildcard"},
          {"wildcard with website change", WebsiteChange,
           [](Request& r) { SetName(r, "*.example.com"); }, "inputs[0].check.website_change",
           "cannot validate a Wildcard"},
          {"wildcard with tls-alpn-01", TlsAlpn01, [](Request& r) { SetName(r, "*.example.com"); },
           "inputs[0].check.tls_alpn_01", "cannot validate a Wildcard"},
          {"wildcard with dns-01", Dns01, [](Request& r) { SetName(r, "*.example.com"); }, nullptr,
           ""},
          {"wildcard with CAA", Caa, [](Request& r) { SetName(r, "*.example.com"); }, nullptr, ""},
          {"vector 28: dns-01 for an address", Dns01,
           [](Request& r) { SetAddress(r, "192.0.77.1"); }, "inputs[0].check.dns_01",
           "BAD_REQUEST: dns-01 cannot validate IP addresses"},
          {"CAA for an address", Caa, [](Request& r) { SetAddress(r, "192.0.77.1"); },
           "inputs[0].check.caa", "BAD_REQUEST: there is no CAA for IP addresses"},
          {"http-01 for an address", Http01, [](Request& r) { SetAddress(r, "192.0.77.1"); },
           nullptr, ""},
          {"a persistent record for an address", DnsPersist,
           [](Request& r) { SetAddress(r, "192.0.77.1"); }, nullptr, ""},
          {"reverse lookup for a name", ReverseLookup,
           [](Request& r) { SetName(r, "shop.example.com"); }, "inputs[0].check.reverse_lookup",
           "validates IP addresses only"},
      });
}

TEST(RequestCheckTest, AuthorizationDomainNames) {
  ExpectAll(
      RequestWorld(),
      {
          {"pruned to the base domain", Dns01,
           [](Request& r) { CheckOf(r).set_authorization_domain_name("Example.COM."); }, nullptr,
           ""},
          {"vector 1: above the base domain", DnsChange,
           [](Request& r) {
             SetName(r, "a.b.shop.example.com");
             CheckOf(r).set_authorization_domain_name("com");
           },
           kAdn, "BAD_REQUEST"},
          {"vector 2: a wildcard's CNAME target", DnsChange,
           [](Request& r) {
             SetName(r, "*.shop.example.com");
             CheckOf(r).set_authorization_domain_name("edge.example.com");
           },
           kAdn, "BAD_REQUEST"},
          {"vector 4: a target reached after pruning", DnsChange,
           [](Request& r) {
             SetName(r, "*.shop.example.com");
             CheckOf(r).set_authorization_domain_name("edge.example.net");
           },
           kAdn, "BAD_REQUEST"},
          {"vector 2: and says by how many hops", DnsChange,
           [](Request& r) {
             SetName(r, "*.shop.example.com");
             CheckOf(r).set_authorization_domain_name("edge.example.com");
             CheckOf(r).set_adn_cname_steps(1);
           },
           kAdn, "takes no CNAME step"},
          {"a name's CNAME target", Dns01,
           [](Request& r) {
             CheckOf(r).set_authorization_domain_name("edge.example.net");
             CheckOf(r).set_adn_cname_steps(2);
           },
           nullptr, ""},
          {"hops with an address", TlsAlpn01, [](Request& r) { CheckOf(r).set_adn_cname_steps(1); },
           "inputs[0].check.adn_cname_steps", "must be 0"},
          {"hops with CAA", Caa, [](Request& r) { CheckOf(r).set_adn_cname_steps(1); },
           "inputs[0].check.adn_cname_steps", "must be 0"},
          {"hops with a method without the tick", DnsPersist,
           [](Request& r) {
             CheckOf(r).set_authorization_domain_name("shop.example.com");
             CheckOf(r).set_adn_cname_steps(1);
           },
           kAdn, "dns-persist-01 takes no CNAME step"},
          {"vector 5: http-01 above the name", Http01,
           [](Request& r) {
             SetName(r, "www.shop.example.com");
             CheckOf(r).set_authorization_domain_name("shop.example.com");
           },
           kAdn, "BAD_REQUEST"},
          {"http-01 at the name itself", Http01,
           [](Request& r) { CheckOf(r).set_authorization_domain_name("SHOP.example.com"); },
           nullptr, ""},
          {"vector 7: no pruning below a suffix of two labels", DnsPersist,
           [](Request& r) {
             SetName(r, "x.ps.example.com");
             CheckOf(r).set_authorization_domain_name("ps.example.com");
           },
           kAdn, "BAD_REQUEST"},
          {"not a name", Dns01,
           [](Request& r) { CheckOf(r).set_authorization_domain_name("a..b"); }, kAdn,
           "BAD_REQUEST"},
          {"with an address", TlsAlpn01,
           [](Request& r) { CheckOf(r).set_authorization_domain_name("example.com"); }, kAdn,
           "must be empty for an IP address"},
          {"with CAA", Caa,
           [](Request& r) { CheckOf(r).set_authorization_domain_name("shop.example.com"); }, kAdn,
           "CAA looks at the identifier"},
          {"a challenge name over 253 octets", Dns01,
           [](Request& r) {
             std::string name = "example.com";
             while (name.size() < 238) name.insert(0, "abcdefg.");
             SetName(r, name);
           },
           kAdn, "octets, 253 are allowed"},
      });
}

TEST(RequestCheckTest, NamesAreNormalised) {
  Request request = Dns01();
  SetName(request,
          "*.B\xC3\xBC"
          "cher.Example.COM.");
  const CheckedRequest checked = RequestWorld().Checked(request);
  ASSERT_EQ(checked.inputs.size(), 1U);
  const CheckedInput& input = checked.inputs[0];
  EXPECT_EQ(input.check.identifier().dns_name(), "*.xn--bcher-kva.example.com");
  EXPECT_EQ(input.check.authorization_domain_name(), "xn--bcher-kva.example.com");
  EXPECT_EQ(input.authorization_domain_name, "xn--bcher-kva.example.com");
  EXPECT_EQ(input.method, v1::DNS_01);
  EXPECT_EQ(input.method_reference, "BR 3.2.2.4.7");

  Request address = Http01();
  SetAddress(address, "2620:FE:0::9");
  const CheckedInput for_address = RequestWorld().Checked(address).inputs.at(0);
  EXPECT_EQ(for_address.check.identifier().ip_address(), "2620:fe::9");
  EXPECT_EQ(for_address.authorization_domain_name, "");
  EXPECT_EQ(for_address.method_reference, "BR 3.2.2.5.6");
}

}  // namespace
}  // namespace mpic::coordinator
