// From an answer to its record, with the elements of BR 5.4.1. Pure.
#ifndef MPIC_COORDINATOR_AUDIT_RECORD_H_
#define MPIC_COORDINATOR_AUDIT_RECORD_H_

#include <string>
#include <vector>

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

// The record of an answer, serialized. `attempts`: all of them, the failed ones as well. `answer`
// stands in the record meanwhile, as there is much in it, and is afterwards what it was before.
// Empty when protobuf cannot serialize so much, which is 2 GiB.
std::string SerializedRecord(const RequestOrigin& origin, const CheckedInput& input,
                             std::vector<v1::AttemptRecord> attempts, v1::Corroboration& answer,
                             ChallengeForm challenges);

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_AUDIT_RECORD_H_
