#include "coordinator/result_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace mpic::coordinator {
namespace {

using ::testing::HasSubstr;

v1::Check Asked(void (*set)(v1::Check& check)) {
  v1::Check check;
  check.set_attempt(2);
  set(check);
  return check;
}

v1::Check Website() {
  return Asked([](v1::Check& c) { c.mutable_website_change()->set_expected_value("v"); });
}
v1::Check Contacts() {
  return Asked([](v1::Check& c) { c.mutable_txt_email_contact(); });
}
v1::Check Names() {
  return Asked([](v1::Check& c) { c.mutable_reverse_lookup(); });
}
v1::Check Caa() {
  return Asked([](v1::Check& c) { c.mutable_caa(); });
}
v1::Check OneHop() {
  return Asked([](v1::Check& c) {
    c.set_adn_cname_steps(1);
    c.mutable_dns_change()->set_expected_value("v");
  });
}

// A result that answers each of them.
v1::CheckResult Good(const v1::Check& asked) {
  v1::CheckResult result;
  result.set_attempt(2);
  result.set_outcome(v1::PASSED);
  if (asked.has_website_change()) {
    result.mutable_http();
    result.set_observed_value("v");
  } else if (asked.has_txt_email_contact()) {
    result.mutable_contact()->add_usable_contacts("a@example.com");
  } else if (asked.has_reverse_lookup()) {
    result.mutable_reverse_lookup()->add_names("shop.example.com");
  } else if (asked.has_caa()) {
    result.mutable_caa()->mutable_valid_until()->set_seconds(1);
  } else {
    result.mutable_dns_record();
    result.set_observed_value("v");
    result.add_adn_cname_targets("edge.example.net");
  }
  return result;
}

struct ResultCase {
  const char* name;
  v1::Check (*asked)();
  void (*change)(v1::CheckResult& result);
  const char* why;  // part of it; "": usable
};

constexpr ResultCase kCases[] = {
    {"another attempt", Website, [](auto& r) { r.set_attempt(1); }, "another attempt"},
    {"as long as may be", Website,
     [](auto& r) { r.mutable_http()->set_body(std::string(kResultOctetsMax - 100, 'x')); }, ""},
    {"too long", Website,
     [](auto& r) { r.mutable_http()->set_body(std::string(kResultOctetsMax, 'x')); },
     "octets, more than 1048576"},
    {"no outcome", Website, [](auto& r) { r.clear_outcome(); }, "no outcome"},
    {"an unknown outcome", Website, [](auto& r) { r.set_outcome(static_cast<v1::Outcome>(9)); },
     "no outcome that this version knows"},
    {"passed with a problem", Website, [](auto& r) { r.mutable_problem(); }, "has a problem"},
    {"passed without evidence", Website, [](auto& r) { r.clear_http(); }, "without evidence"},
    {"passed with another method's evidence", Website, [](auto& r) { r.mutable_dns_record(); },
     "without evidence of its method"},
    {"passed with another value", Website, [](auto& r) { r.set_observed_value("w"); },
     "observed_value must be"},
    {"failed without a reason", Website, [](auto& r) { r.set_outcome(v1::FAILED); },
     "names no problem"},
    {"failed with a coordinator's reason", Website,
     [](auto& r) {
       r.set_outcome(v1::ERROR);
       r.mutable_problem()->set_kind(v1::Problem::QUORUM_COUNT);
     },
     "coordinator's problem"},
    {"failed with a reason", Website,
     [](auto& r) {
       r.set_outcome(v1::FAILED);
       r.mutable_problem()->set_kind(v1::Problem::BODY_MISMATCH);
     },
     ""},
    {"CAA without end", Caa, [](auto& r) { r.mutable_caa()->clear_valid_until(); }, "without end"},
    {"contacts, and none is listed", Contacts,
     [](auto& r) { r.mutable_contact()->clear_usable_contacts(); }, "lists nothing"},
    {"contacts, and one is observed", Contacts,
     [](auto& r) { r.set_observed_value("a@example.com"); }, "observed_value must be empty"},
    {"names, and none is listed", Names, [](auto& r) { r.mutable_reverse_lookup()->clear_names(); },
     "lists nothing"},
    {"names, and contacts are listed", Names,
     [](auto& r) { r.mutable_contact()->add_usable_contacts("a@example.com"); },
     "without evidence of its method"},
    {"a hop without its target", OneHop, [](auto& r) { r.clear_adn_cname_targets(); },
     "0 CNAME targets for 1"},
    {"a hop too many", OneHop, [](auto& r) { r.add_adn_cname_targets("pop.example.net"); },
     "2 CNAME targets for 1"},
    {"a hop that nobody asked for", Website,
     [](auto& r) { r.add_adn_cname_targets("edge.example.net"); }, "1 CNAME targets for 0"},
};

TEST(ResultCheckTest, WhatMakesAResultUnusable) {
  for (const ResultCase& c : kCases) {
    SCOPED_TRACE(c.name);
    const v1::Check asked = c.asked();
    v1::CheckResult result = Good(asked);
    EXPECT_EQ(WhyUnusable(result, asked), "") << "before the change";
    c.change(result);
    const std::string why = WhyUnusable(result, asked);
    EXPECT_EQ(why.empty(), std::string(c.why).empty()) << why;
    EXPECT_THAT(why, HasSubstr(c.why));
  }
}

}  // namespace
}  // namespace mpic::coordinator
