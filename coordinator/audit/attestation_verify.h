// What an auditor can check of a record without asking anybody: whether perspectives have signed
// what it says that they saw. Pure, but for AddPerspectiveKey.
//
// What is checked of every attestation: its signature, by a key that the auditor has from the
// perspective; and that its statement is about this record: perspective, request id, identifier,
// Authorization Domain Name, method, attempt, outcome, problem, times of the result, and that these
// lie within those of the corroboration (by kAttestationSkewMax). Of the observed value its digest:
// by the value where the record has it, else by the digest of the challenge, from which what each
// method observes follows.
//
// What is not: the digests of Check and CheckResult (check_sha256, result_sha256), the nonce, and
// the check id of the stream belong to octets that a record does not keep, because they hold the
// challenge. They were checked by the coordinator when the result came. Who has the perspective's
// own log, or the RA's answer (which holds the results whole), can check them. Where a result is
// recorded whole, as for CAA, `covers_evidence` says that result_sha256 is of just this result.
// Earlier attempts are recorded in summary, without attestations.
#ifndef MPIC_COORDINATOR_AUDIT_ATTESTATION_VERIFY_H_
#define MPIC_COORDINATOR_AUDIT_ATTESTATION_VERIFY_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "coordinator/attestation_keys.h"
#include "mpic/v1/audit.pb.h"

namespace mpic::coordinator {

enum class AttestationStanding {
  kVerified,
  kUnsigned,  // the record has no attestation for this result
  kNoKey,     // the auditor has no key of that id of this perspective
  kRefused,   // the signature does not verify, or the statement is not about this
};

// Of one result that the record holds.
struct AttestationFinding {
  std::string perspective_id;
  bool is_primary = false;
  std::string key_id;
  AttestationStanding standing = AttestationStanding::kUnsigned;
  std::string why;               // a sentence, unless verified
  bool covers_evidence = false;  // the digest of the whole result verifies too
};

// One finding for each result: the primary's, then the remotes' in the record's order. Remotes that
// gave no result have none to be signed. Only kVerified is evidence: also kNoKey may be the work of
// somebody who edited the record.
std::vector<AttestationFinding> VerifyAttestations(const v1::AuditRecord& record,
                                                   const PerspectiveKeys& keys);

// Takes the argument of an option "--perspective-key ID:KEY_ID=FILE" and adds the key to `keys`.
// INVALID_ARGUMENT for another form, or an id that has a key already; FAILED_PRECONDITION with the
// file when it has no public key.
absl::Status AddPerspectiveKey(const std::string& option, PerspectiveKeys& keys);

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_AUDIT_ATTESTATION_VERIFY_H_
