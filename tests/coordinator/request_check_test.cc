// The request as a whole: ids, counts, times, the RA's own determination, and the report.
#include "coordinator/request_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "coordinator/field_violations.h"
#include "tests/coordinator/request_check_cases.h"

namespace mpic::coordinator {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Request = v1::CorroborateRequest;

constexpr char kBudget[] = "inputs[0].check.time_budget";
constexpr char kCreated[] = "inputs[0].check.challenge_created_at";

Request Many(int count) {
  Request request;
  for (int i = 0; i < count; ++i) *request.add_inputs() = Dns01().inputs(0);
  return request;
}

TEST(RequestCheckTest, RequestAndCheckIds) {
  ExpectAll(
      RequestWorld(),
      {
          {"no request id", Dns01, [](Request& r) { r.clear_request_id(); }, nullptr, ""},
          {"a request id of 128 octets", Dns01,
           [](Request& r) { r.set_request_id(std::string(128, 'a')); }, nullptr, ""},
          {"a request id of 129 octets", Dns01,
           [](Request& r) { r.set_request_id(std::string(129, 'a')); }, "request_id",
           "BAD_REQUEST: must be at most 128 octets"},
          {"a line break in the request id", Dns01, [](Request& r) { r.set_request_id("a\nb"); },
           "request_id", "printable ASCII"},
          {"a check id of 65 octets", Dns01,
           [](Request& r) { CheckOf(r).set_check_id(std::string(65, 'a')); },
           "inputs[0].check.check_id", "has 65 octets"},
          {"a blank in the check id", Dns01, [](Request& r) { CheckOf(r).set_check_id("a b"); },
           "inputs[0].check.check_id", "printable ASCII without space"},
          {"an attempt number", Dns01, [](Request& r) { CheckOf(r).set_attempt(1); },
           "inputs[0].check.attempt", "the coordinator sets it"},
      });
}

TEST(RequestCheckTest, ATenantAsksForItsOwnMethodsAlone) {
  const Tenant tenant{.tenant_id = "one", .methods = {v1::CAA}};
  RequestWorld world;
  world.tenant = &tenant;
  EXPECT_THAT(world.Violations(Caa()), IsEmpty());
  EXPECT_THAT(world.Violations(Dns01()),
              ElementsAre("inputs[0].check: BAD_REQUEST: method dns-01 is not permitted for tenant "
                          "one"));
}

TEST(RequestCheckTest, NoMoreChecksOfOneTargetThanAreEverUnderWay) {
  RequestWorld world;
  world.checks_per_target_max = 2;
  const auto add = [](Request& request, const char* name) {
    *request.add_inputs() = Dns01().inputs(0);
    request.mutable_inputs()->rbegin()->mutable_check()->mutable_identifier()->set_dns_name(name);
  };
  Request request = Many(2);
  add(request, "other.example.com");
  EXPECT_THAT(world.Violations(request), IsEmpty());
  add(request, "*.SHOP.example.com");
  add(request, "shop.example.com");
  EXPECT_THAT(
      world.Violations(request),
      ElementsAre(HasSubstr("inputs[3].check.identifier: BAD_REQUEST: more than 2 checks")));
}

TEST(RequestCheckTest, NamesOfOneAuthorizationDomainNameAreOneTarget) {
  RequestWorld world;
  world.checks_per_target_max = 2;
  Request request;
  for (const char* name : {"a.shop.example.com", "b.shop.example.com", "*.shop.example.com"}) {
    *request.add_inputs() = DnsChange().inputs(0);
    v1::Check& check = *request.mutable_inputs()->rbegin()->mutable_check();
    check.mutable_identifier()->set_dns_name(name);
    check.set_authorization_domain_name("shop.example.com");
  }
  EXPECT_THAT(
      world.Violations(request),
      ElementsAre(HasSubstr("inputs[2].check.identifier: BAD_REQUEST: more than 2 checks")));
  request.mutable_inputs(2)->mutable_check()->clear_authorization_domain_name();
  request.mutable_inputs(2)->mutable_check()->mutable_identifier()->set_dns_name(
      "c.shop.example.com");
  EXPECT_THAT(world.Violations(request), IsEmpty());
}

TEST(RequestCheckTest, EmptyCheckIdsAreNumbered) {
  Request request = Many(3);
  request.mutable_inputs(1)->mutable_check()->set_check_id("dcv");
  const CheckedRequest checked = RequestWorld().Checked(request);
  ASSERT_THAT(checked.inputs, SizeIs(3));
  EXPECT_EQ(checked.inputs[0].check.check_id(), "1");
  EXPECT_EQ(checked.inputs[1].check.check_id(), "dcv");
  EXPECT_EQ(checked.inputs[2].check.check_id(), "3");
}

TEST(RequestCheckTest, CheckIdsAreUnique) {
  Request request = Many(3);
  request.mutable_inputs(0)->mutable_check()->set_check_id("dcv");
  request.mutable_inputs(2)->mutable_check()->set_check_id("dcv");
  EXPECT_THAT(RequestWorld().Violations(request),
              ElementsAre("inputs[2].check.check_id: BAD_REQUEST: \"dcv\" is the id of inputs[0] "
                          "already"));
  request.mutable_inputs(0)->mutable_check()->set_check_id("3");
  request.mutable_inputs(2)->mutable_check()->clear_check_id();
  EXPECT_THAT(RequestWorld().Violations(request), ElementsAre(HasSubstr("inputs[2]")))
      << "also of numbered ones";
}

TEST(RequestCheckTest, NumberOfChecks) {
  RequestWorld world;
  EXPECT_THAT(world.Violations(Request()),
              ElementsAre("inputs: BAD_REQUEST: 0 checks, 1 to 1000 are allowed"));
  EXPECT_THAT(world.Violations(Many(10'000)),
              ElementsAre("inputs: BAD_REQUEST: 10000 checks, 1 to 1000 are allowed"));
  EXPECT_THAT(world.Checked(Many(1'000)).inputs, SizeIs(1'000));
  world.checks_max = 2;
  EXPECT_THAT(world.Violations(Many(3)), SizeIs(1));
}

TEST(RequestCheckTest, Methods) {
  ExpectAll(RequestWorld(),
            {
                {"no check", Dns01,
                 [](Request& r) {
                   v1::Check only_name;
                   *only_name.mutable_identifier() = CheckOf(r).identifier();
                   CheckOf(r) = only_name;
                 },
                 "inputs[0].check.method", "BAD_REQUEST: is required"},
                {"a method of a newer contract", Dns01,
                 [](Request& r) {
                   CheckOf(r).clear_method();
                   CheckOf(r).GetReflection()->MutableUnknownFields(&CheckOf(r))->AddVarint(29, 1);
                 },
                 "inputs[0].check.method", "BAD_REQUEST: field 29 names no method"},
            });
}

TEST(RequestCheckTest, Times) {
  ExpectAll(
      RequestWorld(),
      {
          {"a challenge 30 days old", Dns01,
           [](Request& r) {
             CheckOf(r).mutable_challenge_created_at()->set_seconds(kNowSeconds - 30 * 86'400);
           },
           nullptr, ""},
          {"vector 20: a challenge 31 days old", DnsChange,
           [](Request& r) {
             CheckOf(r).mutable_challenge_created_at()->set_seconds(kNowSeconds - 31 * 86'400);
           },
           kCreated, "TOKEN_EXPIRED: the challenge is older than 30 days"},
          {"a challenge from the future", Dns01,
           [](Request& r) {
             CheckOf(r).mutable_challenge_created_at()->set_seconds(kNowSeconds + 60);
           },
           kCreated, "TOKEN_EXPIRED: the challenge was created in the future"},
          {"a challenge that is no time", Dns01,
           [](Request& r) {
             CheckOf(r).mutable_challenge_created_at()->set_seconds(
                 std::numeric_limits<std::int64_t>::max());
           },
           kCreated, "BAD_REQUEST: is not a valid"},
          {"a budget of 100 ms", Dns01,
           [](Request& r) { CheckOf(r).mutable_time_budget()->set_nanos(100'000'000); }, nullptr,
           ""},
          {"a budget of 99 ms", Dns01,
           [](Request& r) { CheckOf(r).mutable_time_budget()->set_nanos(99'000'000); }, kBudget,
           "99ms, 100ms to 120s are allowed"},
          {"a budget of nothing", Dns01, [](Request& r) { CheckOf(r).mutable_time_budget(); },
           kBudget, "100ms to 120s"},
          {"a budget of 120 s", Dns01,
           [](Request& r) { CheckOf(r).mutable_time_budget()->set_seconds(120); }, nullptr, ""},
          {"a budget of 121 s", Dns01,
           [](Request& r) { CheckOf(r).mutable_time_budget()->set_seconds(121); }, kBudget,
           "100ms to 120s"},
          {"a negative budget", Dns01,
           [](Request& r) { CheckOf(r).mutable_time_budget()->set_seconds(-1); }, kBudget,
           "100ms to 120s"},
          {"a budget with two signs", Dns01,
           [](Request& r) {
             CheckOf(r).mutable_time_budget()->set_seconds(1);
             CheckOf(r).mutable_time_budget()->set_nanos(-1);
           },
           kBudget, "is not a valid"},
      });
}

TEST(RequestCheckTest, BudgetsAndTheDeadline) {
  RequestWorld world;
  const auto budget_of = [&](const Request& request) {
    const v1::Check check = world.Checked(request).inputs.at(0).check;
    return absl::Seconds(check.time_budget().seconds()) +
           absl::Nanoseconds(check.time_budget().nanos());
  };
  EXPECT_EQ(budget_of(Dns01()), absl::Seconds(10)) << "the default";
  world.deadline_left = absl::Milliseconds(2'500);
  EXPECT_EQ(budget_of(Dns01()), absl::Milliseconds(2'500)) << "the default is cut";
  Request request = Dns01();
  CheckOf(request).mutable_time_budget()->set_seconds(2);
  EXPECT_EQ(budget_of(request), absl::Seconds(2));
  CheckOf(request).mutable_time_budget()->set_seconds(3);
  EXPECT_THAT(world.Violations(request),
              ElementsAre(HasSubstr("time_budget: BAD_REQUEST: 3s is longer than the deadline")));
  world.deadline_left = absl::Milliseconds(50);
  EXPECT_THAT(world.Violations(Dns01()), ElementsAre(HasSubstr("left by the deadline")));
}

TEST(RequestCheckTest, ThePrimarySpeaksOnce) {
  RequestWorld world;
  EXPECT_THAT(world.Violations(WithPrimary()),
              ElementsAre(HasSubstr("inputs[0].primary: BAD_REQUEST: must be absent")));
  world.primary_configured = false;
  EXPECT_THAT(world.Violations(Dns01()),
              ElementsAre(HasSubstr("inputs[0].primary: BAD_REQUEST: is required")));
  const CheckedInput input = world.Checked(WithPrimary()).inputs.at(0);
  ASSERT_TRUE(input.primary.has_value());
  EXPECT_EQ(input.primary->perspective().perspective_id(), "primary");
}

TEST(RequestCheckTest, Determinations) {
  RequestWorld world;
  world.primary_configured = false;
  ExpectAll(
      world,
      {
          {"nobody", WithPrimary, [](Request& r) { PrimaryOf(r).clear_perspective(); },
           "inputs[0].primary.perspective", "is required"},
          {"an id in capitals", WithPrimary,
           [](Request& r) { PrimaryOf(r).mutable_perspective()->set_perspective_id("A"); },
           "inputs[0].primary.perspective.perspective_id", "[a-z0-9-]"},
          {"an unknown registry", WithPrimary,
           [](Request& r) {
             PrimaryOf(r).mutable_perspective()->set_rir(static_cast<v1::Rir>(9));
             PrimaryOf(r).mutable_perspective()->mutable_resolver()->set_rir(
                 static_cast<v1::Rir>(9));
           },
           "inputs[0].primary.perspective.rir", "must be ARIN"},
          {"a resolver in another region", WithPrimary,
           [](Request& r) {
             PrimaryOf(r).mutable_perspective()->mutable_resolver()->set_rir(v1::ARIN);
           },
           "inputs[0].primary.perspective.resolver.rir", "must be the perspective's"},
          {"nowhere", WithPrimary,
           [](Request& r) { PrimaryOf(r).mutable_perspective()->clear_location(); },
           "inputs[0].primary.perspective.location", "is required"},
          {"a place that nobody filled in", WithPrimary,
           [](Request& r) { *PrimaryOf(r).mutable_perspective()->mutable_location() = {}; },
           "inputs[0].primary.perspective.location", "0, 0 is no place"},
          {"latitude 90.5", WithPrimary,
           [](Request& r) {
             PrimaryOf(r).mutable_perspective()->mutable_location()->set_latitude(90.5);
           },
           "inputs[0].primary.perspective.location.latitude", "-90 to 90"},
          {"a longitude that is no number", WithPrimary,
           [](Request& r) {
             PrimaryOf(r).mutable_perspective()->mutable_location()->set_longitude(
                 std::numeric_limits<double>::quiet_NaN());
           },
           "inputs[0].primary.perspective.location.longitude", "-180 to 180"},
          {"no resolver", WithPrimary,
           [](Request& r) { PrimaryOf(r).mutable_perspective()->clear_resolver(); },
           "inputs[0].primary.perspective.resolver", "is required"},
          {"a resolver nowhere", WithPrimary,
           [](Request& r) {
             PrimaryOf(r).mutable_perspective()->mutable_resolver()->clear_location();
           },
           "inputs[0].primary.perspective.resolver.location", "is required"},
          {"a resolver that does not validate", WithPrimary,
           [](Request& r) {
             PrimaryOf(r).mutable_perspective()->mutable_resolver()->set_validates_dnssec(false);
           },
           "inputs[0].primary.perspective.resolver.validates_dnssec", "BR 4.2.2.2"},
          {"from a laboratory", WithPrimary,
           [](Request& r) { PrimaryOf(r).mutable_perspective()->set_lab(true); },
           "inputs[0].primary.perspective.lab", "laboratory"},
          {"no outcome", WithPrimary, [](Request& r) { PrimaryOf(r).clear_outcome(); },
           "inputs[0].primary.outcome", "PASSED, FAILED or ERROR"},
          {"a failure", WithPrimary,
           [](Request& r) {
             PrimaryOf(r).set_outcome(v1::FAILED);
             PrimaryOf(r).clear_observed_value();
           },
           nullptr, ""},
          {"passed without a value", WithPrimary,
           [](Request& r) { PrimaryOf(r).clear_observed_value(); },
           "inputs[0].primary.observed_value", "digest in base64url"},
          {"passed with another value", WithPrimary,
           [](Request& r) { PrimaryOf(r).set_observed_value(kRandomValue); },
           "inputs[0].primary.observed_value", "digest in base64url"},
          {"a value where the check asks for all", WithPrimary,
           [](Request& r) {
             CheckOf(r).mutable_txt_email_contact();
             PrimaryOf(r).set_observed_value("a@shop.example.com");
           },
           "inputs[0].primary.observed_value", "name it in the check"},
          {"no time", WithPrimary, [](Request& r) { PrimaryOf(r).clear_determined_at(); },
           "inputs[0].primary.determined_at", "is required"},
          {"an hour old", WithPrimary,
           [](Request& r) {
             PrimaryOf(r).mutable_determined_at()->set_seconds(kNowSeconds - 3'600);
           },
           nullptr, ""},
          {"over an hour old", WithPrimary,
           [](Request& r) {
             PrimaryOf(r).mutable_determined_at()->set_seconds(kNowSeconds - 3'601);
           },
           "inputs[0].primary.determined_at", "older than 1h"},
          {"from the future", WithPrimary,
           [](Request& r) { PrimaryOf(r).mutable_determined_at()->set_seconds(kNowSeconds + 60); },
           "inputs[0].primary.determined_at", "in the future"},
      });
}

TEST(RequestCheckTest, AllViolationsAtOnce) {
  Request request = Many(3);
  request.set_request_id("\x01");
  SetName(request, "*.co.uk");
  CheckOf(request).mutable_dns_01()->set_key_authorization("short.x");
  CheckOf(request).set_attempt(1);
  *request.mutable_inputs(2)->mutable_check() = Http01().inputs(0).check();
  request.mutable_inputs(2)->mutable_check()->mutable_time_budget()->set_seconds(500);
  EXPECT_THAT(RequestWorld().Violations(request),
              ElementsAre(HasSubstr("request_id: BAD_REQUEST"),
                          HasSubstr("inputs[0].check.identifier.dns_name: NAME_NOT_ALLOWED"),
                          HasSubstr("inputs[0].check.dns_01.key_authorization: BAD_REQUEST"),
                          HasSubstr("inputs[0].check.attempt: BAD_REQUEST"),
                          HasSubstr("inputs[2].check.time_budget: BAD_REQUEST")));
}

TEST(RequestCheckTest, TheReportFitsIntoATrailer) {
  Request request = Many(1'000);
  for (auto& input : *request.mutable_inputs()) {
    input.mutable_check()->mutable_identifier()->set_dns_name(std::string(5'000, '\xC3'));
  }
  const auto result = RequestWorld().Check(request);
  const auto& refused = std::get<google::rpc::BadRequest>(result);
  EXPECT_LE(refused.ByteSizeLong(), FieldViolations::kBadRequestOctetsMax + 100);
  const int listed = refused.field_violations_size() - 1;
  EXPECT_GE(listed, 5);
  EXPECT_EQ(refused.field_violations(listed).description(),
            absl::StrCat("and ", 1'000 - listed, " more"));
}

TEST(FieldViolationsTest, ListsAHundredAndCountsTheRest) {
  FieldViolations violations;
  for (int i = 0; i < 150; ++i) violations.Add("f", v1::Problem::BAD_REQUEST, "x");
  EXPECT_EQ(violations.count(), 150U);
  EXPECT_EQ(violations.ToBadRequest().field_violations_size(), 101);
  EXPECT_EQ(violations.ToBadRequest().field_violations(100).description(), "and 50 more");
}

TEST(FieldViolationsTest, DescriptionsArePrintableAndBounded) {
  FieldViolations violations;
  violations.Add("f", v1::Problem::NAME_NOT_ALLOWED, "a\xC3\n" + std::string(1'000, 'b'));
  const std::string text = violations.ToBadRequest().field_violations(0).description();
  EXPECT_TRUE(absl::StartsWith(text, "NAME_NOT_ALLOWED: a??bbb")) << text;
  EXPECT_EQ(text.size(), FieldViolations::kDescriptionOctetsMax);
}

// A CA may have several names; those of a request stand alone.
TEST(RequestCheckTest, IssuerNamesOfTheConfigurationOrSomeOfThem) {
  RequestWorld world;
  world.issuer_names.push_back(DomainName::ParseHost("ca2.example.com").value());
  EXPECT_THAT(world.Checked(Caa()).inputs.at(0).check.caa().issuer_domain_names(),
              ::testing::ElementsAre("ca.example.com", "ca2.example.com"));
  Request own = Caa();
  CheckOf(own).mutable_caa()->add_issuer_domain_names("CA2.Example.COM");
  EXPECT_THAT(world.Checked(own).inputs.at(0).check.caa().issuer_domain_names(),
              ::testing::ElementsAre("ca2.example.com"));
}

}  // namespace
}  // namespace mpic::coordinator
