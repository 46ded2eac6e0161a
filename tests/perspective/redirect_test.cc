#include "perspective/rules/redirect.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace mpic::perspective {
namespace {

Url ShopUrl(const std::string& target) {
  return {.host = DomainName::ParseHost("shop.example.com").value(), .target = target};
}

std::string Follow(const std::vector<Url>& requested, unsigned status,
                   const std::vector<std::string>& locations) {
  const OrProblem<Url> url = FollowRedirect(requested, status, locations, Limits());
  return url.ok() ? url->text() : v1::Problem::Kind_Name(url.problem().kind);
}

std::string FollowTo(const std::string& location) {
  return Follow({ShopUrl("/a/b")}, 302, {location});
}

TEST(FollowRedirectTest, OnlyFourStatusesAreFollowed) {
  for (const unsigned status : {301U, 302U, 307U, 308U}) {
    EXPECT_EQ(Follow({ShopUrl("/")}, status, {"/x"}), "http://shop.example.com/x") << status;
  }
  // Vector 55: 303 and 300 are failures.
  for (const unsigned status : {300U, 303U, 304U, 305U, 306U, 309U, 399U}) {
    EXPECT_TRUE(IsRedirect(status));
    EXPECT_EQ(Follow({ShopUrl("/")}, status, {"/x"}), "REDIRECT_STATUS") << status;
  }
  EXPECT_FALSE(IsRedirect(299));
  EXPECT_FALSE(IsRedirect(400));
}

TEST(FollowRedirectTest, Targets) {
  const struct {
    const char* name;
    std::string location;
    std::string expected;
  } cases[] = {
      {"vector 56: relative, same host and port", "/other", "http://shop.example.com/other"},
      {"relative to the directory", "c", "http://shop.example.com/a/c"},
      {"another domain, https", "https://cdn.example.net/x", "https://cdn.example.net/x"},
      {"http on port 443", "http://shop.example.com:443/", "http://shop.example.com:443/"},
      {"Authorized Port that does not speak HTTP", "http://shop.example.com:25/", "REDIRECT_PORT"},
      {"port 8080", "https://shop.example.com:8080/", "REDIRECT_PORT"},
      {"scheme", "ftp://shop.example.com/", "REDIRECT_SCHEME"},
      {"single label", "http://localhost/", "REDIRECT_HOST"},
      {"single label with trailing dot", "http://com./", "REDIRECT_HOST"},
      {"onion", "http://abc.onion/", "REDIRECT_HOST"},
      {"userinfo", "http://u:p@shop.example.com/", "REDIRECT_HOST"},
      {"IP literal is for the guard", "http://[::1]/", "http://[::1]/"},
      {"unparsable", "http://shop.example.com/ x", "REDIRECT_LOCATION"},
      {"path and query of 2000 octets", "/" + std::string(1999, 'x'),
       "http://shop.example.com/" + std::string(1999, 'x')},
      {"path of 2001 octets", "/" + std::string(2000, 'x'), "REDIRECT_LOCATION"},
      {"itself", "b", "REDIRECT_LOOP"},
      {"itself in other words", "HTTP://SHOP.example.com:80/x/../a/./b#f", "REDIRECT_LOOP"},
      {"nothing", "", "REDIRECT_LOOP"},
  };
  for (const auto& c : cases) EXPECT_EQ(FollowTo(c.location), c.expected) << c.name;
}

TEST(FollowRedirectTest, ExactlyOneLocation) {
  EXPECT_EQ(Follow({ShopUrl("/")}, 302, {}), "REDIRECT_LOCATION");
  EXPECT_EQ(Follow({ShopUrl("/")}, 302, {"/a", "/a"}), "REDIRECT_LOCATION");
}

TEST(FollowRedirectTest, Vector59LoopAndLimit) {
  EXPECT_EQ(Follow({ShopUrl("/a"), ShopUrl("/b")}, 302, {"/a"}), "REDIRECT_LOOP");
  std::vector<Url> requested;
  for (int hop = 0; hop < 10; ++hop) requested.push_back(ShopUrl(absl::StrCat("/", hop)));
  EXPECT_EQ(Follow(requested, 302, {"/10"}), "http://shop.example.com/10");  // the 10th redirect
  requested.push_back(ShopUrl("/10"));
  EXPECT_EQ(Follow(requested, 302, {"/11"}), "REDIRECT_LIMIT");
}

}  // namespace
}  // namespace mpic::perspective
