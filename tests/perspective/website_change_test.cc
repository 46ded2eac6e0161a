#include "perspective/methods/website_change.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/support/web_world.h"

namespace mpic::testing {
namespace {

using ::testing::IsEmpty;

constexpr char kV4[] = "192.0.2.10";
constexpr char kFileUrl[] = "http://shop.example.com/.well-known/pki-validation/proof.txt";

struct WebsiteWorld : WebWorld {
  WebsiteWorld() {
    change().set_scheme(v1::WebsiteChange::HTTP);
    change().set_file("proof.txt");
    change().set_expected_value(kRandomValue);
  }
  v1::WebsiteChange& change() { return *check.mutable_website_change(); }
  v1::CheckResult Run() { return WebWorld::Run(perspective::CheckWebsiteChange); }
};

TEST(WebsiteChangeTest, PassesWithEvidence) {
  WebsiteWorld world;
  world.http.Reply(kFileUrl, kV4, Response(200, absl::StrCat("<p>", kRandomValue, "</p>")));
  const v1::CheckResult result = world.Run();
  EXPECT_EQ(Verdict(result), "PASSED");
  EXPECT_EQ(result.observed_value(), kRandomValue);
  EXPECT_EQ(result.http().final_url(), kFileUrl);
  EXPECT_EQ(result.http().final_status(), 200U);
  EXPECT_EQ(result.http().match_offset(), 3U);
}

TEST(WebsiteChangeTest, Responses) {
  const std::string value = kRandomValue;
  const struct {
    const char* name;
    HttpReply reply;
    const char* verdict;
  } cases[] = {
      {"vector 49: 404", Response(404, value), "FAILED HTTP_STATUS"},
      {"vector 49: 203", Response(203, value), "PASSED"},
      {"vector 55: 303", Redirect(303, "/x"), "FAILED REDIRECT_STATUS"},
      {"vector 55: meta refresh", Response(200, "<meta http-equiv=refresh content='0;url=/x'>"),
       "FAILED BODY_MISMATCH"},
      {"another case", Response(200, "4F9C2A7BE1D04C6F8A35B1E97D20C4AA"), "FAILED BODY_MISMATCH"},
      {"inside a longer token", Response(200, value + "0"), "FAILED BODY_MISMATCH"},
      {"at the end of 64 KiB", Response(200, std::string(65536 - 32, ' ') + value), "PASSED"},
      {"vector 62: 1 MB that begins with it", Response(200, value + std::string(1 << 20, ' ')),
       "FAILED BODY_TOO_LARGE"},
  };
  for (const auto& c : cases) {
    WebsiteWorld world;
    world.http.Reply(kFileUrl, kV4, c.reply);
    EXPECT_EQ(Verdict(world.Run()), c.verdict) << c.name;
  }
}

struct Change {
  const char* name;
  void (*apply)(v1::WebsiteChange& change);
  const char* expected;
};

TEST(WebsiteChangeTest, WhereTheFileIsLookedFor) {
  const Change cases[] = {
      {"https", [](v1::WebsiteChange& c) { c.set_scheme(v1::WebsiteChange::HTTPS); },
       "https://shop.example.com/.well-known/pki-validation/proof.txt"},
      {"https on port 80",
       [](v1::WebsiteChange& c) {
         c.set_scheme(v1::WebsiteChange::HTTPS);
         c.set_port(80);
       },
       "https://shop.example.com:80/.well-known/pki-validation/proof.txt"},
      {"Authorized Port 25", [](v1::WebsiteChange& c) { c.set_port(25); },
       "http://shop.example.com:25/.well-known/pki-validation/proof.txt"},
      {"the scheme's own port", [](v1::WebsiteChange& c) { c.set_port(80); }, kFileUrl},
      {"dot segments are removed", [](v1::WebsiteChange& c) { c.set_file("a/%2E./proof.txt"); },
       kFileUrl},
  };
  for (const Change& c : cases) {
    SCOPED_TRACE(c.name);
    WebsiteWorld world;
    c.apply(world.change());
    world.http.Reply(c.expected, kV4, Response(200, kRandomValue));
    EXPECT_EQ(Verdict(world.Run()), "PASSED");
  }
}

TEST(WebsiteChangeTest, QuestionsThatAreRefusedBeforeAnyTraffic) {
  const Change cases[] = {
      {"vector 46: file named by the value",
       [](v1::WebsiteChange& c) { c.set_file(absl::StrCat(kRandomValue, ".txt")); },
       "FAILED TOKEN_IN_REQUEST"},
      {"value in the file's name in another case and percent-encoded",
       [](v1::WebsiteChange& c) { c.set_file("4F9C2A7BE1D04C6F8A35B1E97D20C4A%61"); },
       "FAILED TOKEN_IN_REQUEST"},
      {"value that our User-Agent sends",
       [](v1::WebsiteChange& c) { c.set_expected_value("mpic-test-user-agent/1"); },
       "FAILED TOKEN_IN_REQUEST"},
      {"value that the request line sends",
       [](v1::WebsiteChange& c) { c.set_expected_value("/.Well-Known/pki-validation/"); },
       "FAILED TOKEN_IN_REQUEST"},
      {"value of 17 octets, below 112 bits",
       [](v1::WebsiteChange& c) { c.set_expected_value("4f9c2a7be1d04c6f8"); },
       "ERROR BAD_REQUEST"},
      {"vector 50: out of the directory", [](v1::WebsiteChange& c) { c.set_file("../x"); },
       "ERROR BAD_REQUEST"},
      {"vector 50: out by encoded dots", [](v1::WebsiteChange& c) { c.set_file("a/..%2f../x"); },
       "ERROR BAD_REQUEST"},
      {"vector 50: out by encoded dots", [](v1::WebsiteChange& c) { c.set_file("%2e%2E/x"); },
       "ERROR BAD_REQUEST"},
      {"the directory itself", [](v1::WebsiteChange& c) { c.set_file("a/.."); },
       "ERROR BAD_REQUEST"},
      {"no file", [](v1::WebsiteChange& c) { c.clear_file(); }, "ERROR BAD_REQUEST"},
      {"a query", [](v1::WebsiteChange& c) { c.set_file("x?y"); }, "ERROR BAD_REQUEST"},
      {"a line break", [](v1::WebsiteChange& c) { c.set_file("x HTTP/1.1\r\nX: y"); },
       "ERROR BAD_REQUEST"},
      {"257 octets", [](v1::WebsiteChange& c) { c.set_file(std::string(257, 'a')); },
       "ERROR BAD_REQUEST"},
      {"no scheme", [](v1::WebsiteChange& c) { c.clear_scheme(); }, "ERROR BAD_REQUEST"},
      {"unknown scheme",
       [](v1::WebsiteChange& c) { c.set_scheme(static_cast<v1::WebsiteChange::Scheme>(7)); },
       "ERROR BAD_REQUEST"},
      {"port 8080", [](v1::WebsiteChange& c) { c.set_port(8080); }, "ERROR BAD_REQUEST"},
      {"port 65616", [](v1::WebsiteChange& c) { c.set_port(65536 + 80); }, "ERROR BAD_REQUEST"},
      {"short value", [](v1::WebsiteChange& c) { c.set_expected_value("4f9c2a7be1d04c6"); },
       "ERROR BAD_REQUEST"},
      {"value with a space",
       [](v1::WebsiteChange& c) { c.set_expected_value("4f9c2a7b e1d04c6f"); },
       "ERROR BAD_REQUEST"},
      {"meta tag for a name", [](v1::WebsiteChange& c) { c.set_require_meta_tag(true); },
       "ERROR BAD_REQUEST"},
  };
  for (const Change& c : cases) {
    SCOPED_TRACE(c.name);
    WebsiteWorld world;
    c.apply(world.change());
    EXPECT_EQ(Verdict(world.Run()), c.expected);
    EXPECT_THAT(world.dns.questions(), IsEmpty());
    EXPECT_THAT(world.http.requests(), IsEmpty());
  }
}

TEST(WebsiteChangeTest, NamesThatAreRefused) {
  const struct {
    const char* name;
    const char* dns_name;
    const char* adn;
  } cases[] = {
      {"wildcard", "*.shop.example.com", ""},
      {"pruned ADN", "shop.example.com", "example.com"},
  };
  for (const auto& c : cases) {
    WebsiteWorld world;
    world.check.mutable_identifier()->set_dns_name(c.dns_name);
    world.check.set_authorization_domain_name(c.adn);
    EXPECT_EQ(Verdict(world.Run()), "ERROR BAD_REQUEST") << c.name;
  }
  WebsiteWorld old;
  old.check.mutable_challenge_created_at()->set_seconds(1795435200 - (30 * 86400) - 1);
  EXPECT_EQ(Verdict(old.Run()), "FAILED TOKEN_EXPIRED");
}

TEST(WebsiteChangeTest, ValueInARedirectIsNotRequested) {
  const struct {
    const char* name;
    std::string location;
    const char* verdict;
  } cases[] = {
      {"vector 47: in the query", absl::StrCat("http://shop.example.com/p?v=", kRandomValue),
       "FAILED TOKEN_IN_REQUEST"},
      {"in the path, relative", absl::StrCat("/", kRandomValue), "FAILED TOKEN_IN_REQUEST"},
      {"in the host", absl::StrCat("http://", kRandomValue, ".example.com/"),
       "FAILED TOKEN_IN_REQUEST"},
      {"in the fragment", absl::StrCat("/p#", kRandomValue), "FAILED TOKEN_IN_REQUEST"},
      {"encoded twice", "/p?v=%2534f9c2a7be1d04c6f8a35b1e97d20c4aa", "FAILED TOKEN_IN_REQUEST"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    WebsiteWorld world;
    world.http.Reply(kFileUrl, kV4, Redirect(302, c.location));
    EXPECT_EQ(Verdict(world.Run()), c.verdict);
    EXPECT_EQ(world.http.requests().size(), 1U);
  }
}

TEST(WebsiteChangeTest, RedirectsMayLeaveTheDirectory) {
  WebsiteWorld world;
  world.http.Reply(kFileUrl, kV4, Redirect(308, "/p"));
  world.http.Reply("http://shop.example.com/p", kV4, Response(200, kRandomValue));
  EXPECT_EQ(Verdict(world.Run()), "PASSED");
}

}  // namespace
}  // namespace mpic::testing
