#include "coordinator/result_check.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/proto_time.h"
#include "coordinator/adn_hops.h"
#include "coordinator/expected_observation.h"
#include "coordinator/tally.h"
#include "coordinator/tolerated_failure.h"

namespace mpic::coordinator {
namespace {

v1::CheckResult::EvidenceCase EvidenceOf(const v1::Check& check) {
  switch (check.method_case()) {
    case v1::Check::kDnsChange:
    case v1::Check::kDns01:
    case v1::Check::kDnsAccount01:
      return v1::CheckResult::kDnsRecord;
    case v1::Check::kCaaEmailContact:
    case v1::Check::kTxtEmailContact:
    case v1::Check::kTxtPhoneContact:
    case v1::Check::kCaaPhoneContact:
      return v1::CheckResult::kContact;
    case v1::Check::kWebsiteChange:
    case v1::Check::kHttp01:
      return v1::CheckResult::kHttp;
    case v1::Check::kTlsAlpn01:
      return v1::CheckResult::kTlsAlpn;
    case v1::Check::kDnsPersist:
      return v1::CheckResult::kPersist;
    case v1::Check::kReverseLookup:
      return v1::CheckResult::kReverseLookup;
    case v1::Check::kCaa:
      return v1::CheckResult::kCaa;
    case v1::Check::METHOD_NOT_SET:
      break;
  }
  return v1::CheckResult::EVIDENCE_NOT_SET;
}

std::string UnusablePass(const v1::CheckResult& result, const v1::Check& asked) {
  if (result.has_problem()) return "the result is PASSED and has a problem";
  if (result.evidence_case() == v1::CheckResult::EVIDENCE_NOT_SET ||
      result.evidence_case() != EvidenceOf(asked)) {
    return "the result is PASSED without evidence of its method";
  }
  // Without it the RA would not know until when it may issue (BR 4.2.2.1).
  if (result.has_caa() && !result.caa().has_valid_until()) {
    return "the result permits by CAA without end";
  }
  if (const std::string why = WhyFailureIsNotTolerable(result, asked); !why.empty()) return why;
  if (const absl::Status seen = CheckObservation(asked, result.observed_value()); !seen.ok()) {
    return absl::StrCat("observed_value ", seen.message());
  }
  if (IsDiscovery(asked) && ValuesIn(result).empty()) {
    return "the result is PASSED and lists nothing that was found";
  }
  if (const absl::Status hops = CheckHopCount(asked, result); !hops.ok()) {
    return absl::StrCat("the result has ", hops.message());
  }
  return "";
}

std::string UnusableProblem(v1::Problem::Kind kind) {
  if (kind == v1::Problem::KIND_UNSPECIFIED) return "the result is not PASSED and names no problem";
  // Judgements about perspectives and quorum are the coordinator's (mpic/v1/check.proto).
  return kind >= v1::Problem::PERSPECTIVE_UNREACHABLE ? "the result names a coordinator's problem"
                                                      : "";
}

}  // namespace

std::string WhyUnusable(const v1::CheckResult& result, const v1::Check& asked) {
  if (const std::size_t octets = result.ByteSizeLong(); octets > kResultOctetsMax) {
    return absl::StrCat("the result has ", octets, " octets, more than ", kResultOctetsMax);
  }
  if (result.attempt() != asked.attempt()) return "the result names another attempt";
  // Such a result could not be recorded, and without the record there is no answer for anybody.
  if (!AllTimesAreValid(result)) return "the result holds a time that is none";
  switch (result.outcome()) {
    case v1::PASSED:
      return UnusablePass(result, asked);
    case v1::FAILED:
    case v1::ERROR:
      return UnusableProblem(result.problem().kind());
    default:
      return "the result has no outcome that this version knows";
  }
}

}  // namespace mpic::coordinator
