#include "perspective/rules/caa_lookup_failure.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace mpic::perspective {
namespace {

// BR 4.2.2.1: "retried at least once". A resolver may answer the second from its cache of failures
// (RFC 9520 section 3.2); it has asked all servers of the domain by itself before it fails.
constexpr unsigned kTriesMin = 2;
constexpr std::uint8_t kServfail = 2;
constexpr std::uint8_t kRefused = 5;

bool BlamesTheDomain(const ExtendedDnsError& error) {
  constexpr std::uint16_t kNoReachableAuthority = 22;
  constexpr std::uint16_t kNetworkError = 23;
  return error.info_code == kNoReachableAuthority || error.info_code == kNetworkError;
}

// SERVFAIL says that resolution failed; REFUSED without a reason, that the resolver refuses us.
bool BlamesOnlyTheDomain(const DnsAnswer& answer) {
  const auto& errors = answer.extended_errors;
  if (errors.empty()) return answer.rcode == kServfail;
  return std::all_of(errors.begin(), errors.end(), BlamesTheDomain);
}

// The kind alone is not enough: it also stands for answers that the resolver itself disowns.
bool IsOfToleratedKind(const DnsAnswer& answer, LookupFailureRule rule) {
  switch (answer.problem.kind) {
    case v1::Problem::DNS_REFUSED:
      return answer.rcode == kRefused;
    case v1::Problem::DNS_SERVFAIL:
      return answer.rcode == kServfail && rule == v1::CaaCheck::MAY_PERMIT;
    default:
      return false;
  }
}

}  // namespace

Problem CaaLookupFailed(const DnsAnswer& answer) {
  const ProblemKind cause = answer.problem.kind;
  const std::string detail =
      absl::StrCat("CAA lookup at ", answer.question.name.text(),
                   " failed: ", v1::Problem::Kind_Name(cause), ": ", answer.problem.detail);
  if (cause == v1::Problem::DNSSEC_BOGUS || cause == v1::Problem::DNSSEC_INDETERMINATE) {
    return {cause, detail};
  }
  return {v1::Problem::CAA_LOOKUP_FAILED, detail};
}

std::string WhyNeverPermission(const DnsAnswer& answer, LookupFailureRule rule) {
  if (rule != v1::CaaCheck::MAY_PERMIT && rule != v1::CaaCheck::MAY_PERMIT_UNLESS_SERVFAIL) {
    return "failures are never permission";
  }
  if (!IsOfToleratedKind(answer, rule)) {
    return absl::StrCat(v1::Problem::Kind_Name(answer.problem.kind), " is never permission");
  }
  if (!BlamesOnlyTheDomain(answer)) {
    return "the resolver does not blame the domain's servers";
  }
  if (answer.tries < kTriesMin) return "it was not retried";
  if (answer.tries_differed) return "its tries failed in different ways";
  if (!answer.cname_chain.empty()) return "an alias leads elsewhere";
  return "";
}

}  // namespace mpic::perspective
