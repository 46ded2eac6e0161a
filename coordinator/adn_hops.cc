#include "coordinator/adn_hops.h"

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "common/domain_name.h"
#include "common/status_macros.h"
#include "coordinator/policy/authorization_domain_name.h"

namespace mpic::coordinator {

absl::Status CheckHopCount(const v1::Check& check, const v1::CheckResult& result) {
  const auto reported = static_cast<unsigned>(result.adn_cname_targets_size());
  if (reported == check.adn_cname_steps()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(reported, " CNAME targets for ", check.adn_cname_steps(), " adn_cname_steps"));
}

absl::Status CheckHops(const v1::Check& check, const v1::CheckResult& result,
                       const PublicSuffixList& suffixes) {
  MPIC_RETURN_IF_ERROR(CheckHopCount(check, result));
  if (check.adn_cname_steps() == 0) return absl::OkStatus();
  const std::string& last = result.adn_cname_targets(result.adn_cname_targets_size() - 1);
  MPIC_ASSIGN_OR_RETURN(const DomainName target, DomainName::ParseDns(last));
  MPIC_ASSIGN_OR_RETURN(const DomainName adn,
                        DomainName::ParseHost(check.authorization_domain_name()));
  return CheckPruning(target, adn, suffixes);
}

}  // namespace mpic::coordinator
