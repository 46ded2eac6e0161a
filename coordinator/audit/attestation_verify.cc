#include "coordinator/audit/attestation_verify.h"

#include <google/protobuf/util/message_differencer.h>

#include <optional>
#include <set>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/proto_time.h"
#include "common/result_statement.h"
#include "common/sha256.h"
#include "coordinator/attestation_check.h"

namespace mpic::coordinator {
namespace {

using google::protobuf::util::MessageDifferencer;
using Statement = v1::ResultStatement;

// One result as the record has it.
struct RecordedResult {
  std::string perspective_id;
  bool is_primary = false;
  const v1::CheckResult& result;
  const v1::Attestation* attestation = nullptr;
};

std::string IdentifierText(const v1::Identifier& identifier) {
  return identifier.has_ip_address() ? identifier.ip_address() : identifier.dns_name();
}

bool LooksAtCname(const v1::CheckResult& result) {
  constexpr unsigned kCname = 5;
  for (const v1::Step& step : result.steps()) {
    if (step.dns().qtype() == kCname) return true;
  }
  return false;
}

// What observed_value_sha256 must be; nullopt when the record does not tell.
std::optional<std::string> ObservedDigest(const v1::AuditRecord& record,
                                          const v1::CheckResult& result) {
  if (record.challenge_sha256().empty() || !result.observed_value().empty()) {
    return ObservedValueDigest(result.observed_value());
  }
  if (result.outcome() != v1::PASSED) return std::nullopt;
  const std::string challenge = absl::HexStringToBytes(record.challenge_sha256());
  switch (record.method()) {
    case v1::DNS_01:
    case v1::DNS_ACCOUNT_01:
    case v1::TLS_ALPN_01:
      return Sha256(absl::WebSafeBase64Escape(challenge));
    case v1::DNS_CHANGE:
      // Names are compared, not octets: the perspective may have seen it in another case.
      if (LooksAtCname(result)) return std::nullopt;
      return challenge;
    default:
      return challenge;
  }
}

// The coordinator may refuse a primary that passed (a name that may not be looked at), never the
// other way round.
bool SameOutcome(const Statement& statement, const RecordedResult& recorded) {
  const v1::CheckResult& result = recorded.result;
  if (statement.outcome() == result.outcome()) {
    return statement.problem() == result.problem().kind();
  }
  return recorded.is_primary && statement.outcome() == v1::PASSED &&
         result.outcome() == v1::FAILED &&
         result.problem().kind() == v1::Problem::RECORD_NOT_MATCHING;
}

bool SameTimes(const Statement& statement, const v1::CheckResult& result) {
  return MessageDifferencer::Equals(statement.started_at(), result.started_at()) &&
         MessageDifferencer::Equals(statement.finished_at(), result.finished_at());
}

bool WithinCorroboration(const Statement& statement, const v1::Corroboration& corroboration) {
  return AllTimesAreValid(statement) && AllTimesAreValid(corroboration.started_at()) &&
         AllTimesAreValid(corroboration.finished_at()) &&
         FromTimestamp(statement.started_at()) >=
             FromTimestamp(corroboration.started_at()) - kAttestationSkewMax &&
         FromTimestamp(statement.finished_at()) <=
             FromTimestamp(corroboration.finished_at()) + kAttestationSkewMax;
}

// The first part of the record that the statement does not bear out; empty when it bears out all.
absl::string_view Difference(const v1::AuditRecord& record, const RecordedResult& recorded,
                             const Statement& statement) {
  const v1::CheckResult& result = recorded.result;
  const std::string& adn = statement.authorization_domain_name();
  const std::optional<std::string> observed = ObservedDigest(record, result);
  const std::pair<bool, absl::string_view> rules[] = {
      {statement.perspective().perspective_id() == recorded.perspective_id &&
           MessageDifferencer::Equals(statement.perspective(), result.perspective()),
       "perspective"},
      {statement.request_id() == record.request_id(), "request_id"},
      {IdentifierText(statement.identifier()) == record.identifier(), "identifier"},
      // Empty: the identifier itself, which the record spells out.
      {adn.empty() || adn == record.authorization_domain_name(), "authorization_domain_name"},
      {statement.method() == record.method(), "method"},
      {statement.attempt() == record.corroboration().attempts(), "attempt"},
      {SameOutcome(statement, recorded), "outcome"},
      {SameTimes(statement, result), "started_at or finished_at"},
      {WithinCorroboration(statement, record.corroboration()), "time of the corroboration"},
      {!observed || *observed == statement.observed_value_sha256(), "observed value"}};
  for (const auto& [holds, what] : rules) {
    if (!holds) return what;
  }
  return "";
}

bool CoversEvidence(const v1::CheckResult& recorded, const Statement& statement) {
  v1::CheckResult sent = recorded;
  sent.set_check_id(statement.check_id());  // the RA's stands in its place
  return Sha256(DeterministicOctets(sent)) == statement.result_sha256();
}

AttestationFinding Find(const v1::AuditRecord& record, const RecordedResult& recorded,
                        const PerspectiveKeys& keys, std::set<std::string>& nonces) {
  AttestationFinding finding{.perspective_id = recorded.perspective_id,
                             .is_primary = recorded.is_primary};
  if (recorded.attestation == nullptr) {
    finding.why = "it is not signed";
    return finding;
  }
  finding.key_id = recorded.attestation->key_id();
  const auto of_perspective = keys.find(recorded.perspective_id);
  if (of_perspective == keys.end() || !of_perspective->second.contains(finding.key_id)) {
    finding.standing = AttestationStanding::kNoKey;
    finding.why = "no such key is given";
    return finding;
  }
  finding.standing = AttestationStanding::kRefused;
  const OpenedAttestation opened = OpenAttestation(of_perspective->second, *recorded.attestation);
  if (opened.refusal) {
    finding.why = opened.refusal->detail;
  } else if (const auto what = Difference(record, recorded, opened.statement); !what.empty()) {
    finding.why = absl::StrCat("its statement does not bear out the record's ", what);
  } else if (!nonces.insert(opened.statement.nonce()).second) {
    finding.why = "its statement answers the question of another perspective";
  } else {
    finding.standing = AttestationStanding::kVerified;
    finding.covers_evidence = CoversEvidence(recorded.result, opened.statement);
  }
  return finding;
}

}  // namespace

std::vector<AttestationFinding> VerifyAttestations(const v1::AuditRecord& record,
                                                   const PerspectiveKeys& keys) {
  const v1::Corroboration& corroboration = record.corroboration();
  std::vector<AttestationFinding> findings;
  std::set<std::string> nonces;
  const auto find = [&](const RecordedResult& recorded) {
    findings.push_back(Find(record, recorded, keys, nonces));
  };
  // Without a RIR region it is the coordinator's word on why there is none, or nobody was asked.
  if (corroboration.has_primary_attestation() ||
      corroboration.primary().perspective().rir() != v1::RIR_UNSPECIFIED) {
    find({.perspective_id = corroboration.primary().perspective().perspective_id(),
          .is_primary = true,
          .result = corroboration.primary(),
          .attestation = corroboration.has_primary_attestation()
                             ? &corroboration.primary_attestation()
                             : nullptr});
  }
  for (const v1::RemoteResult& remote : corroboration.remotes()) {
    if (!remote.has_result() && !remote.has_attestation()) continue;
    find({.perspective_id = remote.perspective_id(),
          .result = remote.result(),
          .attestation = remote.has_attestation() ? &remote.attestation() : nullptr});
  }
  return findings;
}

absl::Status AddPerspectiveKey(const std::string& option, PerspectiveKeys& keys) {
  const std::size_t equals = option.find('=');
  const std::size_t colon = option.find(':');
  if (equals == std::string::npos || colon == std::string::npos || colon > equals || colon == 0 ||
      equals == colon + 1 || equals + 1 == option.size()) {
    return absl::InvalidArgumentError(absl::StrCat("\"", option, "\" is not ID:KEY_ID=FILE"));
  }
  absl::StatusOr<VerifyingKey> key = VerifyingKey::Load(option.substr(equals + 1));
  if (!key.ok()) return std::move(key).status();
  const std::string key_id = option.substr(colon + 1, equals - colon - 1);
  if (!keys[option.substr(0, colon)].emplace(key_id, *std::move(key)).second) {
    return absl::InvalidArgumentError(absl::StrCat("\"", option, "\": that key id has a key"));
  }
  return absl::OkStatus();
}

}  // namespace mpic::coordinator
