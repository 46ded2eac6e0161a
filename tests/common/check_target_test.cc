#include "common/check_target.h"

#include <gtest/gtest.h>

namespace mpic {
namespace {

TEST(CheckTargetTest, OneTargetIsWhatACheckWorksOn) {
  const struct {
    const char* name;
    const char* identifier;
    const char* adn;
    bool caa;
    const char* target;
  } cases[] = {
      {"a name", "Shop.example.com.", "", false, "shop.example.com"},
      {"pruned to its Authorization Domain Name", "a.shop.example.com", "Example.com", false,
       "example.com"},
      {"a wildcard", "*.shop.example.com", "shop.example.com", false, "shop.example.com"},
      {"CAA begins at the name", "a.shop.example.com", "", true, "a.shop.example.com"},
      {"CAA, whatever else is claimed", "shop.example.com", "x17.example.net", true,
       "shop.example.com"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    v1::Check check;
    check.mutable_identifier()->set_dns_name(c.identifier);
    check.set_authorization_domain_name(c.adn);
    c.caa ? static_cast<void>(check.mutable_caa()) : static_cast<void>(check.mutable_dns_change());
    EXPECT_EQ(TargetOf(check), c.target);
  }
}

TEST(CheckTargetTest, CnameHopsBeginAtTheIdentifier) {
  v1::Check check;
  check.mutable_identifier()->set_dns_name("shop.example.com");
  check.set_authorization_domain_name("x17.example.net");
  check.set_adn_cname_steps(1);
  check.mutable_dns_01();
  EXPECT_EQ(TargetOf(check), "shop.example.com");
}

TEST(CheckTargetTest, AnAddressIsATargetOfItsOwn) {
  v1::Check check;
  check.mutable_identifier()->set_ip_address("2001:DB8:0::1");
  check.mutable_http_01();
  check.set_authorization_domain_name("example.com");
  EXPECT_EQ(TargetOf(check), "2001:db8::1");
}

}  // namespace
}  // namespace mpic
