#include "perspective/attestation.h"

#include "absl/strings/str_cat.h"
#include "common/result_statement.h"
#include "common/status_macros.h"

namespace mpic::perspective {

absl::StatusOr<Attester> Attester::Load(const AttestationSettings& settings) {
  absl::StatusOr<SigningKey> key = SigningKey::Load(settings.private_key_file);
  if (!key.ok()) {
    return absl::FailedPreconditionError(
        absl::StrCat("attestation.private_key_file: ", key.status().message()));
  }
  return Attester(settings.key_id, *std::move(key));
}

absl::StatusOr<v1::AttestedResult> Attester::Attest(v1::ResultStatement question,
                                                    const v1::CheckResult& result) const {
  v1::AttestedResult attested;
  attested.set_result(DeterministicOctets(result));
  AddAnswer(result, attested.result(), question);
  v1::Attestation& attestation = *attested.mutable_attestation();
  attestation.set_statement(DeterministicOctets(question));
  attestation.set_key_id(key_id_);
  MPIC_ASSIGN_OR_RETURN(*attestation.mutable_signature(),
                        key_.Sign(StatementSigningInput(attestation.statement())));
  return attested;
}

}  // namespace mpic::perspective
