// CAA lookups that fail at real lame servers, and where a real validating resolver's proof lets
// them be permission (BR 4.2.2.1, vector 128).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/fake_dns_client.h"
#include "tests/support/perspective_under_test.h"
#include "tests/support/signed_world_suite.h"

namespace mpic::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

std::vector<SignedWorldZone> Zones() {
  using Zone = SignedWorldZone;
  const auto lame = [](const std::string& name) {
    return Zone{.name = name, .records = "", .is_signed = false, .is_served = false};
  };
  return {
      lame("lame.com"),
      lame("lame.nsec3.com"),
      lame("lame.optout.com"),
      lame("lame.island.com"),
      lame("lame.expired.com"),
      lame("lame.forbid.com"),
      {.name = "nsec3.com", .records = "", .denial = Zone::Denial::kNsec3},
      {.name = "optout.com", .records = "", .denial = Zone::Denial::kNsec3OptOut},
      {.name = "island.com", .records = "", .ds = Zone::Ds::kNone},
      {.name = "expired.com", .records = "", .validity = Zone::Validity::kPast},
      {.name = "forbid.com", .records = "@ IN CAA 0 issue \"other.example.net\"\n"},
      {.name = "down.com", .records = "", .is_served = false},
      {.name = "plain.com",
       .records = "alias IN CNAME www.down.com.\nwww IN A 127.0.0.1\n*.probe IN TXT \"here\"\n",
       .is_signed = false},
  };
}

class ToleratedFailureTest : public SignedWorldSuite {
 protected:
  static void SetUpTestSuite() { Build(Zones()); }
};

config::v1::PerspectiveConfig Tolerant(const IpEndpoint& resolver) {
  config::v1::PerspectiveConfig config = LoopbackPerspective(resolver);
  config.mutable_resolver()->set_uncached_name("probe.plain.com");
  return config;
}

v1::Check CheckWith(const std::string& name, v1::CaaCheck::LookupFailure rule) {
  v1::Check check = CaaCheckOf(name);
  check.mutable_caa()->set_lookup_failure(rule);
  return check;
}

TEST_F(ToleratedFailureTest, OnlyAProvenInsecureDelegationLetsAFailurePermit) {
  PerspectiveUnderTest perspective(Tolerant(resolver()));
  const struct {
    const char* sentence;
    const char* name;
    const char* verdict;
    const char* insecure_delegation;
    const char* detail;
  } cases[] = {
      {"below NSEC", "lame.com", "PASSED", "lame.com", ""},
      {"deeper than the delegation", "a.b.lame.com", "PASSED", "lame.com", ""},
      {"below NSEC3", "www.lame.nsec3.com", "PASSED", "lame.nsec3.com", ""},
      {"below opt-out", "lame.optout.com", "ERROR CAA_LOOKUP_FAILED", "",
       "DS at lame.optout.com was answered without a proof"},
      // RFC 4035 section 4.3: its signatures count for nothing, no chain of trust leads to them.
      {"below an island", "lame.island.com", "PASSED", "island.com", ""},
      {"below a bogus zone", "lame.expired.com", "FAILED DNSSEC_BOGUS", "", ""},
      {"in a signed zone", "www.down.com", "ERROR CAA_LOOKUP_FAILED", "",
       "no delegation on the path is proven insecure"},
      {"an alias into a signed zone that fails", "alias.plain.com", "ERROR CAA_LOOKUP_FAILED", "",
       "alias"},
      // Stricter than the BR.
      {"forbidden further up", "lame.forbid.com", "FAILED CAA_FORBIDS", "", "CAA at forbid.com"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.sentence);
    const v1::CheckResult result = perspective.Run(CheckWith(c.name, v1::CaaCheck::MAY_PERMIT));
    EXPECT_EQ(VerdictOf(result), c.verdict) << result.problem().detail();
    EXPECT_EQ(result.caa().tolerated_lookup_failure().insecure_delegation(), c.insecure_delegation);
    EXPECT_THAT(result.problem().detail(), HasSubstr(c.detail));
    EXPECT_EQ(result.caa().has_valid_until(), result.outcome() == v1::PASSED);
    // The switch off: never.
    const v1::CheckResult off = perspective.Run(CaaCheckOf(c.name));
    EXPECT_NE(off.outcome(), v1::PASSED);
    EXPECT_FALSE(off.caa().has_tolerated_lookup_failure());
  }
}

TEST_F(ToleratedFailureTest, ServfailIsNeverPermissionAtThePrimary) {
  PerspectiveUnderTest perspective(Tolerant(resolver()));
  const v1::CheckResult result =
      perspective.Run(CheckWith("lame.com", v1::CaaCheck::MAY_PERMIT_UNLESS_SERVFAIL));
  EXPECT_EQ(VerdictOf(result), "ERROR CAA_LOOKUP_FAILED") << result.problem().detail();
}

TEST_F(ToleratedFailureTest, TheStepsHoldFailureAndProof) {
  PerspectiveUnderTest perspective(Tolerant(resolver()));
  const v1::CheckResult result =
      perspective.Run(CheckWith("www.lame.nsec3.com", v1::CaaCheck::MAY_PERMIT));
  EXPECT_EQ(VerdictOf(result), "PASSED") << result.problem().detail();
  EXPECT_THAT(result.caa().tolerated_lookup_failure().failed_names(),
              ElementsAre("www.lame.nsec3.com", "lame.nsec3.com"));
  std::vector<std::string> steps;
  // The last: a name that nobody has asked for before.
  const v1::DnsStep& uncached = result.steps().rbegin()->dns();
  EXPECT_THAT(uncached.qname(), ::testing::MatchesRegex("[0-9a-f]+[.]probe[.]plain[.]com"));
  EXPECT_THAT(uncached.rdata(), SizeIs(1));
  for (const v1::Step& step : result.steps()) {
    if (&step.dns() == &uncached) continue;
    const auto type = static_cast<RecordType>(step.dns().qtype());
    steps.push_back(absl::StrCat(std::string(RecordTypeName(type)), " ", step.dns().qname(), " ",
                                 step.dns().rcode(), " ",
                                 v1::DnssecStatus_Name(step.dns().dnssec())));
  }
  EXPECT_THAT(steps, ElementsAre("CAA www.lame.nsec3.com 2 DNSSEC_STATUS_UNSPECIFIED",
                                 "CAA lame.nsec3.com 2 DNSSEC_STATUS_UNSPECIFIED",
                                 "CAA nsec3.com 0 SECURE", "CAA com 0 SECURE", "DS com 0 SECURE",
                                 "DS nsec3.com 0 SECURE", "DS lame.nsec3.com 0 INSECURE",
                                 "CNAME www.lame.nsec3.com 2 DNSSEC_STATUS_UNSPECIFIED",
                                 "CNAME lame.nsec3.com 2 DNSSEC_STATUS_UNSPECIFIED"));
}

}  // namespace
}  // namespace mpic::testing
