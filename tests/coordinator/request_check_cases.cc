#include "tests/coordinator/request_check_cases.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace mpic::coordinator {
namespace {

using Request = v1::CorroborateRequest;

Request ForName() {
  Request request;
  request.set_request_id("ra-1");
  SetName(request, "shop.example.com");
  return request;
}

Request ForAddress() {
  Request request;
  SetAddress(request, "192.0.77.1");
  return request;
}

}  // namespace

v1::Check& CheckOf(Request& request) {
  if (request.inputs().empty()) request.add_inputs();
  return *request.mutable_inputs(0)->mutable_check();
}

v1::PrimaryDetermination& PrimaryOf(Request& request) {
  return *request.mutable_inputs(0)->mutable_primary();
}

void SetName(Request& request, absl::string_view name) {
  CheckOf(request).mutable_identifier()->set_dns_name(std::string(name));
}

void SetAddress(Request& request, absl::string_view address) {
  CheckOf(request).mutable_identifier()->set_ip_address(std::string(address));
}

Request Dns01() {
  Request request = ForName();
  CheckOf(request).mutable_dns_01()->set_key_authorization(kKeyAuthorization);
  return request;
}

Request DnsChange() {
  Request request = ForName();
  auto* dns_change = CheckOf(request).mutable_dns_change();
  dns_change->set_record_type(v1::DnsChange::TXT);
  dns_change->set_prefix_label("_dcv");
  dns_change->set_expected_value(kRandomValue);
  return request;
}

Request Http01() {
  Request request = ForName();
  CheckOf(request).mutable_http_01()->set_key_authorization(kKeyAuthorization);
  return request;
}

Request TlsAlpn01() {
  Request request = ForAddress();
  CheckOf(request).mutable_tls_alpn_01()->set_key_authorization(kKeyAuthorization);
  return request;
}

Request WebsiteChange() {
  Request request = ForName();
  auto* website = CheckOf(request).mutable_website_change();
  website->set_scheme(v1::WebsiteChange::HTTP);
  website->set_file("fileauth.txt");
  website->set_expected_value(kRandomValue);
  return request;
}

Request DnsAccount01() {
  Request request = ForName();
  auto* dns_account = CheckOf(request).mutable_dns_account_01();
  dns_account->set_key_authorization(kKeyAuthorization);
  dns_account->set_account_url(kAccountUrl);
  return request;
}

Request DnsPersist() {
  Request request = ForName();
  auto* persist = CheckOf(request).mutable_dns_persist();
  persist->add_issuer_domain_names("ca.example.com");
  persist->add_acceptable_account_uris(kAccountUrl);
  return request;
}

Request CaaEmailContact() {
  Request request = ForName();
  CheckOf(request).mutable_caa_email_contact()->set_selected_contact("a@shop.example.com");
  return request;
}

Request TxtEmailContact() {
  Request request = ForName();
  CheckOf(request).mutable_txt_email_contact()->set_selected_contact("a@shop.example.com");
  return request;
}

Request TxtPhoneContact() {
  Request request = ForName();
  CheckOf(request).mutable_txt_phone_contact()->set_selected_contact("+1-555-123-4567");
  return request;
}

Request CaaPhoneContact() {
  Request request = ForName();
  CheckOf(request).mutable_caa_phone_contact()->set_selected_contact("+1 555 123 4567");
  return request;
}

Request ReverseLookup() {
  Request request = ForAddress();
  CheckOf(request).mutable_reverse_lookup()->set_expected_name("shop.example.com");
  return request;
}

Request Caa() {
  Request request = ForName();
  CheckOf(request).mutable_caa()->set_validation_method(v1::DNS_01);
  return request;
}

Request WithPrimary() {
  Request request = Dns01();
  v1::PrimaryDetermination& primary = PrimaryOf(request);
  v1::PerspectiveIdentity& perspective = *primary.mutable_perspective();
  perspective.set_perspective_id("primary");
  perspective.set_rir(v1::RIPE_NCC);
  perspective.mutable_location()->set_latitude(50.1);
  perspective.mutable_location()->set_longitude(8.7);
  v1::Resolver& resolver = *perspective.mutable_resolver();
  resolver.set_resolver_id("primary");
  resolver.set_rir(v1::RIPE_NCC);
  resolver.mutable_location()->set_latitude(50.1);
  resolver.mutable_location()->set_longitude(8.7);
  resolver.set_validates_dnssec(true);
  primary.set_outcome(v1::PASSED);
  primary.set_observed_value(kDigestText);
  primary.mutable_determined_at()->set_seconds(kNowSeconds - 1);
  return request;
}

RequestWorld::RequestWorld()
    : suffixes(PublicSuffixList::Load(MPIC_TEST_DATA "/test_public_suffix_list.dat").value()),
      issuer_names({DomainName::ParseHost("ca.example.com").value()}) {}

std::variant<CheckedRequest, google::rpc::BadRequest> RequestWorld::Check(
    const Request& request) const {
  const RequestRules rules{.suffixes = *suffixes,
                           .caa_issuer_domain_names = issuer_names,
                           .checks_max = checks_max,
                           .checks_per_target_max = checks_per_target_max,
                           .tenant = tenant,
                           .default_budget = default_budget,
                           .lab = lab,
                           .primary_configured = primary_configured,
                           .deadline_left = deadline_left};
  return CheckRequest(request, rules, now);
}

std::vector<std::string> RequestWorld::Violations(const Request& request) const {
  const auto result = Check(request);
  std::vector<std::string> lines;
  if (const auto* refused = std::get_if<google::rpc::BadRequest>(&result)) {
    EXPECT_FALSE(refused->field_violations().empty()) << "refused without a reason";
    for (const auto& violation : refused->field_violations()) {
      lines.push_back(absl::StrCat(violation.field(), ": ", violation.description()));
    }
  }
  return lines;
}

CheckedRequest RequestWorld::Checked(const Request& request) const {
  EXPECT_THAT(Violations(request), ::testing::IsEmpty());
  auto result = Check(request);
  auto* checked = std::get_if<CheckedRequest>(&result);
  return checked == nullptr ? CheckedRequest{} : *std::move(checked);
}

void ExpectAll(const RequestWorld& world, absl::Span<const Case> cases) {
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    Request request = c.good();
    EXPECT_THAT(world.Violations(request), ::testing::IsEmpty()) << "before the change";
    c.change(request);
    const std::vector<std::string> violations = world.Violations(request);
    if (c.field == nullptr) {
      EXPECT_THAT(violations, ::testing::IsEmpty());
      continue;
    }
    EXPECT_EQ(violations.size(), 1U) << absl::StrJoin(violations, "\n");
    if (violations.empty()) continue;
    EXPECT_TRUE(absl::StartsWith(violations[0], absl::StrCat(c.field, ": "))) << violations[0];
    EXPECT_THAT(violations[0], ::testing::HasSubstr(c.text));
  }
}

}  // namespace mpic::coordinator
