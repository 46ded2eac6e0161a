#include "common/ip_address.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace mpic {
namespace {

TEST(IpAddressTest, StrictTextForms) {
  EXPECT_EQ(IpAddress::Parse("192.0.2.10")->text(), "192.0.2.10");
  EXPECT_EQ(IpAddress::Parse("2001:DB8:0:0::1")->text(), "2001:db8::1");
  EXPECT_EQ(IpAddress::Parse("2001:db8::1")->url_host(), "[2001:db8::1]");
  for (const char* bad :
       {"", "1.2.3", "1.2.3.4.5", "01.2.3.4", "256.1.1.1", "[::1]", "fe80::1%eth0", "::g"}) {
    EXPECT_FALSE(IpAddress::Parse(bad).ok()) << bad;
  }
  EXPECT_FALSE(IpAddress::Parse(std::string("1.2.3.4\0x", 9)).ok());
}

// The sentences go into results, whose strings must be UTF-8, and in front of people.
TEST(IpAddressTest, WhatIsRefusedIsQuotedInShortPrintableAscii) {
  const struct {
    const char* name;
    std::string text;
  } cases[] = {{"UTF-8 that the quotation would cut", std::string(63, 'a') + "\u00e9"},
               {"control characters", "1.2.3.4\r\n\x1b[2J"},
               {"no UTF-8", "\xff:53"},
               {"an address with wrong brackets", "[1.2.3.4]:53"},
               {"a long prefix", "1.2.3.4/" + std::string(10'000, '9')}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    for (const std::string& message : {std::string(IpAddress::Parse(c.text).status().message()),
                                       std::string(IpPrefix::Parse(c.text).status().message()),
                                       std::string(IpEndpoint::Parse(c.text).status().message())}) {
      EXPECT_NE(message, "");
      EXPECT_LT(message.size(), 400U);
      EXPECT_TRUE(std::ranges::all_of(message, [](char x) { return x >= ' ' && x <= '~'; }))
          << message;
    }
  }
}

TEST(IpAddressTest, FromOctetsTakesOnlyFourOrSixteen) {
  const std::uint8_t octets[16] = {192, 0, 2, 10};
  EXPECT_EQ(IpAddress::FromOctets({octets, 4})->text(), "192.0.2.10");
  EXPECT_TRUE(IpAddress::FromOctets({octets, 16})->is_v6());
  EXPECT_FALSE(IpAddress::FromOctets({octets, 5}).ok());
}

TEST(ReservedBlockTest, RowsOfBothRegistries) {
  for (const char* reserved : {"0.0.0.0",
                               "10.255.255.255",
                               "100.64.0.1",
                               "127.0.0.1",
                               "169.254.169.254",
                               "172.31.255.255",
                               "192.0.0.8",
                               "192.0.2.1",
                               "192.88.99.1",
                               "192.168.1.1",
                               "198.19.255.255",
                               "198.51.100.7",
                               "203.0.113.9",
                               "224.0.0.1",
                               "240.0.0.1",
                               "255.255.255.255",
                               "::",
                               "::1",
                               "::ffff:8.8.8.8",
                               "64:ff9b::808:808",
                               "64:ff9b:1::1",
                               "100::1",
                               "2001::1",
                               "2001:1ff::1",
                               "2001:db8::1",
                               "2002::1",
                               "3fff::1",
                               "5f00::1",
                               "fc00::1",
                               "fdff::1",
                               "fe80::1",
                               "ff02::1",
                               "2620:4f:8000::1"}) {
    EXPECT_TRUE(ReservedBlock(IpAddress::Parse(reserved).value()).has_value()) << reserved;
  }
  for (const char* open :
       {"1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "172.15.255.255",
        "172.32.0.0", "192.0.1.0", "198.17.255.255", "198.20.0.0", "223.255.255.255", "2001:200::1",
        "2001:db9::1", "2003::1", "2606:4700::1111", "4000::1"}) {
    EXPECT_FALSE(ReservedBlock(IpAddress::Parse(open).value()).has_value()) << open;
  }
}

TEST(IpPrefixTest, NeverAcrossFamilies) {
  const IpPrefix all = IpPrefix::Parse("0.0.0.0/0").value();
  EXPECT_TRUE(all.Contains(IpAddress::Parse("8.8.8.8").value()));
  EXPECT_FALSE(all.Contains(IpAddress::Parse("::ffff:8.8.8.8").value()));
  for (const char* bad : {"1.2.3.4", "1.2.3.4/33", "::/129", "x/8", "1.2.3.4/"}) {
    EXPECT_FALSE(IpPrefix::Parse(bad).ok()) << bad;
  }
}

TEST(IpEndpointTest, PortAndBrackets) {
  EXPECT_EQ(IpEndpoint::Parse("127.0.0.1:53")->text(), "127.0.0.1:53");
  EXPECT_EQ(IpEndpoint::Parse("[::1]:53")->text(), "[::1]:53");
  for (const char* bad :
       {"127.0.0.1", "::1:53", "[127.0.0.1]:53", "127.0.0.1:65536", "host:53", ":53"}) {
    EXPECT_FALSE(IpEndpoint::Parse(bad).ok()) << bad;
  }
}

}  // namespace
}  // namespace mpic
