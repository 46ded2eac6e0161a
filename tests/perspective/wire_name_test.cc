#include "perspective/rules/wire_name.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/fake_dns_client.h"

namespace mpic::perspective {
namespace {

TEST(WireNameTest, ReadsANameInLowerCase) {
  EXPECT_EQ(WireNameToDomainName(testing::WireName("_Dcv.CA.example.com"))->text(),
            "_dcv.ca.example.com");
  EXPECT_EQ(WireNameToDomainName(testing::WireName("com"))->text(), "com");
}

TEST(WireNameTest, RefusesWhatIsNotOneWholeName) {
  const struct {
    const char* name;
    std::string rdata;
  } cases[] = {
      {"nothing", ""},
      {"the root", std::string("\0", 1)},
      {"no root label",
       "\x03"
       "com"},
      {"octets after the root label", testing::WireName("com") + "x"},
      {"label overruns",
       "\x05"
       "com"},
      {"compression pointer", std::string("\x03"
                                          "www\xc0\x0c",
                                          6)},
      {"label type 01", "\x41" + std::string(65, 'a') + std::string("\0", 1)},
      {"a dot inside a label", std::string("\x03"
                                           "a.b\0",
                                           5)},
      {"a blank inside a label", std::string("\x03"
                                             "a b\0",
                                             5)},
      {"over 253 octets",
       testing::WireName(std::string(63, 'a') + "." + std::string(63, 'b') + "." +
                         std::string(63, 'c') + "." + std::string(63, 'd'))},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto name = WireNameToDomainName(c.rdata);
    EXPECT_FALSE(name.ok()) << name->text();
  }
}

}  // namespace
}  // namespace mpic::perspective
