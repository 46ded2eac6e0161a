#include "perspective/rules/exact_name.h"

#include <utility>

#include "perspective/rules/identifier_name.h"

namespace mpic::perspective {

OrProblem<DomainName> ExactName(const v1::Check& check) {
  OrProblem<CertificateName> identifier = IdentifierName(check.identifier());
  if (!identifier.ok()) return std::move(identifier).problem();
  if (identifier->wildcard) {
    return Problem{v1::Problem::BAD_REQUEST,
                   "identifier: this method does not validate Wildcard Domain Names"};
  }
  const std::string& adn = check.authorization_domain_name();
  if (!adn.empty() && !DnsEquals(adn, identifier->name.text())) {
    return Problem{v1::Problem::BAD_REQUEST,
                   "authorization_domain_name: this method looks at the identifier itself"};
  }
  if (check.adn_cname_steps() > 0) {
    return Problem{v1::Problem::BAD_REQUEST, "adn_cname_steps: this method takes no CNAME step"};
  }
  return identifier->name;
}

}  // namespace mpic::perspective
