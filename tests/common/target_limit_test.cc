#include "common/target_limit.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace mpic {
namespace {

IpAddress Address(const char* text) { return IpAddress::Parse(text).value(); }

TEST(TargetLimitTest, EachTargetHasItsOwnPlacesAndNothingRemainsOfThem) {
  TargetLimit limit(2);
  auto first = limit.Enter("a");
  auto second = limit.Enter("a");
  ASSERT_TRUE(first && second);
  EXPECT_FALSE(limit.Enter("a"));
  EXPECT_TRUE(limit.Enter("b"));
  EXPECT_EQ(limit.size(), 1U);  // b has ended again
  first.reset();
  EXPECT_TRUE(limit.Enter("a"));
  second.reset();
  EXPECT_EQ(limit.size(), 0U);
}

TEST(TargetLimitTest, APlaceThatIsMovedEndsOnce) {
  TargetLimit limit(1);
  TargetLimit::Place place = *limit.Enter("a");
  TargetLimit::Place moved = std::move(place);
  place = {};
  EXPECT_FALSE(limit.Enter("a"));
  moved = {};
  EXPECT_EQ(limit.size(), 0U);
}

TEST(TargetLimitTest, ManyThreadsLeaveNothingBehind) {
  TargetLimit limit(3);
  std::vector<std::thread> threads;
  for (int number = 0; number < 6; ++number) {
    threads.emplace_back([&limit, number] {
      for (int i = 0; i < 5'000; ++i) {
        const auto shared = limit.Enter("victim");
        const auto own = limit.Enter(absl::StrCat(number, "-", i));
        EXPECT_TRUE(own.has_value());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(limit.size(), 0U);
}

TEST(TargetLimitTest, ANameIsOneTargetHoweverItIsWritten) {
  const struct {
    const char* name;
    const char* written;
    const char* target;
  } cases[] = {
      {"as it is", "shop.example.com", "shop.example.com"},
      {"in capitals", "Shop.EXAMPLE.com", "shop.example.com"},
      {"with the root's dot", "shop.example.com.", "shop.example.com"},
      {"a wildcard", "*.shop.example.com", "shop.example.com"},
      {"in full-width letters", "*.shop.\xef\xbd\x85xample.com", "shop.example.com"},
      {"in U-labels",
       "B\xc3\xbc"
       "cher.example",
       "xn--bcher-kva.example"},
      {"what is no name", "\xff.example.COM", "\xff.example.com"},
      {"an IPv4 address", "192.0.2.1", "192.0.2.1"},
      {"an IPv6 address, long", "2001:DB8:0:0:0:0:0:1", "2001:db8::1"},
      {"nothing", "", ""},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(TargetOfName(c.written), c.target);
  }
}

TEST(TargetLimitTest, AnIpv6PrefixOf64BitsIsOneTarget) {
  EXPECT_EQ(TargetOfAddress(Address("2001:db8:0:1::1")),
            TargetOfAddress(Address("2001:db8:0:1:ffff::2")));
  EXPECT_NE(TargetOfAddress(Address("2001:db8:0:1::1")),
            TargetOfAddress(Address("2001:db8:0:2::1")));
  EXPECT_NE(TargetOfAddress(Address("192.0.2.1")), TargetOfAddress(Address("192.0.2.2")));
}

}  // namespace
}  // namespace mpic
