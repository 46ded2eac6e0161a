#include "common/reverse_zone.h"

#include <gtest/gtest.h>

namespace mpic {
namespace {

struct ReverseZoneCase {
  const char* address;
  const char* name;
};

const ReverseZoneCase kCases[] = {
    {"192.0.2.10", "10.2.0.192.in-addr.arpa"},
    {"0.0.0.255", "255.0.0.0.in-addr.arpa"},
    {"2001:db8::1", "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"},
    {"::ffff:192.0.2.10",
     "a.0.2.0.0.0.0.c.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa"},
};

TEST(ReverseZoneTest, OctetsAndNibblesBackwards) {
  for (const ReverseZoneCase& c : kCases) {
    EXPECT_EQ(ReverseZoneName(IpAddress::Parse(c.address).value()).text(), c.name);
  }
}

}  // namespace
}  // namespace mpic
