#include "coordinator/result_intake.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/log.h"
#include "coordinator/result_check.h"

namespace mpic::coordinator {
namespace {

PerspectiveAnswer Refused(const std::string& id, v1::Problem::Kind kind, absl::string_view why) {
  PerspectiveAnswer answer;
  answer.problem.set_kind(kind);
  answer.problem.set_detail(absl::StrCat("perspective ", id, ": ", why));
  return answer;
}

std::optional<AttestationRefusal> RefuseAttestation(const AttestationKeys& keys,
                                                    const AskedQuestion& question,
                                                    const ReceivedResult& received,
                                                    absl::Time now) {
  if (keys.empty()) return std::nullopt;
  return CheckAttestation(keys, question, received, now);
}

}  // namespace

PerspectiveAnswer TakeResult(const IntakeRules& rules, const AskedQuestion& question,
                             ReceivedResult received, absl::Time now, Metrics& metrics) {
  const std::string& id = rules.perspective.perspective_id;
  if (auto problem = CheckIdentity(rules.perspective, received.result.perspective(), rules.pin)) {
    metrics.CountIdentityMismatch(id);
    Log(LogLevel::kError, "identity mismatch",
        {{"perspective_id", id},
         {"request_id", question.request.request_id()},
         {"traceparent", question.request.traceparent()},
         {"reason", problem->detail()}});
    return {.result = std::nullopt, .problem = *std::move(problem)};
  }
  if (const auto refusal = RefuseAttestation(rules.attestation_keys, question, received, now)) {
    metrics.CountAttestationRefusal(id, refusal->fault);
    Log(LogLevel::kError, "attestation refused",
        {{"perspective_id", id},
         {"request_id", question.request.request_id()},
         {"traceparent", question.request.traceparent()},
         {"fault", FaultName(refusal->fault)},
         {"reason", refusal->detail}});
    return Refused(id, ProblemOf(refusal->fault), refusal->detail);
  }
  if (const std::string why = WhyUnusable(received.result, question.request.check());
      !why.empty()) {
    return Refused(id, v1::Problem::PERSPECTIVE_RESPONSE_INVALID, why);
  }
  PerspectiveAnswer answer;
  answer.result = std::move(received.result);
  // One that nobody has verified would look like evidence.
  if (!rules.attestation_keys.empty()) answer.attestation = std::move(received.attestation);
  return answer;
}

}  // namespace mpic::coordinator
