#include "tests/fuzz/sound_result.h"

#include <algorithm>

#include "perspective/methods/check_run.h"
#include "perspective/problem.h"
#include "tests/fuzz/fuzz_target.h"

namespace mpic::fuzz {
namespace {

using v1::CheckResult;
using v1::Problem;
using v1::Step;

struct MethodContract {
  CheckResult::EvidenceCase evidence = CheckResult::EVIDENCE_NOT_SET;
  Step::StepCase step_beside_dns = Step::STEP_NOT_SET;
};

MethodContract ContractOf(v1::Check::MethodCase method) {
  switch (method) {
    case v1::Check::kDnsChange:
    case v1::Check::kDns01:
    case v1::Check::kDnsAccount01:
      return {.evidence = CheckResult::kDnsRecord};
    case v1::Check::kCaaEmailContact:
    case v1::Check::kTxtEmailContact:
    case v1::Check::kTxtPhoneContact:
    case v1::Check::kCaaPhoneContact:
      return {.evidence = CheckResult::kContact};
    case v1::Check::kWebsiteChange:
    case v1::Check::kHttp01:
      return {.evidence = CheckResult::kHttp, .step_beside_dns = Step::kHttp};
    case v1::Check::kTlsAlpn01:
      return {.evidence = CheckResult::kTlsAlpn, .step_beside_dns = Step::kTls};
    case v1::Check::kDnsPersist:
      return {.evidence = CheckResult::kPersist};
    case v1::Check::kReverseLookup:
      return {.evidence = CheckResult::kReverseLookup};
    case v1::Check::kCaa:
      return {.evidence = CheckResult::kCaa};
    case v1::Check::METHOD_NOT_SET:
      break;
  }
  return {};
}

// What was found where nothing is expected; else the value says it.
int DiscoveredCount(const CheckResult& result) {
  return result.contact().usable_contacts_size() + result.reverse_lookup().names_size();
}

void RequireSoundPass(const v1::Check& check, const CheckResult& result) {
  Require(!result.has_problem(), "a pass has no problem");
  Require(result.evidence_case() != CheckResult::EVIDENCE_NOT_SET, "a pass has evidence");
  Require(result.adn_cname_targets_size() == static_cast<int>(check.adn_cname_steps()) ||
              check.method_case() == v1::Check::kCaa,
          "a pass has taken every hop");
  Require(result.steps_size() > 0, "a pass has looked");
  if (result.has_caa()) {
    Require(result.observed_value().empty(), "CAA is compared by its meaning");
    Require(result.caa().has_valid_until(), "a permission ends");
    Require(result.caa().matched_index() < result.caa().relevant_rrset_size(),
            "what authorises was seen");
    return;
  }
  Require(!result.observed_value().empty() || DiscoveredCount(result) > 0,
          "a pass says what was seen");
}

void RequireSoundRefusal(const v1::Check& check, const CheckResult& result) {
  const Problem& problem = result.problem();
  const perspective::Problem said{problem.kind(), problem.detail()};
  RequireSound(said);
  Require(problem.detail().size() <= perspective::kProblemDetailOctetsMax,
          "a problem's detail keeps to the contract");
  Require(problem.kind() < Problem::PERSPECTIVE_UNREACHABLE &&
              problem.kind() != Problem::INTERNAL_ERROR && problem.kind() != Problem::CANCELLED,
          "a problem is a perspective's, and no defect");
  // CAA and contact records that cannot be decoded leave open what they say.
  Require(result.outcome() == perspective::OutcomeOf(problem.kind()) ||
              (result.outcome() == v1::ERROR && problem.kind() == Problem::RECORD_MALFORMED),
          "an outcome is that of its problem");
  Require(result.observed_value().empty(), "without a pass nothing takes part in comparisons");
  Require(!result.caa().has_valid_until(), "what is refused has no time in which it may be used");
  if (problem.kind() == Problem::BAD_REQUEST && check.adn_cname_steps() == 0) {
    Require(result.steps_size() == 0 && result.evidence_case() == CheckResult::EVIDENCE_NOT_SET,
            "what cannot be asked is not looked for");
  }
}

}  // namespace

void RequireSoundResult(const v1::Check& check, const CheckResult& result) {
  const MethodContract contract = ContractOf(check.method_case());
  Require(CheckResult().ParseFromString(result.SerializeAsString()), "a result can be read back");
  Require(result.check_id() == check.check_id() && result.attempt() == check.attempt(),
          "a result names its check");
  Require(result.has_started_at() && result.has_finished_at(), "a result has its time");
  Require(result.evidence_case() == CheckResult::EVIDENCE_NOT_SET ||
              result.evidence_case() == contract.evidence,
          "evidence is that of the method");
  Require(std::ranges::all_of(result.steps(),
                              [&](const Step& step) {
                                return step.step_case() == Step::kDns ||
                                       (step.step_case() != Step::STEP_NOT_SET &&
                                        step.step_case() == contract.step_beside_dns);
                              }),
          "steps are those of the method");
  if (result.outcome() == v1::PASSED) {
    RequireSoundPass(check, result);
  } else {
    RequireSoundRefusal(check, result);
  }
}

}  // namespace mpic::fuzz
