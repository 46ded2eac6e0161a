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

OrProblem<DomainName> AuthorizationDomainName(const v1::Check& check) {
  OrProblem<CertificateName> identifier = IdentifierName(check.identifier());
  if (!identifier.ok()) return std::move(identifier).problem();
  if (check.authorization_domain_name().empty()) return identifier->name;
  absl::StatusOr<DomainName> adn = DomainName::ParseHost(check.authorization_domain_name());
  if (!adn.ok()) return BadRequest("authorization_domain_name", adn.status().message());
  if (IsOnion(*adn)) {
    return BadRequest("authorization_domain_name", "Onion Domain Names are never looked up in DNS");
  }
  if (!identifier->name.IsAtOrBelow(*adn)) {
    return BadRequest("authorization_domain_name",
                      "must be the identifier without \"*.\", or an ancestor of it");
  }
  return *std::move(adn);
}

OrProblem<DomainName> PrunedDomainName(const v1::Check& check) {
  OrProblem<DomainName> adn = AuthorizationDomainName(check);
  if (!adn.ok()) return adn;
  const OrProblem<CertificateName> identifier = IdentifierName(check.identifier());
  if (!identifier.ok()) return identifier.problem();
  if (!identifier->name.IsAtOrBelow(*adn)) {
    return BadRequest("authorization_domain_name",
                      "for this method it must be the identifier's name or an ancestor of it");
  }
  return adn;
}

}  // namespace mpic::perspective
