#include "coordinator/cli/perspective_call.h"

#include <grpcpp/client_context.h>
#include <grpcpp/support/sync_stream.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/random.h"
#include "common/result_statement.h"
#include "coordinator/attestation_check.h"
#include "coordinator/cli/connection.h"

namespace mpic::coordinator::cli {
namespace {

using Stream = grpc::ClientReaderWriterInterface<v1::CheckRequest, v1::CheckResponse>;

grpc::Status Broken(const char* how) { return {grpc::StatusCode::INTERNAL, how}; }

// What the stream ended with; a breach of the protocol when it ended well but too early.
grpc::Status EndedEarly(Stream& stream, const char* how) {
  const grpc::Status status = stream.Finish();
  return status.ok() ? Broken(how) : status;
}

PerspectiveAnswer Breach(grpc::ClientContext& context, const char* how) {
  context.TryCancel();
  return {.status = Broken(how)};
}

std::optional<v1::CheckResult> ResultIn(const v1::CheckResponse& response) {
  if (response.has_result()) return response.result();
  v1::CheckResult result;
  if (!response.has_attested_result() ||
      !result.ParseFromString(response.attested_result().result())) {
    return std::nullopt;
  }
  return result;
}

}  // namespace

PerspectiveAnswer AskPerspective(v1::PerspectiveService::StubInterface& stub,
                                 const v1::Check& check, const Flags& flags) {
  grpc::ClientContext context;
  Prepare(flags, context);
  const auto stream = stub.Check(&context);
  v1::CheckResponse response;
  if (!stream->Read(&response)) return {.status = EndedEarly(*stream, "it ended without a Hello")};
  if (!response.has_hello()) return Breach(context, "its first message is no Hello");
  PerspectiveAnswer answer{.hello_identity = response.hello().perspective(),
                           .asked_at = absl::Now()};
  v1::CheckRequest& request = answer.request;
  *request.mutable_check() = check;
  request.set_request_id(flags.request_id);
  request.set_traceparent(flags.traceparent);
  request.set_nonce(RandomOctets(kNonceOctets));
  // A write that fails shows in what is read.
  stream->Write(request);
  stream->WritesDone();
  while (stream->Read(&response)) {
    if (response.has_going_away()) continue;
    std::optional<v1::CheckResult> result = ResultIn(response);
    const bool expected =
        result.has_value() && !answer.result.has_value() && result->check_id() == check.check_id();
    if (!expected) return Breach(context, "it sent something else than the result of the check");
    answer.result = std::move(result);
    if (response.has_attested_result()) answer.attested = response.attested_result();
  }
  answer.status = answer.result.has_value() ? stream->Finish()
                                            : EndedEarly(*stream, "it ended without a result");
  return answer;
}

absl::Status VerifyAttestation(const PerspectiveAnswer& answer, VerifyingKey key, absl::Time now) {
  ReceivedResult received{.result = answer.result.value_or(v1::CheckResult())};
  AttestationKeys keys;
  if (answer.attested) {
    received.octets = answer.attested->result();
    received.attestation = answer.attested->attestation();
    keys.emplace(received.attestation->key_id(), std::move(key));
  }
  const auto refusal = CheckAttestation(keys,
                                        {.request = answer.request,
                                         .hello_identity = answer.hello_identity,
                                         .asked_at = answer.asked_at},
                                        received, now);
  if (!refusal) return absl::OkStatus();
  return absl::UnauthenticatedError(absl::StrCat("attestation: ", refusal->detail));
}

}  // namespace mpic::coordinator::cli
