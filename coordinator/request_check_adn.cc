#include "coordinator/request_check_adn.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "common/domain_name.h"
#include "coordinator/policy/authorization_domain_name.h"
#include "coordinator/policy/methods.h"
#include "coordinator/request_check_identifier.h"

namespace mpic::coordinator {
namespace {

// IP addresses and CAA have none.
void RefuseAnyAdn(const v1::Check& check, bool is_ip, const Field& field) {
  if (!check.authorization_domain_name().empty()) {
    field["authorization_domain_name"].Refuse(
        is_ip ? "must be empty for an IP address"
              : "must be empty: CAA looks at the identifier (BR 4.2.2.1)");
  }
  if (check.adn_cname_steps() > 0) {
    field["adn_cname_steps"].Refuse("must be 0: there is no authorization domain name");
  }
}

// The name and the method of a request for candidates, unless they are refused.
std::optional<CertificateName> CheckName(const v1::ListAuthorizationDomainNamesRequest& request,
                                         const PublicSuffixList& suffixes, const Field& root) {
  const Field field = root["identifier"];
  if (request.identifier().has_ip_address()) {
    field["ip_address"].Refuse("an IP address has no authorization domain name");
    return std::nullopt;
  }
  if (!request.identifier().has_dns_name()) {
    field.Refuse("is required: dns_name");
    return std::nullopt;
  }
  return CheckCertificateName(request.identifier().dns_name(), suffixes, field["dns_name"]);
}

const MethodFacts* CheckMethodHasAdn(v1::Method method, const Field& field) {
  const MethodFacts* facts = FactsOf(method);
  if (facts == nullptr) {
    field.Refuse(method == v1::METHOD_UNSPECIFIED
                     ? "is required"
                     : absl::StrCat(static_cast<int>(method), " is not known"));
  } else if (facts->method == v1::CAA) {
    field.Refuse("CAA looks at the identifier and has no authorization domain name (BR 4.2.2.1)");
    return nullptr;
  }
  return facts;
}

}  // namespace

void CheckAuthorizationDomainName(v1::Check& check, const MethodContext& context,
                                  const Field& field) {
  if (context.facts.method == v1::CAA || context.is_ip()) {
    return RefuseAnyAdn(check, context.is_ip(), field);
  }
  // Names that the method cannot validate at all are refused elsewhere.
  if (!context.identifier.has_value() || context.facts.name_reference.empty()) return;
  const auto& name = std::get<CertificateName>(*context.identifier);
  if (name.wildcard && !context.facts.wildcard) return;
  const absl::StatusOr<DomainName> adn =
      CheckAdn(name, context.facts.method,
               {.name = check.authorization_domain_name(), .cname_steps = check.adn_cname_steps()},
               context.rules.suffixes);
  if (adn.ok()) {
    check.set_authorization_domain_name(adn->text());
  } else {
    field["authorization_domain_name"].Refuse(adn.status().message());
  }
}

std::variant<v1::ListAuthorizationDomainNamesResponse, google::rpc::BadRequest>
ListAuthorizationDomainNames(const v1::ListAuthorizationDomainNamesRequest& request,
                             const PublicSuffixList& suffixes, absl::Time now) {
  FieldViolations violations;
  const Field root(violations, "");
  const std::optional<CertificateName> name = CheckName(request, suffixes, root);
  const MethodFacts* facts = CheckMethodHasAdn(request.method(), root["method"]);
  v1::ListAuthorizationDomainNamesResponse response;
  if (name.has_value() && facts != nullptr) {
    const std::vector<DomainName> no_issuers;
    const RequestRules rules{.suffixes = suffixes, .caa_issuer_domain_names = no_issuers};
    const std::optional<CheckedIdentifier> identifier = *name;
    std::vector<std::string> warnings;
    CheckMethodFits({rules, now, *facts, identifier}, root["method"], warnings);
    for (const DomainName& adn : AdnCandidates(*name, facts->method, suffixes)) {
      response.add_candidates(adn.text());
    }
    response.set_cname_steps_permitted(facts->cname_adn && !name->wildcard);
    for (std::string& warning : warnings) response.add_warnings(std::move(warning));
  }
  if (!violations.empty()) return violations.ToBadRequest();
  return response;
}

}  // namespace mpic::coordinator
