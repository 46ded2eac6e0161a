// Whole checks of names whose zones, aliases, redirects and CNAME steps fail DNSSEC: real zones, a
// real validating resolver, a whole perspective.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/fake_dns_client.h"
#include "tests/support/hostile_http_server.h"
#include "tests/support/perspective_under_test.h"
#include "tests/support/signed_world_suite.h"

namespace mpic::testing {
namespace {

constexpr char kKeyAuthorization[] =
    "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA.NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs";
constexpr char kProof[] =
    "_acme-challenge IN TXT \"ZTRx1Ckl1-tM05o5zaizTTA0yUy5AGereMgSNWC6Ll8\"\n";
constexpr char kOurCaa[] = "@ IN CAA 0 issue \"ca.example.com\"\n";

std::vector<SignedWorldZone> Zones() {
  using Zone = SignedWorldZone;
  // Each zone would prove everything, if it could be believed.
  const std::string all =
      absl::StrCat(kProof, kOurCaa, "@ IN A 127.0.0.1\nstep IN CNAME good.com.\n");
  return {
      {.name = "good.com",
       .records = absl::StrCat(all,
                               "_acme-challenge.alias IN CNAME _acme-challenge.expired.com.\n"
                               "_acme-challenge.moved IN CNAME _acme-challenge.old.good.com.\n"
                               "old IN DNAME good.com.\n"
                               "alias IN CNAME expired.com.\n"
                               "detour IN CNAME step.expired.com.\n"
                               "way IN CNAME step.good.com.\n")},
      {.name = "child.nsec3.com", .records = all, .is_signed = false},
      {.name = "nsec3.com", .records = all, .denial = Zone::Denial::kNsec3},
      {.name = "child.optout.com", .records = all, .is_signed = false},
      {.name = "optout.com", .records = all, .denial = Zone::Denial::kNsec3OptOut},
      {.name = "expired.com", .records = all, .validity = Zone::Validity::kPast},
      {.name = "early.com", .records = all, .validity = Zone::Validity::kFuture},
      {.name = "wrongds.com", .records = all, .ds = Zone::Ds::kOfAnotherKey},
      {.name = "stripped.com", .records = all, .left_out = {"\tRRSIG\t"}},
      {.name = "rolling.com",
       .records = all,
       .algorithms = {"RSASHA256", "ECDSAP256SHA256"},
       .left_out = {"\tRRSIG\tTXT 8 ", "\tRRSIG\tCAA 8 "}},
      {.name = "newdigest.com", .records = all, .ds = Zone::Ds::kUnknownDigest},
  };
}

class SignedChecksTest : public SignedWorldSuite {
 protected:
  static void SetUpTestSuite() { Build(Zones()); }
};

v1::Check Dns01CheckOf(const std::string& name) {
  v1::Check check = CheckOf(name);
  check.mutable_dns_01()->set_key_authorization(kKeyAuthorization);
  return check;
}

// Of each DNS lookup, in order.
std::vector<std::string> Lookups(const v1::CheckResult& result) {
  std::vector<std::string> lookups;
  for (const v1::Step& step : result.steps()) {
    if (!step.has_dns()) continue;
    const auto type = static_cast<RecordType>(step.dns().qtype());
    lookups.push_back(absl::StrCat(std::string(RecordTypeName(type)), " ", step.dns().qname(), " ",
                                   v1::DnssecStatus_Name(step.dns().dnssec())));
  }
  return lookups;
}

TEST_F(SignedChecksTest, RecordsAreBelievedWhereNoSignatureFails) {
  PerspectiveUnderTest perspective(LoopbackPerspective(resolver()));
  const struct {
    const char* name;
    const char* dns_01;
    const char* caa;
    v1::DnssecStatus dnssec;  // of the first lookup of either
  } cases[] = {
      {"good.com", "PASSED", "PASSED", v1::SECURE},
      {"nsec3.com", "PASSED", "PASSED", v1::SECURE},
      {"optout.com", "PASSED", "PASSED", v1::SECURE},
      {"child.nsec3.com", "PASSED", "PASSED", v1::NOT_SECURE},
      {"child.optout.com", "PASSED", "PASSED", v1::NOT_SECURE},
      {"rolling.com", "PASSED", "PASSED", v1::SECURE},
      {"newdigest.com", "PASSED", "PASSED", v1::NOT_SECURE},
      // Vector 26.
      {"expired.com", "FAILED DNSSEC_BOGUS", "FAILED DNSSEC_BOGUS", v1::BOGUS},
      {"early.com", "FAILED DNSSEC_BOGUS", "FAILED DNSSEC_BOGUS", v1::BOGUS},
      {"wrongds.com", "FAILED DNSSEC_BOGUS", "FAILED DNSSEC_BOGUS", v1::BOGUS},
      {"stripped.com", "FAILED DNSSEC_BOGUS", "FAILED DNSSEC_BOGUS", v1::BOGUS},
      {"alias.good.com", "FAILED DNSSEC_BOGUS", "FAILED DNSSEC_BOGUS", v1::BOGUS},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    for (const v1::Check& check : {Dns01CheckOf(c.name), CaaCheckOf(c.name)}) {
      const v1::CheckResult result = perspective.Run(check);
      EXPECT_EQ(VerdictOf(result), check.has_caa() ? c.caa : c.dns_01) << result.problem().detail();
      ASSERT_GT(result.steps_size(), 0);
      EXPECT_EQ(result.steps(0).dns().dnssec(), c.dnssec);
      EXPECT_FALSE(result.caa().has_valid_until() && result.outcome() != v1::PASSED);
    }
  }
}

TEST_F(SignedChecksTest, DnamesAreFollowedToTheProof) {
  PerspectiveUnderTest perspective(LoopbackPerspective(resolver()));
  const v1::CheckResult result = perspective.Run(Dns01CheckOf("moved.good.com"));
  EXPECT_EQ(VerdictOf(result), "PASSED") << result.problem().detail();
  EXPECT_THAT(Lookups(result), ::testing::ElementsAre("TXT _acme-challenge.moved.good.com SECURE"));
  EXPECT_THAT(result.steps(0).dns().cname_chain(),
              ::testing::ElementsAre("_acme-challenge.old.good.com", "_acme-challenge.good.com"));
}

TEST_F(SignedChecksTest, ACnameStepInABogusZoneIsNotTaken) {
  PerspectiveUnderTest perspective(LoopbackPerspective(resolver()));
  const auto run = [&](const std::string& name, unsigned steps) {
    v1::Check check = Dns01CheckOf(name);
    check.set_authorization_domain_name("good.com");
    check.set_adn_cname_steps(steps);
    return perspective.Run(check);
  };
  v1::CheckResult result = run("way.good.com", 2);
  EXPECT_EQ(VerdictOf(result), "PASSED") << result.problem().detail();
  EXPECT_THAT(Lookups(result),
              ::testing::ElementsAre("CNAME way.good.com SECURE", "CNAME step.good.com SECURE",
                                     "TXT _acme-challenge.good.com SECURE"));
  result = run("step.expired.com", 1);
  EXPECT_EQ(VerdictOf(result), "FAILED DNSSEC_BOGUS") << result.problem().detail();
  EXPECT_THAT(Lookups(result), ::testing::ElementsAre("CNAME step.expired.com BOGUS"));
  result = run("detour.good.com", 2);
  EXPECT_EQ(VerdictOf(result), "FAILED DNSSEC_BOGUS") << result.problem().detail();
  EXPECT_THAT(Lookups(result), ::testing::ElementsAre("CNAME detour.good.com SECURE",
                                                      "CNAME step.expired.com BOGUS"));
}

// The verdict of http-01 when good.com redirects to `host`, whose address is the same.
v1::CheckResult RunRedirected(const IpEndpoint& resolver, const std::string& host) {
  HostileHttpServer server(
      Says(absl::StrCat("HTTP/1.1 302 Found\r\nLocation: http://", host, "/x\r\n\r\n")));
  auto config = LoopbackPerspective(resolver);
  config.mutable_lab()->set_http_port(server.port());
  PerspectiveUnderTest perspective(config);
  v1::Check check = CheckOf("good.com");
  check.mutable_http_01()->set_key_authorization(kKeyAuthorization);
  return perspective.Run(check);
}

TEST_F(SignedChecksTest, ARedirectIntoABogusZoneIsNotFollowed) {
  v1::CheckResult result = RunRedirected(resolver(), "expired.com");
  EXPECT_EQ(VerdictOf(result), "FAILED DNSSEC_BOGUS") << result.problem().detail();
  ASSERT_EQ(result.steps_size(), 5);
  EXPECT_EQ(result.steps(2).http().status(), 302U);
  EXPECT_THAT(Lookups(result),
              ::testing::ElementsAre("AAAA good.com SECURE", "A good.com SECURE",
                                     "AAAA expired.com BOGUS", "A expired.com BOGUS"));
  // The same redirect goes on where the zone is sound: it leads to the server again.
  result = RunRedirected(resolver(), "nsec3.com");
  EXPECT_EQ(VerdictOf(result), "FAILED REDIRECT_LOOP") << result.problem().detail();
}

}  // namespace
}  // namespace mpic::testing
