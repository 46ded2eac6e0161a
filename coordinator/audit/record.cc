#include "coordinator/audit/record.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "common/sha256.h"

namespace mpic::coordinator {
namespace {

std::string Sha256Hex(absl::string_view value) {
  if (value.empty()) return "";
  return absl::BytesToHexString(Sha256(value));
}

std::string IdentifierText(const v1::Identifier& identifier) {
  return identifier.has_ip_address() ? identifier.ip_address() : identifier.dns_name();
}

// What the applicant was asked to show; empty for methods that have no challenge.
absl::string_view ChallengeOf(const v1::Check& check) {
  switch (check.method_case()) {
    case v1::Check::kDnsChange:
      return check.dns_change().expected_value();
    case v1::Check::kDns01:
      return check.dns_01().key_authorization();
    case v1::Check::kWebsiteChange:
      return check.website_change().expected_value();
    case v1::Check::kHttp01:
      return check.http_01().key_authorization();
    case v1::Check::kTlsAlpn01:
      return check.tls_alpn_01().key_authorization();
    case v1::Check::kDnsAccount01:
      return check.dns_account_01().key_authorization();
    default:
      return "";
  }
}

// Shorter values, which only DNS_CHANGE permits, occur in words that mean something else.
constexpr std::size_t kRemovedOctetsMin = 16;

// Wherever a perspective quotes the challenge: details, URLs, raw records. Attestations stay as
// they are: with one octet changed they prove nothing, and of what a challenge could stand in they
// hold names only, which the record shows anyway.
void RemoveQuotes(absl::string_view challenge, google::protobuf::Message& message) {
  using google::protobuf::FieldDescriptor;
  if (message.GetDescriptor() == v1::Attestation::descriptor()) return;
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  const auto removed = [challenge](const std::string& text) {
    return absl::StrReplaceAll(text, {{challenge, "[challenge]"}});
  };
  for (const FieldDescriptor* field : fields) {
    const bool is_text = field->cpp_type() == FieldDescriptor::CPPTYPE_STRING;
    if (!is_text && field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated() && is_text) {
      reflection.SetString(&message, field, removed(reflection.GetString(message, field)));
    } else if (!field->is_repeated()) {
      RemoveQuotes(challenge, *reflection.MutableMessage(&message, field));
    }
    for (int i = 0; field->is_repeated() && i < reflection.FieldSize(message, field); ++i) {
      if (is_text) {
        reflection.SetRepeatedString(&message, field, i,
                                     removed(reflection.GetRepeatedString(message, field, i)));
      } else {
        RemoveQuotes(challenge, *reflection.MutableRepeatedMessage(&message, field, i));
      }
    }
  }
}

// Each result of an answer, the primary's first.
template <typename Do>
void ForEachResult(v1::Corroboration& answer, Do act) {
  if (answer.has_primary()) act(*answer.mutable_primary());
  for (v1::RemoteResult& remote : *answer.mutable_remotes()) {
    if (remote.has_result()) act(*remote.mutable_result());
  }
}

// Takes the observed values and the bodies out of an answer.
std::vector<std::string> Withhold(v1::Corroboration& answer) {
  std::vector<std::string> withheld;
  ForEachResult(answer, [&withheld](v1::CheckResult& result) {
    withheld.push_back(std::exchange(*result.mutable_observed_value(), ""));
    if (result.has_http()) {
      withheld.push_back(std::exchange(*result.mutable_http()->mutable_body(), ""));
    }
  });
  return withheld;
}

void Restore(std::vector<std::string> withheld, v1::Corroboration& answer) {
  auto next = withheld.begin();
  ForEachResult(answer, [&next](v1::CheckResult& result) {
    result.set_observed_value(std::move(*next++));
    if (result.has_http()) result.mutable_http()->set_body(std::move(*next++));
  });
}

// Leaves the answer in the record as it was.
std::string SerializeWithout(absl::string_view challenge, v1::AuditRecord& record) {
  v1::Corroboration& answer = *record.mutable_corroboration();
  std::vector<std::string> withheld = Withhold(answer);
  std::string octets = record.SerializeAsString();
  // Hardly anybody quotes it, and a text stands in the serialized record as it is.
  if (challenge.size() >= kRemovedOctetsMin && absl::StrContains(octets, challenge)) {
    v1::Corroboration quoting = answer;
    RemoveQuotes(challenge, answer);
    for (v1::AttemptRecord& attempt : *record.mutable_attempts()) RemoveQuotes(challenge, attempt);
    octets = record.SerializeAsString();
    answer = std::move(quoting);
  }
  Restore(std::move(withheld), answer);
  return octets;
}

}  // namespace

v1::AttemptRecord RecordOf(const AttemptResult& attempt) {
  v1::AttemptRecord record;
  record.set_attempt(attempt.number);
  record.set_cohort_seed(attempt.cohort_seed);
  *record.mutable_quorum() = ToQuorum(attempt.verdict.assessment);
  if (attempt.verdict.verdict != v1::CORROBORATED) {
    *record.mutable_problem() = attempt.verdict.problem;
  }
  for (const v1::RemoteResult& remote : attempt.remotes) {
    v1::RemoteSummary& summary = *record.add_remotes();
    summary.set_perspective_id(remote.perspective_id());
    summary.set_rir(remote.rir());
    summary.set_corroborates(remote.corroborates());
    if (remote.has_problem()) *summary.mutable_problem() = remote.problem();
  }
  record.set_primary_outcome(attempt.primary.outcome());
  record.set_primary_perspective_id(attempt.primary.perspective().perspective_id());
  return record;
}

std::string SerializedRecord(const RequestOrigin& origin, const CheckedInput& input,
                             std::vector<v1::AttemptRecord> attempts, v1::Corroboration& answer,
                             ChallengeForm challenges) {
  const absl::string_view challenge = ChallengeOf(input.check);
  v1::AuditRecord record;
  record.set_request_id(origin.request_id);
  record.set_traceparent(origin.traceparent);
  record.set_requested_by(origin.requested_by);
  record.set_tenant_id(origin.tenant_id());
  if (origin.tenant) {
    record.mutable_tenant_labels()->insert(origin.tenant->labels.begin(),
                                           origin.tenant->labels.end());
  }
  record.set_identifier(IdentifierText(input.check.identifier()));
  record.set_method(input.method);
  record.set_method_reference(input.method_reference);
  record.set_authorization_domain_name(input.authorization_domain_name);
  record.set_challenge_sha256(Sha256Hex(challenge));
  for (v1::AttemptRecord& attempt : attempts) *record.add_attempts() = std::move(attempt);
  record.set_coordinator("mpic-coordinator/" MPIC_VERSION);
  const bool leaves_out = challenges == ChallengeForm::kDigest && !challenge.empty();
  if (challenges == ChallengeForm::kValue) record.set_challenge(std::string(challenge));
  record.mutable_corroboration()->Swap(&answer);
  std::string octets =
      leaves_out ? SerializeWithout(challenge, record) : record.SerializeAsString();
  record.mutable_corroboration()->Swap(&answer);
  return octets;
}

}  // namespace mpic::coordinator
