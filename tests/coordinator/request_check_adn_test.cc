#include "coordinator/request_check_adn.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/coordinator/request_check_cases.h"

namespace mpic::coordinator {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

v1::ListAuthorizationDomainNamesRequest RequestFor(const std::string& name, v1::Method method) {
  v1::ListAuthorizationDomainNamesRequest request;
  request.mutable_identifier()->set_dns_name(name);
  request.set_method(method);
  return request;
}

v1::ListAuthorizationDomainNamesResponse Listed(const std::string& name, v1::Method method) {
  const RequestWorld world;
  const auto listed =
      ListAuthorizationDomainNames(RequestFor(name, method), *world.suffixes, world.now);
  const auto* response = std::get_if<v1::ListAuthorizationDomainNamesResponse>(&listed);
  EXPECT_NE(response, nullptr) << name;
  return response == nullptr ? v1::ListAuthorizationDomainNamesResponse() : *response;
}

TEST(ListAuthorizationDomainNamesTest, CandidatesFromTheNameToItsBase) {
  const auto pruned = Listed("A.B.shop.Example.com.", v1::DNS_CHANGE);
  EXPECT_THAT(pruned.candidates(), ElementsAre("a.b.shop.example.com", "b.shop.example.com",
                                               "shop.example.com", "example.com"))
      << "vector 1";
  EXPECT_TRUE(pruned.cname_steps_permitted());
  EXPECT_THAT(pruned.warnings(), IsEmpty());

  const auto wildcard = Listed("*.shop.example.com", v1::DNS_01);
  EXPECT_THAT(wildcard.candidates(), ElementsAre("shop.example.com", "example.com")) << "vector 2";
  EXPECT_FALSE(wildcard.cname_steps_permitted()) << "vector 2";

  const auto exact = Listed("www.shop.example.com", v1::HTTP_01);
  EXPECT_THAT(exact.candidates(), ElementsAre("www.shop.example.com")) << "vector 5";
  EXPECT_FALSE(exact.cname_steps_permitted());

  const auto base = Listed("x.ps.example.com", v1::DNS_PERSIST);
  EXPECT_THAT(base.candidates(), ElementsAre("x.ps.example.com")) << "vector 7";
  EXPECT_FALSE(base.cname_steps_permitted());
}

TEST(ListAuthorizationDomainNamesTest, WarnsOfMethodsThatEnd) {
  const auto contacts = Listed("shop.example.com", v1::TXT_PHONE_CONTACT);
  EXPECT_TRUE(contacts.cname_steps_permitted());
  ASSERT_THAT(contacts.warnings(), SizeIs(1));
  EXPECT_THAT(contacts.warnings(0), HasSubstr("2027-03-15"));
}

struct RefusedCase {
  const char* name;
  void (*change)(v1::ListAuthorizationDomainNamesRequest& request);
  const char* violation;  // its beginning
};

constexpr RefusedCase kRefused[] = {
    {"no identifier", [](auto& r) { r.clear_identifier(); },
     "identifier: BAD_REQUEST: is required"},
    {"an address", [](auto& r) { r.mutable_identifier()->set_ip_address("192.0.77.1"); },
     "identifier.ip_address: BAD_REQUEST: an IP address has no"},
    {"not a name", [](auto& r) { r.mutable_identifier()->set_dns_name("a..b"); },
     "identifier.dns_name: BAD_REQUEST"},
    {"vector 8: a wildcard directly under a suffix",
     [](auto& r) { r.mutable_identifier()->set_dns_name("*.ps.example.com"); },
     "identifier.dns_name: NAME_NOT_ALLOWED"},
    {"vector 10: a reverse zone",
     [](auto& r) { r.mutable_identifier()->set_dns_name("10.2.0.192.in-addr.arpa"); },
     "identifier.dns_name: NAME_NOT_ALLOWED"},
    {"an onion name", [](auto& r) { r.mutable_identifier()->set_dns_name("abc.onion"); },
     "identifier.dns_name: BAD_REQUEST: \"abc.onion\" needs no corroboration"},
    {"no method", [](auto& r) { r.clear_method(); }, "method: BAD_REQUEST: is required"},
    {"a method of the future", [](auto& r) { r.set_method(static_cast<v1::Method>(99)); },
     "method: BAD_REQUEST: 99 is not known"},
    {"CAA", [](auto& r) { r.set_method(v1::CAA); }, "method: BAD_REQUEST: CAA looks at"},
    {"a method for addresses", [](auto& r) { r.set_method(v1::REVERSE_LOOKUP); },
     "method: BAD_REQUEST: reverse-lookup validates IP addresses only"},
    {"a wildcard by http-01",
     [](auto& r) {
       r.mutable_identifier()->set_dns_name("*.shop.example.com");
       r.set_method(v1::HTTP_01);
     },
     "method: BAD_REQUEST: http-01 cannot validate a Wildcard"},
};

TEST(ListAuthorizationDomainNamesTest, RefusesWhatHasNone) {
  const RequestWorld world;
  for (const RefusedCase& c : kRefused) {
    SCOPED_TRACE(c.name);
    auto request = RequestFor("shop.example.com", v1::DNS_01);
    c.change(request);
    const auto listed = ListAuthorizationDomainNames(request, *world.suffixes, world.now);
    const auto* refused = std::get_if<google::rpc::BadRequest>(&listed);
    ASSERT_NE(refused, nullptr);
    ASSERT_THAT(refused->field_violations(), SizeIs(1));
    const auto& violation = refused->field_violations(0);
    EXPECT_THAT(absl::StrCat(violation.field(), ": ", violation.description()),
                ::testing::StartsWith(c.violation));
  }
}

TEST(ListAuthorizationDomainNamesTest, RefusesAMethodAfterItsSunset) {
  RequestWorld world;
  world.now = absl::FromCivil(absl::CivilDay(2028, 3, 15), absl::UTCTimeZone());
  const auto request = RequestFor("shop.example.com", v1::CAA_EMAIL_CONTACT);
  const auto listed = ListAuthorizationDomainNames(request, *world.suffixes, world.now);
  const auto* refused = std::get_if<google::rpc::BadRequest>(&listed);
  ASSERT_NE(refused, nullptr);
  EXPECT_THAT(refused->field_violations(0).description(), ::testing::StartsWith("METHOD_SUNSET"));
  EXPECT_FALSE(std::holds_alternative<google::rpc::BadRequest>(
      ListAuthorizationDomainNames(request, *world.suffixes, world.now - absl::Seconds(1))));
}

}  // namespace
}  // namespace mpic::coordinator
