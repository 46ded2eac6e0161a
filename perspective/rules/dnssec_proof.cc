#include "perspective/rules/dnssec_proof.h"

#include "absl/strings/str_cat.h"

namespace mpic::perspective {
namespace {

using Standing = DnssecProof::Standing;

DnssecProof JudgeDelegation(const DnsAnswer& answer) {
  const std::string& name = answer.question.name.text();
  if (answer.problem.kind == v1::Problem::DNSSEC_BOGUS) {
    return {Standing::kDisproven, absl::StrCat("the signature of the root over DS ", name,
                                               " does not hold for it: ", answer.problem.detail)};
  }
  if (answer.lookup_failed()) {
    return {Standing::kUnknown,
            absl::StrCat("no answer for DS ", name, ": ", answer.problem.detail)};
  }
  if (answer.rdata.empty() || !answer.authentic_data) {
    return {Standing::kDisproven,
            absl::StrCat("DS ", name, " was answered ",
                         answer.rdata.empty() ? "without records" : "without AD")};
  }
  return {Standing::kProven, ""};
}

DnssecProof JudgeBogus(const DnsAnswer& answer) {
  const std::string& name = answer.question.name.text();
  if (answer.problem.kind == v1::Problem::DNSSEC_BOGUS ||
      answer.problem.kind == v1::Problem::DNS_SERVFAIL) {
    return {Standing::kProven, ""};
  }
  if (answer.lookup_failed()) {
    return {Standing::kUnknown, absl::StrCat("no answer for ", name, ": ", answer.problem.detail)};
  }
  return {Standing::kDisproven,
          absl::StrCat(name, " was answered although its signatures do not hold")};
}

}  // namespace

DnssecProof JudgeResolver(const DnsAnswer& delegation, const std::optional<DnsAnswer>& bogus) {
  DnssecProof by_delegation = JudgeDelegation(delegation);
  if (!bogus.has_value() || by_delegation.standing == Standing::kDisproven) return by_delegation;
  DnssecProof by_bogus = JudgeBogus(*bogus);
  return by_bogus.standing == Standing::kProven ? by_delegation : by_bogus;
}

}  // namespace mpic::perspective
