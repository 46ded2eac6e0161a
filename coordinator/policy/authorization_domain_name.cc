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
                                     "reached by CNAME is not taken"));
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
                                    absl::string_view requested, const PublicSuffixList& suffixes) {
  const MethodFacts* facts = FactsOf(method);
  if (facts == nullptr) return Refuse(name, "the method is not known");
  MPIC_RETURN_IF_ERROR(CheckMethodFits(name, *facts, suffixes));
  if (requested.empty()) return name.name;
  if (absl::StartsWith(requested, "*")) {
    return Refuse(name, "authorization domain name must not be a wildcard (BR 1.6.1)");
  }
  MPIC_ASSIGN_OR_RETURN(DomainName adn, DomainName::ParseHost(requested));
  const std::vector<DomainName> candidates = AdnCandidates(name, method, suffixes);
  if (std::find(candidates.begin(), candidates.end(), adn) != candidates.end()) return adn;
  return RefuseAdn(name, *facts, adn, suffixes);
}

}  // namespace mpic::coordinator
