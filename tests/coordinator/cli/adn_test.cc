#include "coordinator/cli/adn.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "coordinator/cli/exit_code.h"

namespace mpic::coordinator::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(AdnTest, RequestOfTheCommandLine) {
  const auto by_name = RequestOf({.method = "DNS-01", .name = "*.shop.example.com"});
  ASSERT_TRUE(by_name.ok()) << by_name.status();
  EXPECT_EQ(by_name->method(), v1::DNS_01);
  EXPECT_EQ(by_name->identifier().dns_name(), "*.shop.example.com");

  const auto by_section = RequestOf({.method = "3.2.2.4.22", .name = "192.0.2.1"});
  ASSERT_TRUE(by_section.ok()) << by_section.status();
  EXPECT_EQ(by_section->method(), v1::DNS_PERSIST);
  EXPECT_EQ(by_section->identifier().ip_address(), "192.0.2.1") << "the server says what is wrong";

  EXPECT_THAT(RequestOf({.method = "email", .name = "a.example"}).status().message(),
              HasSubstr("needs no corroboration"));
}

TEST(AdnTest, TextIsALineACandidate) {
  v1::ListAuthorizationDomainNamesResponse response;
  response.add_candidates("shop.example.com");
  response.add_candidates("example.com");
  EXPECT_EQ(ToText(response), "shop.example.com\nexample.com\n");
  response.set_cname_steps_permitted(true);
  response.add_warnings("soon no longer");
  EXPECT_EQ(ToText(response),
            "shop.example.com\nexample.com\n"
            "or by --cname-steps where CNAME leads, and above that\n"
            "warning: soon no longer\n");
}

TEST(AdnTest, AMethodThatThereIsNotIsUsage) {
  std::ostringstream out;
  std::ostringstream err;
  Flags flags;
  flags.server = "127.0.0.1:1";
  flags.tls.set_insecure_loopback(true);
  EXPECT_EQ(ListAdns({.method = "3.2.2.4.8", .name = "a.example"}, flags, out, err), kExitUsage);
  EXPECT_THAT(err.str(), HasSubstr("is retired since 2026-03-15"));
  EXPECT_THAT(out.str(), IsEmpty());
}

}  // namespace
}  // namespace mpic::coordinator::cli
