// Which Authorization Domain Name a method may look at (BR 1.6.1; algorithm of BR 3.2.2.4 since
// BR 2.2.9, mandatory since 2026-11-15).
#ifndef MPIC_COORDINATOR_POLICY_AUTHORIZATION_DOMAIN_NAME_H_
#define MPIC_COORDINATOR_POLICY_AUTHORIZATION_DOMAIN_NAME_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/domain_name.h"
#include "common/public_suffix_list.h"
#include "mpic/v1/check.pb.h"

namespace mpic::coordinator {

// The Authorization Domain Names by which `method` can validate `name`: the name without "*.",
// then, where the method has the Prune tick, each name above it down to the Base Domain Name, never
// a public suffix. Empty when the method cannot validate the name at all: wildcard or onion without
// the tick, a method for IP addresses, a public suffix, an unknown TLD. The CNAME step is not
// taken.
std::vector<DomainName> AdnCandidates(const CertificateName& name, v1::Method method,
                                      const PublicSuffixList& suffixes);

// What an RA asks for.
struct AdnRequest {
  std::string name;          // empty: the name itself
  unsigned cname_steps = 0;  // hops from the name before any pruning
};

// The Authorization Domain Name in force for a request. INVALID_ARGUMENT says which rule
// `requested` breaks. With CNAME hops only what needs no DNS is checked here: that the method has
// the tick, that the name is no wildcard, and that what shall come out is no public suffix and no
// Internal Name. Whether the hops lead there is for each perspective to find out, and whether it
// is pruned too far for CheckPruning.
absl::StatusOr<DomainName> CheckAdn(const CertificateName& name, v1::Method method,
                                    const AdnRequest& requested, const PublicSuffixList& suffixes);

// Whether `adn` is `target`, the name that CNAME hops led to, or pruned from it by the rules: never
// above its Base Domain Name. INVALID_ARGUMENT says what is wrong.
absl::Status CheckPruning(const DomainName& target, const DomainName& adn,
                          const PublicSuffixList& suffixes);

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_POLICY_AUTHORIZATION_DOMAIN_NAME_H_
