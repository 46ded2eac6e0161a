#include "perspective/rules/identifier_address.h"

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"

namespace mpic::perspective {

OrProblem<IpAddress> IdentifierAddress(const v1::Check& check) {
  const auto bad_request = [](absl::string_view field, absl::string_view rule) {
    return Problem{v1::Problem::BAD_REQUEST, absl::StrCat(field, ": ", rule)};
  };
  if (!check.identifier().has_ip_address()) {
    return bad_request("identifier", "this method is for IP addresses only");
  }
  const absl::StatusOr<IpAddress> address = IpAddress::Parse(check.identifier().ip_address());
  if (!address.ok()) return bad_request("identifier", address.status().message());
  if (!check.authorization_domain_name().empty()) {
    return bad_request("authorization_domain_name", "must be empty for an IP address");
  }
  if (check.adn_cname_steps() > 0) {
    return bad_request("adn_cname_steps", "must be 0 for an IP address");
  }
  return *address;
}

}  // namespace mpic::perspective
