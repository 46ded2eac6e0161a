// http-01 (BR 3.2.2.5.6, RFC 8738) and website change (BR 3.2.2.5.1) of IP addresses.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "perspective/methods/http_01.h"
#include "perspective/methods/website_change.h"
#include "tests/support/web_world.h"

namespace mpic::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kV4[] = "192.0.2.10";
constexpr char kV6[] = "2001:db8::10";
constexpr char kFileUrl[] = "http://192.0.2.10/.well-known/pki-validation/proof.html";

std::string ChallengeUrl(const std::string& host) {
  return absl::StrCat("http://", host, "/.well-known/acme-challenge/", kToken);
}

struct Http01World : WebWorld {
  explicit Http01World(const std::string& address = kV4) {
    check.mutable_identifier()->set_ip_address(address);
    check.mutable_http_01()->set_key_authorization(KeyAuthorizationText());
  }
  v1::CheckResult Run() { return WebWorld::Run(perspective::CheckHttp01); }
};

struct WebsiteWorld : WebWorld {
  WebsiteWorld() {
    check.mutable_identifier()->set_ip_address(kV4);
    change().set_scheme(v1::WebsiteChange::HTTP);
    change().set_file("proof.html");
    change().set_expected_value(kRandomValue);
  }
  v1::WebsiteChange& change() { return *check.mutable_website_change(); }
  v1::CheckResult Run() { return WebWorld::Run(perspective::CheckWebsiteChange); }
};

TEST(Http01OfAddressTest, AsksTheAddressItselfOnPort80WithoutDns) {
  const struct {
    const char* identifier;
    const char* host;
    const char* address;
  } cases[] = {
      {"192.0.2.10", "192.0.2.10", "192.0.2.10"},
      {"2001:DB8:0::10", "[2001:db8::10]", "2001:db8::10"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.identifier);
    Http01World world(c.identifier);
    world.http.Reply(ChallengeUrl(c.host), c.address, Response(200, KeyAuthorizationText()));
    const v1::CheckResult result = world.Run();
    EXPECT_EQ(Verdict(result), "PASSED");
    EXPECT_EQ(result.observed_value(), KeyAuthorizationText());
    EXPECT_THAT(world.dns.questions(), IsEmpty());
    ASSERT_EQ(result.steps_size(), 1);
    const v1::HttpStep& step = result.steps(0).http();
    EXPECT_EQ(step.url(), ChallengeUrl(c.host));
    EXPECT_THAT(step.resolved_addresses(), ElementsAre(c.address));
    EXPECT_EQ(step.used_address(), c.address);
    EXPECT_EQ(step.port(), 80U);
  }
}

TEST(Http01OfAddressTest, Responses) {
  const std::string ka = KeyAuthorizationText();
  const struct {
    const char* name;
    HttpReply reply;
    const char* verdict;
  } cases[] = {
      {"vector 49: 404", Response(404, ka), "FAILED HTTP_STATUS"},
      {"vector 49: 203", Response(203, ka), "PASSED"},
      {"vector 52: CRLF behind it", Response(200, ka + "\r\n"), "PASSED"},
      {"vector 53: space before it", Response(200, " " + ka), "FAILED BODY_MISMATCH"},
      {"vector 53: x behind it", Response(200, ka + "x"), "FAILED BODY_MISMATCH"},
      {"vector 53: byte order mark", Response(200, "\xef\xbb\xbf" + ka), "FAILED BODY_MISMATCH"},
      {"vector 53: other thumbprint",
       Response(200, absl::StrCat(kToken, ".", std::string(43, 'A'))), "FAILED BODY_MISMATCH"},
      {"vector 55: 303", Redirect(303, "/x"), "FAILED REDIRECT_STATUS"},
      {"vector 55: 300", Redirect(300, "/x"), "FAILED REDIRECT_STATUS"},
      {"vector 58: IPv6 loopback", Redirect(302, "http://[::1]/"), "FAILED ADDR_RESERVED"},
      {"vector 59: itself", Redirect(302, kToken), "FAILED REDIRECT_LOOP"},
      {"vector 62: 1 MB that begins with it", Response(200, ka + std::string(1 << 20, ' ')),
       "FAILED BODY_TOO_LARGE"},
      {"refused", NoConnection(v1::Problem::CONN_REFUSED), "FAILED CONN_REFUSED"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    Http01World world("198.41.0.4");
    world.guard_lifted = false;
    world.http.Reply(ChallengeUrl("198.41.0.4"), "198.41.0.4", c.reply);
    EXPECT_EQ(Verdict(world.Run()), c.verdict);
    EXPECT_EQ(world.http.requests().size(), 1U);
  }
}

TEST(Http01OfAddressTest, RedirectsFollowTheRulesOfNames) {
  Http01World world;
  world.Host("cdn.example.net", {kV6}, {});
  world.http.Reply(ChallengeUrl(kV4), kV4, Redirect(301, "/other"));  // vector 56
  world.http.Reply("http://192.0.2.10/other", kV4, Redirect(308, "https://192.0.2.10/x"));
  world.http.Reply("https://192.0.2.10/x", kV4, Redirect(302, "http://cdn.example.net/y"));
  world.http.Reply("http://cdn.example.net/y", kV6, Response(200, KeyAuthorizationText()));
  EXPECT_EQ(Verdict(world.Run()), "PASSED");
  EXPECT_THAT(world.dns.questions(), ElementsAre("AAAA cdn.example.net", "A cdn.example.net"));
}

TEST(Http01OfAddressTest, ReservedAddressesAreNeverRequested) {
  for (const char* reserved : {kV4, kV6, "127.0.0.1", "10.0.0.1", "::1", "::ffff:198.41.0.4"}) {
    SCOPED_TRACE(reserved);
    Http01World world(reserved);
    world.guard_lifted = false;
    const v1::CheckResult result = world.Run();
    EXPECT_EQ(Verdict(result), "FAILED ADDR_RESERVED");
    EXPECT_THAT(world.http.requests(), IsEmpty());
    ASSERT_EQ(result.steps_size(), 1);
    EXPECT_EQ(result.steps(0).http().used_address(), "");
  }
}

TEST(WebsiteChangeOfAddressTest, PassesWithEvidence) {
  const struct {
    const char* name;
    const char* address;
    v1::WebsiteChange::Scheme scheme;
    unsigned port;
    const char* url;
  } cases[] = {
      {"http", "192.0.2.10", v1::WebsiteChange::HTTP, 0, kFileUrl},
      {"IPv6 by https", "2001:DB8::10", v1::WebsiteChange::HTTPS, 0,
       "https://[2001:db8::10]/.well-known/pki-validation/proof.html"},
      {"another Authorized Port", "2001:db8::10", v1::WebsiteChange::HTTP, 443,
       "http://[2001:db8::10]:443/.well-known/pki-validation/proof.html"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    WebsiteWorld world;
    world.check.mutable_identifier()->set_ip_address(c.address);
    world.change().set_scheme(c.scheme);
    world.change().set_port(c.port);
    world.http.Reply(c.url, IpAddress::Parse(c.address)->text(),
                     Response(200, absl::StrCat("<p>", kRandomValue)));
    const v1::CheckResult result = world.Run();
    EXPECT_EQ(Verdict(result), "PASSED");
    EXPECT_EQ(result.observed_value(), kRandomValue);
    EXPECT_EQ(result.http().final_url(), c.url);
    EXPECT_EQ(result.http().match_offset(), 3U);
    EXPECT_FALSE(result.http().in_meta_tag());
    EXPECT_THAT(world.dns.questions(), IsEmpty());
  }
}

TEST(WebsiteChangeOfAddressTest, Responses) {
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
      {"vector 47: the value in Location", Redirect(302, "/p?v=" + value),
       "FAILED REDIRECT_STATUS"},
      {"vector 56: a relative redirect", Redirect(302, "/other"), "FAILED REDIRECT_STATUS"},
      {"a redirect to the same address", Redirect(308, "https://192.0.2.10/x"),
       "FAILED REDIRECT_STATUS"},
      {"inside a longer token", Response(200, value + "0"), "FAILED BODY_MISMATCH"},
      {"vector 62: 1 MB that begins with it", Response(200, value + std::string(1 << 20, ' ')),
       "FAILED BODY_TOO_LARGE"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    WebsiteWorld world;
    world.http.Reply(kFileUrl, kV4, c.reply);
    const v1::CheckResult result = world.Run();
    EXPECT_EQ(Verdict(result), c.verdict);
    EXPECT_EQ(world.http.requests().size(), 1U);
    if (c.reply.status == 302) {
      EXPECT_THAT(result.problem().detail(),
                  HasSubstr("status 302; redirects are not followed for IP addresses"));
    }
  }
}

TEST(WebsiteChangeOfAddressTest, QuestionsThatAreRefusedBeforeAnyTraffic) {
  struct Case {
    const char* name;
    void (*apply)(WebsiteWorld& world);
    const char* verdict;
  };
  const Case cases[] = {
      {"vector 46: file named by the value",
       [](WebsiteWorld& w) { w.change().set_file(absl::StrCat(kRandomValue, ".txt")); },
       "FAILED TOKEN_IN_REQUEST"},
      {"value that the Host header sends",
       [](WebsiteWorld& w) {
         w.check.mutable_identifier()->set_ip_address("2001:db8:0:1:2:3:4:10");
         w.change().set_expected_value("2001:db8:0:1:2:3:4:10");
       },
       "FAILED TOKEN_IN_REQUEST"},
      {"vector 50: out of the directory", [](WebsiteWorld& w) { w.change().set_file("../x"); },
       "ERROR BAD_REQUEST"},
      {"an ADN", [](WebsiteWorld& w) { w.check.set_authorization_domain_name("example.com"); },
       "ERROR BAD_REQUEST"},
      {"not an address",
       [](WebsiteWorld& w) { w.check.mutable_identifier()->set_ip_address("192.0.2"); },
       "ERROR BAD_REQUEST"},
      {"a value of yesterday's month",
       [](WebsiteWorld& w) {
         w.check.mutable_challenge_created_at()->set_seconds(1795435200 - (30 * 86400) - 1);
       },
       "FAILED TOKEN_EXPIRED"},
      {"a Reserved IP Address", [](WebsiteWorld& w) { w.guard_lifted = false; },
       "FAILED ADDR_RESERVED"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    WebsiteWorld world;
    c.apply(world);
    EXPECT_EQ(Verdict(world.Run()), c.verdict);
    EXPECT_THAT(world.dns.questions(), IsEmpty());
    EXPECT_THAT(world.http.requests(), IsEmpty());
  }
}

TEST(WebsiteChangeOfAddressTest, MetaTagWhenAskedFor) {
  const std::string value = kRandomValue;
  const struct {
    const char* name;
    std::string body;
    const char* verdict;
  } cases[] = {
      {"in a meta tag", absl::StrCat("<title>x</title><meta name=ca content=", value, ">"),
       "PASSED"},
      {"in the text alone", value, "FAILED BODY_MISMATCH"},
      {"in a comment alone", absl::StrCat("<!--<meta content=", value, ">-->"),
       "FAILED BODY_MISMATCH"},
      {"at the end of 32 KiB",
       absl::StrCat(std::string(32768 - 47, ' '), "<meta content=", value, ">"), "PASSED"},
      {"over 32 KiB", absl::StrCat(std::string(32769 - 47, ' '), "<meta content=", value, ">"),
       "FAILED BODY_TOO_LARGE"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    WebsiteWorld world;
    world.change().set_require_meta_tag(true);
    world.http.Reply(kFileUrl, kV4, Response(200, c.body));
    const v1::CheckResult result = world.Run();
    EXPECT_EQ(Verdict(result), c.verdict) << result.problem().detail();
    const bool passed = result.outcome() == v1::PASSED;
    EXPECT_EQ(result.http().in_meta_tag(), passed);
    EXPECT_EQ(result.http().match_offset(), passed ? c.body.find("<meta") : 0U);
  }
}

}  // namespace
}  // namespace mpic::testing
