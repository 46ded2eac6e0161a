#include "coordinator/attestation_check.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/util/message_differencer.h>

#include <array>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/proto_time.h"
#include "common/result_statement.h"

namespace mpic::coordinator {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::util::MessageDifferencer;
using Statement = v1::ResultStatement;

struct BoundField {
  int number;
  AttestationFault fault;  // when it is not what it must be
};

// Everything that a statement binds, those first whose difference says most.
constexpr std::array kBoundFields = {
    BoundField{Statement::kPerspectiveFieldNumber, AttestationFault::kIdentity},
    BoundField{Statement::kNonceFieldNumber, AttestationFault::kNonce},
    BoundField{Statement::kRequestIdFieldNumber, AttestationFault::kQuestion},
    BoundField{Statement::kCheckIdFieldNumber, AttestationFault::kQuestion},
    BoundField{Statement::kAttemptFieldNumber, AttestationFault::kQuestion},
    BoundField{Statement::kMethodFieldNumber, AttestationFault::kQuestion},
    BoundField{Statement::kIdentifierFieldNumber, AttestationFault::kQuestion},
    BoundField{Statement::kAuthorizationDomainNameFieldNumber, AttestationFault::kQuestion},
    BoundField{Statement::kCheckSha256FieldNumber, AttestationFault::kQuestion},
    BoundField{Statement::kOutcomeFieldNumber, AttestationFault::kResult},
    BoundField{Statement::kProblemFieldNumber, AttestationFault::kResult},
    BoundField{Statement::kObservedValueSha256FieldNumber, AttestationFault::kResult},
    BoundField{Statement::kResultSha256FieldNumber, AttestationFault::kResult},
    BoundField{Statement::kStartedAtFieldNumber, AttestationFault::kResult},
    BoundField{Statement::kFinishedAtFieldNumber, AttestationFault::kResult},
};

AttestationRefusal Refuse(AttestationFault fault, std::string detail) {
  return {.fault = fault, .detail = std::move(detail)};
}

bool SameField(const Statement& a, const Statement& b, const FieldDescriptor& field) {
  MessageDifferencer differencer;
  const std::vector<const FieldDescriptor*> only = {&field};
  return differencer.CompareWithFields(a, b, only, only);
}

std::optional<AttestationRefusal> FirstDifference(const Statement& expected,
                                                  const Statement& stated) {
  if (MessageDifferencer::Equals(expected, stated)) return std::nullopt;
  for (const BoundField& bound : kBoundFields) {
    const FieldDescriptor& field = *Statement::descriptor()->FindFieldByNumber(bound.number);
    if (SameField(expected, stated, field)) continue;
    return Refuse(bound.fault, absl::StrCat("its statement has another ", field.name()));
  }
  // A field set to its default where none is, or one that this version does not know.
  return Refuse(AttestationFault::kMalformed, "its statement has more than its fields");
}

std::optional<AttestationRefusal> RefuseTimes(const Statement& statement, absl::Time asked_at,
                                              absl::Time now) {
  if (!statement.has_started_at() || !statement.has_finished_at() || !AllTimesAreValid(statement)) {
    return Refuse(AttestationFault::kTime, "its statement lacks a time");
  }
  const absl::Time started = FromTimestamp(statement.started_at());
  const absl::Time finished = FromTimestamp(statement.finished_at());
  if (finished < started) return Refuse(AttestationFault::kTime, "it ended before it began");
  if (started < asked_at - kAttestationSkewMax || finished > now + kAttestationSkewMax) {
    return Refuse(AttestationFault::kTime,
                  absl::StrCat("its times are more than ",
                               absl::FormatDuration(kAttestationSkewMax), " off by our clock"));
  }
  return std::nullopt;
}

}  // namespace

absl::string_view FaultName(AttestationFault fault) {
  switch (fault) {
    case AttestationFault::kMissing:
      return "missing";
    case AttestationFault::kUnknownKey:
      return "unknown_key";
    case AttestationFault::kSignature:
      return "signature";
    case AttestationFault::kMalformed:
      return "malformed";
    case AttestationFault::kIdentity:
      return "identity";
    case AttestationFault::kNonce:
      return "nonce";
    case AttestationFault::kQuestion:
      return "question";
    case AttestationFault::kResult:
      return "result";
    case AttestationFault::kTime:
      return "time";
  }
  return "";
}

v1::Problem::Kind ProblemOf(AttestationFault fault) {
  switch (fault) {
    case AttestationFault::kUnknownKey:
    case AttestationFault::kSignature:
    case AttestationFault::kIdentity:
      return v1::Problem::PERSPECTIVE_IDENTITY;
    case AttestationFault::kMissing:
    case AttestationFault::kMalformed:
    case AttestationFault::kNonce:
    case AttestationFault::kQuestion:
    case AttestationFault::kResult:
    case AttestationFault::kTime:
      break;
  }
  return v1::Problem::PERSPECTIVE_RESPONSE_INVALID;
}

OpenedAttestation OpenAttestation(const AttestationKeys& keys, const v1::Attestation& attestation) {
  OpenedAttestation opened;
  const std::string& octets = attestation.statement();
  const auto key = keys.find(attestation.key_id());
  if (key == keys.end()) {
    opened.refusal = Refuse(AttestationFault::kUnknownKey, "it is signed under an unknown key id");
  } else if (octets.size() > kStatementOctetsMax) {
    opened.refusal = Refuse(AttestationFault::kMalformed, "its statement is too long");
  } else if (!key->second.Verifies(StatementSigningInput(octets), attestation.signature())) {
    opened.refusal = Refuse(AttestationFault::kSignature,
                            absl::StrCat("its signature is none of key ", attestation.key_id()));
  } else if (!opened.statement.ParseFromString(octets) ||
             opened.statement.schema_version() != kStatementSchemaVersion) {
    opened.refusal =
        Refuse(AttestationFault::kMalformed,
               absl::StrCat("its statement is none of schema ", kStatementSchemaVersion));
  }
  return opened;
}

std::optional<AttestationRefusal> CheckAttestation(const AttestationKeys& keys,
                                                   const AskedQuestion& question,
                                                   const ReceivedResult& answer, absl::Time now) {
  if (!answer.attestation) {
    return Refuse(AttestationFault::kMissing, "its results must be signed, and this one is not");
  }
  const OpenedAttestation opened = OpenAttestation(keys, *answer.attestation);
  if (opened.refusal) return opened.refusal;
  Statement expected = StatementOfQuestion(question.request);
  AddAnswer(answer.result, answer.octets, expected);
  // One identity in all three: what was pinned, what the result shows, what is signed.
  if (!MessageDifferencer::Equals(answer.result.perspective(), question.hello_identity)) {
    return Refuse(AttestationFault::kIdentity, "its result has another identity than its Hello");
  }
  if (auto difference = FirstDifference(expected, opened.statement)) return difference;
  return RefuseTimes(opened.statement, question.asked_at, now);
}

}  // namespace mpic::coordinator
