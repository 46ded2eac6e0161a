#include "common/check_target.h"

#include "common/target_limit.h"

namespace mpic {

std::string TargetOf(const v1::Check& check) {
  const v1::Identifier& identifier = check.identifier();
  if (identifier.has_ip_address()) return TargetOfName(identifier.ip_address());
  const std::string& adn = check.authorization_domain_name();
  const bool begins_at_identifier = check.has_caa() || check.adn_cname_steps() > 0 || adn.empty();
  return TargetOfName(begins_at_identifier ? identifier.dns_name() : adn);
}

}  // namespace mpic
