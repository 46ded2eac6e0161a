#include "perspective/rules/exact_host.h"

#include <utility>

#include "perspective/rules/exact_name.h"
#include "perspective/rules/identifier_address.h"

namespace mpic::perspective {
namespace {

template <typename T>
OrProblem<std::variant<DomainName, IpAddress>> AsHost(OrProblem<T> identifier) {
  if (!identifier.ok()) return std::move(identifier).problem();
  return std::variant<DomainName, IpAddress>(*std::move(identifier));
}

}  // namespace

OrProblem<std::variant<DomainName, IpAddress>> ExactHost(const v1::Check& check) {
  if (check.identifier().has_ip_address()) return AsHost(IdentifierAddress(check));
  return AsHost(ExactName(check));
}

}  // namespace mpic::perspective
