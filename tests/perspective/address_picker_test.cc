#include "perspective/net/address_picker.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace mpic::perspective {
namespace {

using Texts = std::vector<std::string>;

Texts Order(const Texts& usable) {
  std::vector<IpAddress> addresses;
  for (const std::string& text : usable) addresses.push_back(IpAddress::Parse(text).value());
  Texts order;
  for (const IpAddress& address : AddressesToTry(addresses)) order.push_back(address.text());
  return order;
}

TEST(AddressPickerTest, FirstIpv6ThenFirstIpv4) {
  EXPECT_EQ(Order({"2001:db8::1", "2001:db8::2", "192.0.2.1", "192.0.2.2"}),
            (Texts{"2001:db8::1", "192.0.2.1"}));
  EXPECT_EQ(Order({"192.0.2.2", "192.0.2.1", "2001:db8::2"}), (Texts{"2001:db8::2", "192.0.2.2"}));
}

TEST(AddressPickerTest, OneFamilyIsTriedOnce) {
  EXPECT_EQ(Order({"192.0.2.2", "192.0.2.1"}), (Texts{"192.0.2.2"}));
  EXPECT_EQ(Order({"2001:db8::2", "2001:db8::1"}), (Texts{"2001:db8::2"}));
  EXPECT_EQ(Order({}), Texts{});
}

}  // namespace
}  // namespace mpic::perspective
