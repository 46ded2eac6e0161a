#include "coordinator/tolerated_failure.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace mpic::coordinator {
namespace {

using Tolerated = v1::CaaEvidence::ToleratedLookupFailure;

constexpr std::uint32_t kTypeCname = 5;
constexpr std::uint32_t kTypeDs = 43;
constexpr std::uint32_t kTypeCaa = 257;
constexpr std::uint32_t kServfail = 2;
constexpr std::uint32_t kRefused = 5;
constexpr unsigned kTriesMin = 2;  // BR 4.2.2.1: "retried at least once"

bool IsAtOrBelow(absl::string_view name, absl::string_view upper) {
  return !upper.empty() && (name == upper || absl::EndsWith(name, absl::StrCat(".", upper)));
}

// RFC 8914: 22 no reachable authority, 23 network error.
bool BlamesTheDomain(const v1::DnsStep::ExtendedError& error) {
  return error.info_code() == 22 || error.info_code() == 23;
}

bool IsTolerable(const v1::DnsStep& lookup, bool servfail_permits) {
  const auto& errors = lookup.extended_errors();
  if (lookup.tries() < kTriesMin || lookup.tries_differed() || !lookup.cname_chain().empty() ||
      !std::all_of(errors.begin(), errors.end(), BlamesTheDomain)) {
    return false;
  }
  switch (lookup.problem().kind()) {
    case v1::Problem::DNS_REFUSED:
      return lookup.rcode() == kRefused && !errors.empty();
    case v1::Problem::DNS_SERVFAIL:
      return lookup.rcode() == kServfail && servfail_permits;
    default:
      return false;
  }
}

// A failed CAA lookup at `name` that can be tolerated, and none that cannot.
bool FailedTolerably(const v1::CheckResult& result, absl::string_view name, bool servfail_permits) {
  bool found = false;
  for (const v1::Step& step : result.steps()) {
    const bool shows_alias = !step.dns().rdata().empty() || !step.dns().cname_chain().empty();
    if (step.dns().qtype() == kTypeCname && step.dns().qname() == name && shows_alias) return false;
    if (step.dns().qtype() != kTypeCaa || step.dns().qname() != name) continue;
    if (!IsTolerable(step.dns(), servfail_permits)) return false;
    found = true;
  }
  return found;
}

bool IsProvenInsecure(const v1::CheckResult& result, absl::string_view delegation) {
  return result.perspective().resolver().validates_dnssec() &&
         std::any_of(result.steps().begin(), result.steps().end(), [&](const v1::Step& step) {
           return step.dns().qtype() == kTypeDs && step.dns().qname() == delegation &&
                  step.dns().dnssec() == v1::INSECURE && step.dns().authentic_data();
         });
}

}  // namespace

std::string WhyFailureIsNotTolerable(const v1::CheckResult& result, const v1::Check& asked) {
  if (!result.caa().has_tolerated_lookup_failure()) return "";
  const v1::CaaCheck::LookupFailure rule = asked.caa().lookup_failure();
  if (rule != v1::CaaCheck::MAY_PERMIT && rule != v1::CaaCheck::MAY_PERMIT_UNLESS_SERVFAIL) {
    return "the result permits by a failed CAA lookup, which it was not asked to";
  }
  const Tolerated& tolerated = result.caa().tolerated_lookup_failure();
  if (tolerated.failed_names().empty())
    return "the result permits by a failure that it does not name";
  const absl::string_view name = absl::StripPrefix(asked.identifier().dns_name(), "*.");
  for (const std::string& failed : tolerated.failed_names()) {
    if (!IsAtOrBelow(name, failed) || !IsAtOrBelow(failed, tolerated.insecure_delegation()) ||
        !FailedTolerably(result, failed, rule == v1::CaaCheck::MAY_PERMIT)) {
      return "the result permits by a failed CAA lookup that cannot be tolerated";
    }
  }
  return IsProvenInsecure(result, tolerated.insecure_delegation())
             ? ""
             : "the result permits by a failed CAA lookup without proof of an insecure delegation";
}

void TellToleratedFailures(v1::Corroboration& corroboration) {
  if (corroboration.verdict() != v1::CORROBORATED) return;
  std::vector<std::string> warnings;
  const auto tell = [&](const v1::CheckResult& result) {
    if (!result.caa().has_tolerated_lookup_failure()) return;
    const Tolerated& tolerated = result.caa().tolerated_lookup_failure();
    warnings.push_back(
        absl::StrCat("CAA: the permission of ", result.perspective().perspective_id(),
                     " rests on failed lookups at ", absl::StrJoin(tolerated.failed_names(), ", "),
                     ", tolerated below the proven insecure delegation ",
                     tolerated.insecure_delegation(), " (BR 4.2.2.1)"));
  };
  tell(corroboration.primary());
  for (const v1::RemoteResult& remote : corroboration.remotes()) {
    if (remote.corroborates()) tell(remote.result());
  }
  corroboration.set_caa_lookup_failure_tolerated(!warnings.empty());
  for (const std::string& warning : warnings) corroboration.add_warnings(warning);
}

}  // namespace mpic::coordinator
