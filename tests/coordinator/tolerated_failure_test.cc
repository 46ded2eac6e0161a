#include "coordinator/tolerated_failure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "coordinator/result_check.h"
#include "tests/coordinator/corroboration_world.h"

namespace mpic::coordinator {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kNotAsked[] = "not asked to";
constexpr char kNotTolerable[] = "cannot be tolerated";
constexpr char kNoProof[] = "without proof";

v1::Check Asked(v1::CaaCheck::LookupFailure rule = v1::CaaCheck::MAY_PERMIT) {
  v1::Check check;
  check.mutable_identifier()->set_dns_name("*.shop.example.com");
  check.mutable_caa()->set_lookup_failure(rule);
  return check;
}

v1::DnsStep& Failed(v1::CheckResult& result, int step) {
  return *result.mutable_steps(step)->mutable_dns();
}

// Steps 0 and 1 failed, step 2 is the proof.
v1::CheckResult Tolerated() {
  v1::CheckResult result;
  result.set_outcome(v1::PASSED);
  result.mutable_perspective()->set_perspective_id("dublin");
  result.mutable_perspective()->mutable_resolver()->set_validates_dnssec(true);
  auto& tolerated = *result.mutable_caa()->mutable_tolerated_lookup_failure();
  tolerated.set_insecure_delegation("example.com");
  result.mutable_caa()->mutable_valid_until()->set_seconds(1);
  for (const char* name : {"shop.example.com", "example.com"}) {
    tolerated.add_failed_names(name);
    v1::DnsStep& lookup = *result.add_steps()->mutable_dns();
    lookup.set_qname(name);
    lookup.set_qtype(257);
    lookup.set_rcode(5);
    lookup.set_answered(true);
    lookup.set_tries(2);
    lookup.mutable_problem()->set_kind(v1::Problem::DNS_REFUSED);
    lookup.add_extended_errors()->set_info_code(22);
  }
  v1::DnsStep& proof = *result.add_steps()->mutable_dns();
  proof.set_qname("example.com");
  proof.set_qtype(43);
  proof.set_answered(true);
  proof.set_authentic_data(true);
  proof.set_dnssec(v1::INSECURE);
  return result;
}

void FailWith(v1::DnsStep& lookup, v1::Problem::Kind kind, unsigned rcode) {
  lookup.mutable_problem()->set_kind(kind);
  lookup.set_rcode(rcode);
  lookup.set_answered(rcode != 0);
}

TEST(ToleratedFailureTest, OnlyAProvenFailureThatWasAskedForIsTolerable) {
  const struct {
    const char* sentence;
    void (*change)(v1::CheckResult& result);
    const char* why;
  } cases[] = {
      {"as it must be", [](auto&) {}, ""},
      {"silence", [](auto& r) { FailWith(Failed(r, 0), v1::Problem::DNS_TIMEOUT, 0); },
       kNotTolerable},
      {"SERVFAIL", [](auto& r) { FailWith(Failed(r, 0), v1::Problem::DNS_SERVFAIL, 2); }, ""},
      {"a disowned answer", [](auto& r) { FailWith(Failed(r, 0), v1::Problem::DNS_SERVFAIL, 0); },
       kNotTolerable},
      {"bogus", [](auto& r) { FailWith(Failed(r, 1), v1::Problem::DNSSEC_BOGUS, 2); },
       kNotTolerable},
      {"no failure at all",
       [](auto& r) { FailWith(Failed(r, 0), v1::Problem::KIND_UNSPECIFIED, 0); }, kNotTolerable},
      {"one try", [](auto& r) { Failed(r, 1).set_tries(1); }, kNotTolerable},
      {"tries that failed in different ways",
       [](auto& r) { Failed(r, 1).set_tries_differed(true); }, kNotTolerable},
      {"REFUSED for no reason", [](auto& r) { Failed(r, 0).clear_extended_errors(); },
       kNotTolerable},
      {"SERVFAIL for no reason",
       [](auto& r) {
         FailWith(Failed(r, 0), v1::Problem::DNS_SERVFAIL, 2);
         Failed(r, 0).clear_extended_errors();
       },
       ""},
      {"a network error too",
       [](auto& r) { Failed(r, 0).add_extended_errors()->set_info_code(23); }, ""},
      {"another reason too", [](auto& r) { Failed(r, 0).add_extended_errors()->set_info_code(3); },
       kNotTolerable},
      {"an alias seen by another lookup",
       [](auto& r) {
         v1::DnsStep& alias = *r.add_steps()->mutable_dns();
         alias.set_qname("shop.example.com");
         alias.set_qtype(5);
         alias.add_rdata("h.edge.example.net");
       },
       kNotTolerable},
      {"a lookup that found no alias",
       [](auto& r) {
         v1::DnsStep& none = *r.add_steps()->mutable_dns();
         none.set_qname("shop.example.com");
         none.set_qtype(5);
       },
       ""},
      {"an alias", [](auto& r) { Failed(r, 0).add_cname_chain("h.edge.example.net"); },
       kNotTolerable},
      {"a failure without its step", [](auto& r) { Failed(r, 0).set_qtype(16); }, kNotTolerable},
      {"a second lookup that failed otherwise",
       [](auto& r) {
         *r.add_steps() = r.steps(0);
         FailWith(Failed(r, 3), v1::Problem::DNSSEC_BOGUS, 2);
       },
       kNotTolerable},
      {"no failed names",
       [](auto& r) { r.mutable_caa()->mutable_tolerated_lookup_failure()->clear_failed_names(); },
       "does not name"},
      {"a name that is not the identifier's",
       [](auto& r) {
         r.mutable_caa()->mutable_tolerated_lookup_failure()->set_failed_names(0, "b.example.com");
         Failed(r, 0).set_qname("b.example.com");
       },
       kNotTolerable},
      {"a delegation below a name that failed",
       [](auto& r) {
         r.mutable_caa()->mutable_tolerated_lookup_failure()->set_insecure_delegation(
             "shop.example.com");
         Failed(r, 2).set_qname("shop.example.com");
       },
       kNotTolerable},
      {"no delegation",
       [](auto& r) {
         r.mutable_caa()->mutable_tolerated_lookup_failure()->clear_insecure_delegation();
       },
       kNotTolerable},
      {"a proof of another delegation", [](auto& r) { Failed(r, 2).set_qname("com"); }, kNoProof},
      {"an answer that is merely not secure",
       [](auto& r) { Failed(r, 2).set_dnssec(v1::NOT_SECURE); }, kNoProof},
      {"a proof without AD", [](auto& r) { Failed(r, 2).set_authentic_data(false); }, kNoProof},
      {"a proof of another type", [](auto& r) { Failed(r, 2).set_qtype(2); }, kNoProof},
      {"a resolver that does not validate",
       [](auto& r) { r.mutable_perspective()->mutable_resolver()->set_validates_dnssec(false); },
       kNoProof},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.sentence);
    v1::CheckResult result = Tolerated();
    c.change(result);
    const std::string why = WhyUnusable(result, Asked());
    EXPECT_EQ(why.empty(), std::string(c.why).empty()) << why;
    EXPECT_THAT(why, HasSubstr(c.why));
  }
}

TEST(ToleratedFailureTest, TheRuleIsTheOneThatWasAsked) {
  EXPECT_THAT(WhyUnusable(Tolerated(), Asked(v1::CaaCheck::NEVER_PERMITS)), HasSubstr(kNotAsked));
  EXPECT_THAT(WhyUnusable(Tolerated(), Asked(static_cast<v1::CaaCheck::LookupFailure>(3))),
              HasSubstr(kNotAsked));
  // At the primary.
  const v1::Check asked = Asked(v1::CaaCheck::MAY_PERMIT_UNLESS_SERVFAIL);
  EXPECT_EQ(WhyUnusable(Tolerated(), asked), "");
  v1::CheckResult result = Tolerated();
  FailWith(Failed(result, 0), v1::Problem::DNS_SERVFAIL, 2);
  EXPECT_THAT(WhyUnusable(result, asked), HasSubstr(kNotTolerable));
}

// -- In a corroboration -------------------------------------------------------------------------

config::v1::CoordinatorConfig Permissive() {
  config::v1::CoordinatorConfig config = SoundConfig();
  config.mutable_policy()->set_caa_lookup_failure_may_permit(true);
  return config;
}

TEST(ToleratedFailureTest, PerspectivesAreAskedByPolicyAndRole) {
  CorroborationWorld strict;
  ASSERT_EQ(strict.Run(CaaInput()).verdict(), v1::CORROBORATED);
  EXPECT_EQ(strict.primary().questions().at(0).check.caa().lookup_failure(),
            v1::CaaCheck::NEVER_PERMITS);
  EXPECT_EQ(strict.remotes().at(0)->questions().at(0).check.caa().lookup_failure(),
            v1::CaaCheck::NEVER_PERMITS);

  CorroborationWorld permissive(Permissive());
  ASSERT_EQ(permissive.Run(CaaInput()).verdict(), v1::CORROBORATED);
  EXPECT_EQ(permissive.primary().questions().at(0).check.caa().lookup_failure(),
            v1::CaaCheck::MAY_PERMIT_UNLESS_SERVFAIL);
  for (FakePerspectiveSession* remote : permissive.remotes()) {
    for (const PerspectiveQuestion& question : remote->questions()) {
      EXPECT_EQ(question.check.caa().lookup_failure(), v1::CaaCheck::MAY_PERMIT);
    }
  }
}

TEST(ToleratedFailureTest, AnswerAndRecordSayThatTheyRestOnIt) {
  CorroborationWorld world(Permissive());
  v1::Corroboration answer = world.Run(CaaInput());
  EXPECT_EQ(answer.verdict(), v1::CORROBORATED);
  EXPECT_FALSE(answer.caa_lookup_failure_tolerated());
  EXPECT_THAT(answer.warnings(), IsEmpty());

  world.remote("dublin").ReplyWith([&](const PerspectiveQuestion&) {
    PerspectiveAnswer permit = PermitByCaa(world.place("dublin"), kToday + absl::Hours(8));
    *permit.result->mutable_caa()->mutable_tolerated_lookup_failure() =
        Tolerated().caa().tolerated_lookup_failure();
    return permit;
  });
  answer = world.Run(CaaInput());
  EXPECT_EQ(answer.verdict(), v1::CORROBORATED);
  EXPECT_TRUE(answer.caa_lookup_failure_tolerated());
  ASSERT_THAT(answer.warnings(), SizeIs(1));
  EXPECT_EQ(answer.warnings(0),
            "CAA: the permission of dublin rests on failed lookups at shop.example.com, "
            "example.com, tolerated below the proven insecure delegation example.com (BR 4.2.2.1)");
  EXPECT_TRUE(world.audit.records.back().corroboration().caa_lookup_failure_tolerated());
}

}  // namespace
}  // namespace mpic::coordinator
