#include "perspective/methods/http_01.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/web_world.h"

namespace mpic::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kV4[] = "192.0.2.10";
constexpr char kV6[] = "2001:db8::10";

std::string ChallengeUrl() {
  return absl::StrCat("http://shop.example.com/.well-known/acme-challenge/", kToken);
}

struct Http01World : WebWorld {
  Http01World() { check.mutable_http_01()->set_key_authorization(KeyAuthorizationText()); }
  v1::CheckResult Run() { return WebWorld::Run(perspective::CheckHttp01); }
};

// The verdict when the challenge URL answers `reply`.
std::string VerdictOf(HttpReply reply) {
  Http01World world;
  world.http.Reply(ChallengeUrl(), kV4, std::move(reply));
  return Verdict(world.Run());
}

TEST(Http01Test, PassesWithEvidence) {
  Http01World world;
  world.http.Reply(ChallengeUrl(), kV4, Response(200, KeyAuthorizationText()));
  const v1::CheckResult result = world.Run();
  EXPECT_EQ(Verdict(result), "PASSED");
  EXPECT_EQ(result.observed_value(), KeyAuthorizationText());
  EXPECT_EQ(result.http().final_url(), ChallengeUrl());
  EXPECT_EQ(result.http().final_status(), 200U);
  EXPECT_EQ(result.http().body(), KeyAuthorizationText());
  ASSERT_EQ(result.steps_size(), 3);
  EXPECT_EQ(result.steps(0).dns().qtype(), 28U);
  EXPECT_EQ(result.steps(1).dns().qtype(), 1U);
  const v1::HttpStep& step = result.steps(2).http();
  EXPECT_EQ(step.url(), ChallengeUrl());
  EXPECT_THAT(step.resolved_addresses(), ElementsAre(kV4));
  EXPECT_EQ(step.used_address(), kV4);
  EXPECT_EQ(step.port(), 80U);
  EXPECT_EQ(step.status(), 200U);
}

TEST(Http01Test, Responses) {
  const std::string ka = KeyAuthorizationText();
  const struct {
    const char* name;
    HttpReply reply;
    const char* verdict;
  } cases[] = {
      {"vector 52: CRLF behind it", Response(200, ka + "\r\n"), "PASSED"},
      {"vector 53: space before it", Response(200, " " + ka), "FAILED BODY_MISMATCH"},
      {"vector 53: x behind it", Response(200, ka + "x"), "FAILED BODY_MISMATCH"},
      {"vector 53: byte order mark", Response(200, "\xef\xbb\xbf" + ka), "FAILED BODY_MISMATCH"},
      {"vector 53: other thumbprint",
       Response(200, absl::StrCat(kToken, ".", std::string(43, 'A'))), "FAILED BODY_MISMATCH"},
      {"vector 49: 404", Response(404, ka), "FAILED HTTP_STATUS"},
      {"vector 49: 203", Response(203, ka), "PASSED"},
      {"500", Response(500), "FAILED HTTP_STATUS"},
      {"204 without a body", Response(204), "FAILED BODY_MISMATCH"},
      {"vector 55: 303", Redirect(303, "/x"), "FAILED REDIRECT_STATUS"},
      {"vector 55: 300", Redirect(300, "/x"), "FAILED REDIRECT_STATUS"},
      {"vector 55: meta refresh", Response(200, "<meta http-equiv=refresh content='0;url=/x'>"),
       "FAILED BODY_MISMATCH"},
      {"vector 62: 1 MB that begins with it", Response(200, ka + std::string(1 << 20, ' ')),
       "FAILED BODY_TOO_LARGE"},
      {"256 octets", Response(200, ka + std::string(256 - ka.size(), '\n')), "PASSED"},
      {"257 octets", Response(200, ka + std::string(257 - ka.size(), '\n')),
       "FAILED BODY_TOO_LARGE"},
      {"redirect without Location", Response(302), "FAILED REDIRECT_LOCATION"},
      {"refused", NoConnection(v1::Problem::CONN_REFUSED), "FAILED CONN_REFUSED"},
      {"reset", BrokenConnection(v1::Problem::CONN_RESET), "FAILED CONN_RESET"},
      {"not tried", NoConnection(v1::Problem::OVERLOADED), "ERROR OVERLOADED"},
      {"no HTTP", BrokenConnection(v1::Problem::HTTP_MALFORMED), "FAILED HTTP_MALFORMED"},
  };
  for (const auto& c : cases) EXPECT_EQ(VerdictOf(c.reply), c.verdict) << c.name;
}

TEST(Http01Test, QuestionsThatAreRefusedBeforeAnyTraffic) {
  struct Case {
    const char* name;
    void (*change)(v1::Check& check);
    const char* verdict;
  };
  const Case cases[] = {
      {"vector 5: another ADN",
       [](v1::Check& c) { c.set_authorization_domain_name("example.com"); }, "ERROR BAD_REQUEST"},
      {"CNAME steps", [](v1::Check& c) { c.set_adn_cname_steps(1); }, "ERROR BAD_REQUEST"},
      {"wildcard", [](v1::Check& c) { c.mutable_identifier()->set_dns_name("*.shop.example.com"); },
       "ERROR BAD_REQUEST"},
      {"onion", [](v1::Check& c) { c.mutable_identifier()->set_dns_name("abc.onion"); },
       "ERROR BAD_REQUEST"},
      {"no identifier", [](v1::Check& c) { c.clear_identifier(); }, "ERROR BAD_REQUEST"},
      {"no key authorization", [](v1::Check& c) { c.clear_http_01(); }, "ERROR BAD_REQUEST"},
      {"token outside base64url",
       [](v1::Check& c) {
         c.mutable_http_01()->set_key_authorization(
             absl::StrCat("../../../../../../../../../etc", ".", kThumbprint));
       },
       "ERROR BAD_REQUEST"},
      {"token of 129 octets",
       [](v1::Check& c) {
         c.mutable_http_01()->set_key_authorization(
             absl::StrCat(std::string(129, 'a'), ".", kThumbprint));
       },
       "ERROR BAD_REQUEST"},
      {"challenge of tomorrow",
       [](v1::Check& c) { c.mutable_challenge_created_at()->set_seconds(1795435200 + 86400); },
       "FAILED TOKEN_EXPIRED"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    Http01World world;
    c.change(world.check);
    EXPECT_EQ(Verdict(world.Run()), c.verdict);
    EXPECT_THAT(world.dns.questions(), IsEmpty());
    EXPECT_THAT(world.http.requests(), IsEmpty());
  }
}

TEST(Http01Test, AdnThatIsTheIdentifierIsFine) {
  Http01World world;
  world.check.set_authorization_domain_name("shop.example.com");
  world.http.Reply(ChallengeUrl(), kV4, Response(200, KeyAuthorizationText()));
  EXPECT_EQ(Verdict(world.Run()), "PASSED");
}

TEST(Http01Test, Ipv4IsTriedOnlyWhenNoIpv6ConnectionCameAbout) {
  const HttpReply good = Response(200, KeyAuthorizationText());
  const struct {
    const char* name;
    HttpReply v6_reply;
    bool fallback;
    const char* verdict;
  } cases[] = {
      {"refused", NoConnection(v1::Problem::CONN_REFUSED), true, "PASSED"},
      {"not tried", NoConnection(v1::Problem::OVERLOADED), false, "ERROR OVERLOADED"},
      {"no IPv6 here", NoConnection(v1::Problem::CONN_UNREACHABLE), true, "PASSED"},
      {"vector 61: AAAA serves 404", Response(404), false, "FAILED HTTP_STATUS"},
      {"reset after connecting", BrokenConnection(v1::Problem::CONN_RESET), false,
       "FAILED CONN_RESET"},
      {"another body", Response(200, "no"), false, "FAILED BODY_MISMATCH"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    Http01World world;
    world.Host("shop.example.com", {kV6, "2001:db8::11"}, {kV4, "192.0.2.11"});
    world.http.Reply(ChallengeUrl(), kV6, c.v6_reply);
    if (c.fallback) world.http.Reply(ChallengeUrl(), kV4, good);
    EXPECT_EQ(Verdict(world.Run()), c.verdict);
    EXPECT_EQ(world.http.requests().size(), c.fallback ? 2U : 1U);
  }
}

TEST(Http01Test, BothFamiliesRefusedReportsTheLast) {
  Http01World world;
  world.Host("shop.example.com", {kV6}, {kV4});
  world.http.Reply(ChallengeUrl(), kV6, NoConnection(v1::Problem::CONN_UNREACHABLE));
  world.http.Reply(ChallengeUrl(), kV4, NoConnection(v1::Problem::CONN_REFUSED));
  const v1::CheckResult result = world.Run();
  EXPECT_EQ(Verdict(result), "FAILED CONN_REFUSED");
  ASSERT_EQ(result.steps_size(), 4);
  EXPECT_EQ(result.steps(2).http().problem().kind(), v1::Problem::CONN_UNREACHABLE);
}

TEST(Http01Test, Lookups) {
  const DnsAnswer v4 = AddressAnswer({kV4});
  const struct {
    const char* name;
    DnsAnswer aaaa;
    DnsAnswer a;
    const char* verdict;
  } cases[] = {
      {"no addresses", NoData(), NoData(), "FAILED ADDR_NONE"},
      {"no such name", NxDomain(), NxDomain(), "FAILED DNS_NXDOMAIN"},
      {"SERVFAIL for AAAA, address by A", LookupError(v1::Problem::DNS_SERVFAIL), v4, "PASSED"},
      {"timeout for AAAA, nothing by A", LookupError(v1::Problem::DNS_TIMEOUT), NoData(),
       "ERROR DNS_TIMEOUT"},
      {"nothing by AAAA, SERVFAIL for A", NoData(), LookupError(v1::Problem::DNS_SERVFAIL),
       "ERROR DNS_SERVFAIL"},
      {"bogus AAAA, address by A", LookupError(v1::Problem::DNSSEC_BOGUS), v4,
       "FAILED DNSSEC_BOGUS"},
      {"address by AAAA, indeterminate A", AddressAnswer({kV6}),
       LookupError(v1::Problem::DNSSEC_INDETERMINATE), "ERROR DNSSEC_INDETERMINATE"},
      {"A record of 5 octets", NoData(), RdataAnswer({"12345"}), "ERROR DNS_MALFORMED"},
      {"A record of 16 octets", NoData(), AddressAnswer({kV6}), "ERROR DNS_MALFORMED"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    Http01World world;
    world.http.Reply(ChallengeUrl(), kV4, Response(200, KeyAuthorizationText()));
    world.dns.Answer("shop.example.com", RecordType::kAaaa, c.aaaa);
    world.dns.Answer("shop.example.com", RecordType::kA, c.a);
    EXPECT_EQ(Verdict(world.Run()), c.verdict);
    EXPECT_THAT(world.dns.questions(), ElementsAre("AAAA shop.example.com", "A shop.example.com"));
  }
}

TEST(Http01Test, ReservedAddressesAreNeverRequested) {
  Http01World world;
  world.guard_lifted = false;
  world.Host("shop.example.com", {"::1", "2606:4700::1"}, {"10.0.0.1"});
  world.http.Reply(ChallengeUrl(), "2606:4700::1", Response(200, KeyAuthorizationText()));
  EXPECT_EQ(Verdict(world.Run()), "PASSED");

  Http01World reserved;
  reserved.guard_lifted = false;
  const v1::CheckResult result = reserved.Run();
  EXPECT_EQ(Verdict(result), "FAILED ADDR_RESERVED");
  EXPECT_THAT(reserved.http.requests(), IsEmpty());
  ASSERT_EQ(result.steps_size(), 3);
  EXPECT_THAT(result.steps(2).http().resolved_addresses(), ElementsAre(kV4));
  EXPECT_EQ(result.steps(2).http().used_address(), "");
}

TEST(Http01Test, RedirectsAreLookedUpAndFollowed) {
  Http01World world;
  world.Host("cdn.example.net", {kV6}, {});
  world.http.Reply(ChallengeUrl(), kV4, Redirect(301, "/other"));  // vector 56
  world.http.Reply("http://shop.example.com/other", kV4,
                   Redirect(307, "https://cdn.example.net/x#part"));
  world.http.Reply("https://cdn.example.net/x", kV6, Response(200, KeyAuthorizationText()));
  const v1::CheckResult result = world.Run();
  EXPECT_EQ(Verdict(result), "PASSED");
  EXPECT_EQ(result.http().final_url(), "https://cdn.example.net/x");
  EXPECT_THAT(world.dns.questions(),
              ElementsAre("AAAA shop.example.com", "A shop.example.com", "AAAA shop.example.com",
                          "A shop.example.com", "AAAA cdn.example.net", "A cdn.example.net"));
  ASSERT_EQ(result.steps_size(), 9);
  EXPECT_EQ(result.steps(2).http().location(), "/other");
  EXPECT_EQ(result.steps(8).http().port(), 443U);
}

TEST(Http01Test, RedirectsThatEndTheCheck) {
  const struct {
    const char* name;
    const char* location;
    const char* verdict;
  } cases[] = {
      {"vector 58: IPv6 loopback", "http://[::1]/", "FAILED ADDR_RESERVED"},
      {"vector 58: name at a reserved address", "http://inside.example.com/",
       "FAILED ADDR_RESERVED"},
      {"port 8080", "http://shop.example.com:8080/", "FAILED REDIRECT_PORT"},
      {"scheme", "gopher://shop.example.com/", "FAILED REDIRECT_SCHEME"},
      {"single label", "http://localhost/", "FAILED REDIRECT_HOST"},
      {"octets that no URI has", "/\xff", "FAILED REDIRECT_LOCATION"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    Http01World world;
    world.guard_lifted = false;
    world.Host("shop.example.com", {}, {"198.41.0.4"});
    world.Host("inside.example.com", {}, {"192.0.2.1"});
    world.http.Reply(ChallengeUrl(), "198.41.0.4", Redirect(302, c.location));
    const v1::CheckResult result = world.Run();
    EXPECT_EQ(Verdict(result), c.verdict);
    EXPECT_EQ(world.http.requests().size(), 1U);
    v1::CheckResult reread;  // protobuf refuses strings that are not UTF-8
    EXPECT_TRUE(reread.ParseFromString(result.SerializeAsString()));
  }
}

TEST(Http01Test, Vector59LoopAndLimit) {
  Http01World loop;
  loop.http.Reply(ChallengeUrl(), kV4, Redirect(302, "/b"));
  loop.http.Reply("http://shop.example.com/b", kV4, Redirect(302, ChallengeUrl()));
  EXPECT_EQ(Verdict(loop.Run()), "FAILED REDIRECT_LOOP");
  EXPECT_EQ(loop.http.requests().size(), 2U);

  Http01World chain;
  chain.http.Reply(ChallengeUrl(), kV4, Redirect(302, "/1"));
  for (int hop = 1; hop <= 10; ++hop) {
    chain.http.Reply(absl::StrCat("http://shop.example.com/", hop), kV4,
                     Redirect(302, absl::StrCat("/", hop + 1)));
  }
  EXPECT_EQ(Verdict(chain.Run()), "FAILED REDIRECT_LIMIT");
  EXPECT_EQ(chain.http.requests().size(), 11U);
}

}  // namespace
}  // namespace mpic::testing
