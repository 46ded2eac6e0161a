// This perspective's word on what it saw: results signed with its own key.
#ifndef MPIC_PERSPECTIVE_ATTESTATION_H_
#define MPIC_PERSPECTIVE_ATTESTATION_H_

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "common/signing_key.h"
#include "mpic/v1/check.pb.h"
#include "mpic/v1/perspective.pb.h"
#include "perspective/settings.h"

namespace mpic::perspective {

// Signs on the thread that asks: that takes 0.04 ms with Ed25519 and 0.03 ms with P-256, too little
// to be worth another thread. Thread-safe.
class Attester {
 public:
  // FAILED_PRECONDITION names the field, the file and what is wrong.
  static absl::StatusOr<Attester> Load(const AttestationSettings& settings);

  // `question` is what StatementOfQuestion (common/result_statement.h) said of the request when it
  // came. INTERNAL when OpenSSL fails.
  absl::StatusOr<v1::AttestedResult> Attest(v1::ResultStatement question,
                                            const v1::CheckResult& result) const;

 private:
  Attester(std::string key_id, SigningKey key) : key_id_(std::move(key_id)), key_(std::move(key)) {}

  std::string key_id_;
  SigningKey key_;
};

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_ATTESTATION_H_
