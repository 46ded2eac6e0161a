// Requests of RAs, from what stands on the wire to checked values.
//   input: a CorroborateRequest in protobuf's text format
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/match.h"
#include "common/challenge.h"
#include "common/domain_name.h"
#include "common/ip_address.h"
#include "common/public_suffix_list.h"
#include "coordinator/expected_observation.h"
#include "coordinator/field_violations.h"
#include "coordinator/request_check.h"
#include "mpic/v1/coordinator.pb.h"
#include "perspective/rules/identifier_name.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/read_message.h"
#include "tests/fuzz/world.h"

namespace mpic::fuzz {
namespace {

using coordinator::CheckedInput;
using coordinator::CheckedRequest;
using coordinator::FieldViolations;
using coordinator::RequestRules;
using google::rpc::BadRequest;

const RequestRules& Rules() {
  static const auto& suffixes =
      *PublicSuffixList::Load("/usr/share/publicsuffix/public_suffix_list.dafsa")->release();
  static const auto& issuers =
      *new std::vector<DomainName>{DomainName::ParseHost("ca.example.com").value()};
  static const auto& rules = *new RequestRules{.suffixes = suffixes,
                                               .caa_issuer_domain_names = issuers,
                                               .checks_max = 8,
                                               .primary_configured = true};
  return rules;
}

void RequireSoundRefusal(const BadRequest& refusal, const v1::CorroborateRequest& request) {
  Require(refusal.field_violations_size() > 0, "a refusal says why");
  Require(refusal.ByteSizeLong() <= FieldViolations::kBadRequestOctetsMax + 128,
          "a refusal fits into a trailer");
  for (const auto& violation : refusal.field_violations()) {
    Require(!violation.field().empty() && IsPrintableAscii(violation.field(), 300),
            "a field's path is printable");
    Require(!violation.description().empty() &&
                IsPrintableAscii(violation.description(), FieldViolations::kDescriptionOctetsMax),
            "a rule is short printable ASCII");
    for (const auto& input : request.inputs()) {
      const std::string& secret = input.check().http_01().key_authorization();
      Require(!KeyAuthorization::Parse(secret).ok() ||
                  !absl::StrContains(violation.description(), secret),
              "a key authorization is not repeated");
    }
  }
}

void RequireSoundIdentifier(const CheckedInput& input) {
  const v1::Identifier& identifier = input.check.identifier();
  if (!identifier.has_dns_name()) {
    const auto address = IpAddress::Parse(identifier.ip_address());
    Require(address.ok() && address->text() == identifier.ip_address(),
            "an address is in its canonical text");
    Require(!ReservedBlock(*address).has_value(), "an address is not reserved");
    return;
  }
  const auto name = CertificateName::Parse(identifier.dns_name());
  Require(name.ok() && name->text() == identifier.dns_name(), "a name is in its normal form");
  Require(Rules().suffixes.BaseDomain(name->name).has_value(), "a name has a Base Domain Name");
  if (input.check.authorization_domain_name().empty()) return;
  const auto claim = perspective::ReadAdnClaim(input.check);
  Require(claim.ok(), "a perspective takes the Authorization Domain Name");
  Require(Rules().suffixes.BaseDomain(claim->adn).has_value(),
          "an Authorization Domain Name has a Base Domain Name");
}

void RequireSoundInput(const CheckedInput& input) {
  RequireSoundIdentifier(input);
  Require(!input.check.check_id().empty() && IsPrintableAscii(input.check.check_id(), 64),
          "a check has an id");
  Require(input.method != v1::METHOD_UNSPECIFIED && absl::StartsWith(input.method_reference, "BR "),
          "a method has its section");
  const auto& budget = input.check.time_budget();
  const absl::Duration time = absl::Seconds(budget.seconds()) + absl::Nanoseconds(budget.nanos());
  Require(time >= coordinator::kTimeBudgetMin && time <= coordinator::kTimeBudgetMax,
          "a check has a time budget");
  for (const std::string& warning : input.warnings) {
    Require(IsPrintableAscii(warning, 512), "a warning can be shown");
  }
}

// No proof can be given: the value stands in the request (BR 3.2.2.4.18), a hop leads to the
// identifier again.
bool IsBeyondProof(const v1::Check& check, const v1::CheckResult& result) {
  switch (result.problem().kind()) {
    case v1::Problem::TOKEN_IN_REQUEST:
      return check.has_website_change();
    case v1::Problem::DNS_LOOP:
      return check.adn_cname_steps() > 0;
    default:
      return false;
  }
}

// What admission lets through is a question to which perspectives can find the answer.
void RequireAnswerable(const v1::Check& check) {
  const v1::CheckResult silent = RunCheck(check, SilentWorld());
  switch (silent.problem().kind()) {
    case v1::Problem::BAD_REQUEST:
    case v1::Problem::NAME_NOT_ALLOWED:
    case v1::Problem::METHOD_SUNSET:
    case v1::Problem::TOKEN_EXPIRED:
    case v1::Problem::UNSUPPORTED_METHOD:
      return Require(false, "a perspective takes what is accepted");
    default:
      break;
  }
  const v1::CheckResult proven = RunCheck(check, ProvenWorld(check));
  Require(proven.outcome() == v1::PASSED || IsBeyondProof(check, proven),
          "what is accepted can be proven");
  Require(proven.outcome() != v1::PASSED ||
              coordinator::CheckObservation(check, proven.observed_value()).ok(),
          "a coordinator accepts what is proven");
}

// What was checked is what is sent to perspectives; asked for again, it must mean the same.
void RequireNormalForm(const CheckedRequest& checked) {
  v1::CorroborateRequest request;
  request.set_request_id(checked.request_id);
  for (const CheckedInput& input : checked.inputs) {
    *request.add_inputs()->mutable_check() = input.check;
  }
  const auto again = CheckRequest(request, Rules(), kNow);
  Require(std::holds_alternative<CheckedRequest>(again), "what is accepted is accepted again");
  const auto& inputs = std::get<CheckedRequest>(again).inputs;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    Require(inputs[i].check.SerializeAsString() == checked.inputs[i].check.SerializeAsString(),
            "a normal form is its own normal form");
  }
}

}  // namespace

MPIC_FUZZ_TARGET(request) {
  v1::CorroborateRequest request;
  if (!ReadMessage(input.Rest(), request)) return;
  const auto result = CheckRequest(request, Rules(), kNow);
  if (const auto* refusal = std::get_if<BadRequest>(&result)) {
    return RequireSoundRefusal(*refusal, request);
  }
  const auto& checked = std::get<CheckedRequest>(result);
  Require(checked.inputs.size() == static_cast<std::size_t>(request.inputs_size()),
          "every check is kept");
  for (const CheckedInput& checked_input : checked.inputs) {
    RequireSoundInput(checked_input);
    RequireAnswerable(checked_input.check);
  }
  RequireNormalForm(checked);
}

}  // namespace mpic::fuzz
