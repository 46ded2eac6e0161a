#include "coordinator/discovery.h"

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

#include "coordinator/field_violations.h"
#include "coordinator/request_check_identifier.h"

namespace mpic::coordinator {
namespace {

bool IsUsable(const std::string& value, v1::Method method, const PublicSuffixList& suffixes) {
  if (value.empty()) return false;
  if (method != v1::REVERSE_LOOKUP) return true;
  FieldViolations unused;
  const auto name = CheckCertificateName(value, suffixes, Field(unused, "name"));
  return name.has_value() && !name->wildcard && name->text() == value;
}

std::vector<std::string> UsableValues(const Claim& claim, const PublicSuffixList& suffixes) {
  std::vector<std::string> usable;
  for (const std::string& value : ValuesIn(claim.primary)) {
    if (usable.size() == kDiscoveredValuesMax) break;
    const bool repeated = std::find(usable.begin(), usable.end(), value) != usable.end();
    if (!repeated && IsUsable(value, claim.method, suffixes)) usable.push_back(value);
  }
  return usable;
}

Claim ClaimOf(const Claim& claim, std::vector<std::string> values) {
  return {.method = claim.method, .primary = claim.primary, .any_of = std::move(values)};
}

// Undecided is closer than refused, then the remotes that saw the value count, then their regions.
auto Closeness(const AttemptVerdict& verdict) {
  return std::make_tuple(verdict.verdict == v1::NOT_COMPLETED, verdict.assessment.corroborating,
                         verdict.assessment.corroborating_rirs.size());
}

AttemptVerdict RefuseUnusable(const QuorumRules& rules, absl::Span<const RemoteSeat> seats,
                              const Claim& claim) {
  AttemptVerdict refused = Conclude(rules, seats, ClaimOf(claim, {}));
  refused.verdict = v1::NOT_CORROBORATED;
  refused.problem.set_kind(v1::Problem::NAME_NOT_ALLOWED);
  refused.problem.set_detail("the primary perspective passed, but saw nothing that may be used");
  return refused;
}

}  // namespace

Discovery ConcludeDiscovery(const QuorumRules& rules, absl::Span<const RemoteSeat> seats,
                            const Claim& claim, const PublicSuffixList& suffixes) {
  Discovery discovery;
  if (claim.primary.outcome() != v1::PASSED) {
    discovery.verdict = RefuseByPrimary(rules.remotes, claim.primary);
    return discovery;
  }
  discovery.seen_by_primary = UsableValues(claim, suffixes);
  if (discovery.seen_by_primary.empty()) {
    discovery.verdict = RefuseUnusable(rules, seats, claim);
    return discovery;
  }
  std::optional<AttemptVerdict> closest;
  for (const std::string& value : discovery.seen_by_primary) {
    AttemptVerdict verdict = Conclude(rules, seats, ClaimOf(claim, {value}));
    if (verdict.verdict == v1::CORROBORATED) {
      discovery.corroborated.push_back(value);
    } else if (!closest || Closeness(verdict) > Closeness(*closest)) {
      closest = std::move(verdict);
      discovery.judged_by = {value};
    }
  }
  if (discovery.corroborated.empty()) {
    discovery.verdict = *std::move(closest);
    return discovery;
  }
  discovery.judged_by = discovery.corroborated;
  discovery.verdict = Conclude(rules, seats, ClaimOf(claim, discovery.judged_by));
  return discovery;
}

}  // namespace mpic::coordinator
