// From an answer to its record, with the elements of BR 5.4.1. Pure.
#ifndef MPIC_COORDINATOR_AUDIT_RECORD_H_
#define MPIC_COORDINATOR_AUDIT_RECORD_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/tenants.h"
#include "coordinator/attempt.h"
#include "coordinator/request_check.h"
#include "mpic/v1/audit.pb.h"
#include "mpic/v1/coordinator.pb.h"

namespace mpic::coordinator {

// Who asked, and under which ids.
struct RequestOrigin {
  std::string request_id;
  std::string traceparent;
  std::string requested_by;    // certificate name of the RA
  TenantPtr tenant = nullptr;  // null: not known (yet)

  std::string tenant_id() const { return tenant ? tenant->tenant_id : ""; }
};

enum class ChallengeForm {
  // As their SHA-256 only: the observed values and the bodies that hold them are left out, and
  // where a perspective quotes them "[challenge]" stands instead.
  kDigest,
  // The value itself beside its digest, and everything that was seen (audit.record_challenges).
  kValue,
};

v1::AttemptRecord RecordOf(const AttemptResult& attempt);

// The record of an answer, in which the answer itself stands while it is printed: there is much in
// it, and all but a few fields are the same in both.
class RecordedAnswer {
 public:
  // `attempts`: all of them, the failed ones as well.
  RecordedAnswer(const RequestOrigin& origin, const CheckedInput& input,
                 std::vector<v1::AttemptRecord> attempts, v1::Corroboration answer,
                 ChallengeForm challenges);

  const v1::AuditRecord& record() const { return record_; }
  // The answer as it was, with all that the record leaves out. Once; the record is spoilt then.
  v1::Corroboration TakeAnswer();

 private:
  void LeaveOut(absl::string_view challenge);
  void Withhold();
  // Puts what is withheld into the answer or a copy of it.
  void Restore(v1::Corroboration& answer);

  v1::AuditRecord record_;
  // Observed values and bodies, in the order of the results; empty: nothing is withheld.
  std::vector<std::string> withheld_;
  std::optional<v1::Corroboration> whole_;  // where the record differs in more than that
};

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_AUDIT_RECORD_H_
