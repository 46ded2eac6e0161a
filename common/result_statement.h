// What a perspective signs about a result (mpic/v1/check.proto, ResultStatement), made by the same
// functions on both sides: the perspective signs what they give, the coordinator compares with what
// they give for the question that it sent and the octets that it got. Pure.
#ifndef MPIC_COMMON_RESULT_STATEMENT_H_
#define MPIC_COMMON_RESULT_STATEMENT_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "google/protobuf/message_lite.h"
#include "mpic/v1/check.pb.h"
#include "mpic/v1/perspective.pb.h"

namespace mpic {

// The fields of this schema are those of ResultStatement today, and no other: one more is another
// schema_version, because a coordinator must know all that it takes as evidence.
inline constexpr std::uint32_t kStatementSchemaVersion = 1;

// CheckRequest.nonce: nobody meets the same one twice.
inline constexpr std::size_t kNonceOctets = 16;

// The serialization whose digests statements carry: fields in ascending order of their numbers,
// those at their default left out, unknown fields last, in the order in which they came. Sender and
// receiver of a message get the same octets as long as fields that only one of them knows have
// higher numbers than all that both know; otherwise digests differ, and the result does not count.
std::string DeterministicOctets(const google::protobuf::MessageLite& message);

// ResultStatement.observed_value_sha256: empty when the value is.
std::string ObservedValueDigest(absl::string_view observed_value);

// What a signature is over: "mpic-result-v1", a zero octet, the statement. The prefix keeps a key
// from signing something that means anything else elsewhere.
std::string StatementSigningInput(absl::string_view statement);

// What a statement says of the question: everything that `request` binds.
v1::ResultStatement StatementOfQuestion(const v1::CheckRequest& request);

// Adds what it says of the answer. `result_octets` is the serialized `result`, as it is sent.
void AddAnswer(const v1::CheckResult& result, absl::string_view result_octets,
               v1::ResultStatement& statement);

}  // namespace mpic

#endif  // MPIC_COMMON_RESULT_STATEMENT_H_
