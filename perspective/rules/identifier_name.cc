#include "perspective/rules/identifier_name.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace mpic::perspective {
namespace {

Problem BadRequest(absl::string_view field, absl::string_view rule) {
  return {v1::Problem::BAD_REQUEST, absl::StrCat(field, ": ", rule)};
}

bool IsOnion(const DomainName& name) { return name.labels().back() == "onion"; }

}  // namespace

OrProblem<CertificateName> IdentifierName(const v1::Identifier& identifier) {
  if (identifier.has_ip_address()) {
    return BadRequest("identifier", "an IP address has no place in DNS methods and CAA");
  }
  if (!identifier.has_dns_name()) return BadRequest("identifier", "missing");
  absl::StatusOr<CertificateName> name = CertificateName::Parse(identifier.dns_name());
  if (!name.ok()) return BadRequest("identifier", name.status().message());
  if (IsOnion(name->name)) {
    return BadRequest("identifier", "Onion Domain Names are never looked up in DNS");
  }
  return *std::move(name);
}

OrProblem<AdnClaim> ReadAdnClaim(const v1::Check& check) {
  OrProblem<CertificateName> identifier = IdentifierName(check.identifier());
  if (!identifier.ok()) return std::move(identifier).problem();
  AdnClaim claim{
      .name = identifier->name, .cname_steps = check.adn_cname_steps(), .adn = identifier->name};
  if (claim.cname_steps > 0 && identifier->wildcard) {
    return BadRequest("adn_cname_steps", "a Wildcard Domain Name takes no CNAME step");
  }
  if (claim.cname_steps > kAdnCnameStepsMax) {
    return BadRequest("adn_cname_steps", absl::StrCat("at most ", kAdnCnameStepsMax));
  }
  if (check.authorization_domain_name().empty()) {
    if (claim.cname_steps == 0) return claim;
    return BadRequest("authorization_domain_name", "missing: adn_cname_steps lead to it");
  }
  absl::StatusOr<DomainName> adn = DomainName::ParseHost(check.authorization_domain_name());
  if (!adn.ok()) return BadRequest("authorization_domain_name", adn.status().message());
  if (IsOnion(*adn)) {
    return BadRequest("authorization_domain_name", "Onion Domain Names are never looked up in DNS");
  }
  if (claim.cname_steps == 0 && !claim.name.IsAtOrBelow(*adn)) {
    return BadRequest("authorization_domain_name",
                      "without CNAME steps it must be the identifier's name or an ancestor of it");
  }
  claim.adn = *std::move(adn);
  return claim;
}

OrProblem<DomainName> AuthorizationDomainName(const v1::Check& check) {
  OrProblem<AdnClaim> claim = ReadAdnClaim(check);
  if (!claim.ok()) return std::move(claim).problem();
  if (claim->cname_steps > 0) {
    return BadRequest("adn_cname_steps", "this method takes no CNAME step");
  }
  return claim->adn;
}

}  // namespace mpic::perspective
