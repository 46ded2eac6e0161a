#include "common/result_statement.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include "absl/strings/str_cat.h"
#include "common/check_method.h"
#include "common/sha256.h"

namespace mpic {

std::string DeterministicOctets(const google::protobuf::MessageLite& message) {
  std::string octets;
  google::protobuf::io::StringOutputStream stream(&octets);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  // Fails on missing required fields only, and proto3 has none.
  (void)message.SerializePartialToCodedStream(&coded);
  coded.Trim();
  return octets;
}

std::string ObservedValueDigest(absl::string_view observed_value) {
  return observed_value.empty() ? "" : Sha256(observed_value);
}

std::string StatementSigningInput(absl::string_view statement) {
  return absl::StrCat("mpic-result-v1", absl::string_view("\0", 1), statement);
}

v1::ResultStatement StatementOfQuestion(const v1::CheckRequest& request) {
  const v1::Check& check = request.check();
  v1::ResultStatement statement;
  statement.set_schema_version(kStatementSchemaVersion);
  statement.set_nonce(request.nonce());
  statement.set_request_id(request.request_id());
  statement.set_check_id(check.check_id());
  statement.set_attempt(check.attempt());
  statement.set_method(MethodOf(check));
  if (check.has_identifier()) *statement.mutable_identifier() = check.identifier();
  statement.set_authorization_domain_name(check.authorization_domain_name());
  statement.set_check_sha256(Sha256(DeterministicOctets(check)));
  return statement;
}

void AddAnswer(const v1::CheckResult& result, absl::string_view result_octets,
               v1::ResultStatement& statement) {
  *statement.mutable_perspective() = result.perspective();
  statement.set_outcome(result.outcome());
  statement.set_problem(result.problem().kind());
  statement.set_observed_value_sha256(ObservedValueDigest(result.observed_value()));
  statement.set_result_sha256(Sha256(result_octets));
  if (result.has_started_at()) *statement.mutable_started_at() = result.started_at();
  if (result.has_finished_at()) *statement.mutable_finished_at() = result.finished_at();
}

}  // namespace mpic
