#include "perspective/rules/exact_host.h"

#include <gtest/gtest.h>

#include <string>

#include "perspective/net/url.h"

namespace mpic::perspective {
namespace {

TEST(ExactHostTest, NamesAndAddresses) {
  const struct {
    const char* name;
    const char* dns_name;
    const char* ip_address;
    const char* adn;
    const char* host;  // as a URL has it, or the kind of problem
  } cases[] = {
      {"name", "shop.example.com", "", "", "shop.example.com"},
      {"name that is its own ADN", "shop.example.com", "", "SHOP.example.com", "shop.example.com"},
      {"vector 5: another ADN", "shop.example.com", "", "example.com", "BAD_REQUEST"},
      {"wildcard", "*.shop.example.com", "", "", "BAD_REQUEST"},
      {"onion", "abc.onion", "", "", "BAD_REQUEST"},
      {"nothing", "", "", "", "BAD_REQUEST"},
      {"IPv4", "", "192.0.2.10", "", "192.0.2.10"},
      {"IPv6 in its shortest form", "", "2001:DB8:0:0::10", "", "[2001:db8::10]"},
      {"IPv4 address as a name", "192.0.2.10", "", "", "BAD_REQUEST"},
      {"name as an address", "", "shop.example.com", "", "BAD_REQUEST"},
      {"address in brackets", "", "[2001:db8::10]", "", "BAD_REQUEST"},
      {"zone id", "", "fe80::1%eth0", "", "BAD_REQUEST"},
      {"prefix", "", "192.0.2.0/24", "", "BAD_REQUEST"},
      {"leading zero", "", "192.0.2.010", "", "BAD_REQUEST"},
      {"ADN beside an address", "", "192.0.2.10", "shop.example.com", "BAD_REQUEST"},
  };
  for (const auto& c : cases) {
    v1::Check check;
    if (*c.dns_name != '\0') check.mutable_identifier()->set_dns_name(c.dns_name);
    if (*c.ip_address != '\0') check.mutable_identifier()->set_ip_address(c.ip_address);
    check.set_authorization_domain_name(c.adn);
    const auto host = ExactHost(check);
    const std::string text =
        host.ok() ? Url{.host = *host}.host_header() : v1::Problem::Kind_Name(host.problem().kind);
    EXPECT_EQ(text, c.host) << c.name;
  }
}

}  // namespace
}  // namespace mpic::perspective
