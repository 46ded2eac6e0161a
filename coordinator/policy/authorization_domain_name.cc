#include "coordinator/policy/authorization_domain_name.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "coordinator/policy/methods.h"

namespace mpic::coordinator {
namespace {

bool IsOnion(const DomainName& name) { return name.labels().back() == "onion"; }

absl::Status Refuse(const CertificateName& name, absl::string_view rule) {
  return absl::InvalidArgumentError(absl::StrCat(name.text(), ": ", rule));
}

// Whether `facts` can validate `name` by any Authorization Domain Name.
absl::Status CheckMethodFits(const CertificateName& name, const MethodFacts& facts,
                             const PublicSuffixList& suffixes) {
  if (facts.name_reference.empty()) {
    return Refuse(name, absl::StrCat("method ", facts.name, " is not for domain names"));
  }
  if (name.wildcard && !facts.wildcard) {
    return Refuse(name,
                  absl::StrCat("method ", facts.name, " cannot validate a Wildcard Domain Name (",
                               facts.name_reference, ")"));
  }
  if (IsOnion(name.name) && !facts.onion) {
    return Refuse(name,
                  absl::StrCat("method ", facts.name, " cannot validate an Onion Domain Name (",
                               facts.name_reference, ")"));
  }
  if (!suffixes.KnownTld(name.name)) {
    return Refuse(name, "is an Internal Name: its top-level domain is not known (BR 1.6.1)");
  }
  if (suffixes.IsPublicSuffix(name.name)) {
    return Refuse(name, "stands directly at a public suffix (BR 3.2.2.6)");
  }
  return absl::OkStatus();
}

// Why `requested`, which is well formed, is none of the candidates.
absl::Status RefuseAdn(const CertificateName& name, const MethodFacts& facts,
                       const DomainName& requested, const PublicSuffixList& suffixes) {
  const std::string subject = absl::StrCat("authorization domain name ", requested.text());
  if (!name.name.IsAtOrBelow(requested)) {
    return Refuse(name, absl::StrCat(subject,
                                     " is neither the name itself nor above it; one that is "
                                     "reached by CNAME needs adn_cname_steps"));
  }
  if (!facts.prune) {
    return Refuse(name, absl::StrCat(subject, " is above the name, and method ", facts.name,
                                     " validates exactly the name (", facts.name_reference, ")"));
  }
  const std::optional<DomainName> base = suffixes.BaseDomain(name.name);
  return Refuse(name,
                absl::StrCat(subject, " is above the Base Domain Name ",
                             base.has_value() ? base->text() : name.name.text(), " (BR 1.6.1)"));
}

// Whether CNAME hops from the name are permitted at all.
absl::Status CheckCnameSteps(const CertificateName& name, const MethodFacts& facts,
                             const AdnRequest& requested) {
  if (requested.cname_steps == 0) return absl::OkStatus();
  if (name.wildcard) {
    return Refuse(name, "a Wildcard Domain Name takes no CNAME step (BR 3.2.2.4)");
  }
  if (!facts.cname_adn) {
    return Refuse(name, absl::StrCat("method ", facts.name, " takes no CNAME step (",
                                     facts.name_reference, ")"));
  }
  if (requested.cname_steps > kAdnCnameStepsMax) {
    return Refuse(name, absl::StrCat(requested.cname_steps, " CNAME steps, at most ",
                                     kAdnCnameStepsMax, " are allowed"));
  }
  if (requested.name.empty()) {
    return Refuse(name, "CNAME steps need the authorization domain name that they lead to");
  }
  return absl::OkStatus();
}

// What holds for any name, by whatever way it is reached.
absl::Status CheckTarget(const CertificateName& name, const DomainName& adn,
                         const PublicSuffixList& suffixes) {
  const std::string subject = absl::StrCat("authorization domain name ", adn.text());
  if (IsOnion(adn)) {
    return Refuse(name,
                  absl::StrCat(subject, " is an Onion Domain Name, which DNS never leads to"));
  }
  if (!suffixes.KnownTld(adn)) {
    return Refuse(name, absl::StrCat(subject, " is an Internal Name (BR 1.6.1)"));
  }
  if (suffixes.IsPublicSuffix(adn)) {
    return Refuse(name, absl::StrCat(subject, " is a public suffix (BR 1.6.1)"));
  }
  return absl::OkStatus();
}

}  // namespace

std::vector<DomainName> AdnCandidates(const CertificateName& name, v1::Method method,
                                      const PublicSuffixList& suffixes) {
  const MethodFacts* facts = FactsOf(method);
  if (facts == nullptr || !CheckMethodFits(name, *facts, suffixes).ok()) return {};
  std::vector<DomainName> candidates = {name.name};
  if (!facts->prune) return candidates;
  while (!suffixes.IsPublicSuffix(candidates.back().Parent())) {
    candidates.push_back(candidates.back().Parent());
  }
  return candidates;
}

absl::StatusOr<DomainName> CheckAdn(const CertificateName& name, v1::Method method,
                                    const AdnRequest& requested, const PublicSuffixList& suffixes) {
  const MethodFacts* facts = FactsOf(method);
  if (facts == nullptr) return Refuse(name, "the method is not known");
  MPIC_RETURN_IF_ERROR(CheckMethodFits(name, *facts, suffixes));
  MPIC_RETURN_IF_ERROR(CheckCnameSteps(name, *facts, requested));
  if (requested.name.empty()) return name.name;
  if (absl::StartsWith(requested.name, "*")) {
    return Refuse(name, "authorization domain name must not be a wildcard (BR 1.6.1)");
  }
  MPIC_ASSIGN_OR_RETURN(DomainName adn, DomainName::ParseHost(requested.name));
  if (requested.cname_steps > 0) {
    MPIC_RETURN_IF_ERROR(CheckTarget(name, adn, suffixes));
    return adn;
  }
  const std::vector<DomainName> candidates = AdnCandidates(name, method, suffixes);
  if (std::find(candidates.begin(), candidates.end(), adn) != candidates.end()) return adn;
  return RefuseAdn(name, *facts, adn, suffixes);
}

absl::Status CheckPruning(const DomainName& target, const DomainName& adn,
                          const PublicSuffixList& suffixes) {
  if (target == adn) return absl::OkStatus();
  if (!target.IsAtOrBelow(adn)) {
    return absl::InvalidArgumentError(
        absl::StrCat(adn.text(), " is not above ", target.text(), ", where CNAME leads"));
  }
  const std::optional<DomainName> base = suffixes.BaseDomain(target);
  if (base.has_value() && adn.IsAtOrBelow(*base)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(adn.text(), " is above the Base Domain Name of ",
                                                 target.text(), ", where CNAME leads (BR 1.6.1)"));
}

}  // namespace mpic::coordinator
