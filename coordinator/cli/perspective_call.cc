#include "coordinator/cli/perspective_call.h"

#include <grpcpp/client_context.h>
#include <grpcpp/support/sync_stream.h>

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

}  // namespace

PerspectiveAnswer AskPerspective(v1::PerspectiveService::StubInterface& stub,
                                 const v1::Check& check, const Flags& flags) {
  grpc::ClientContext context;
  Prepare(flags, context);
  const auto stream = stub.Check(&context);
  v1::CheckResponse response;
  if (!stream->Read(&response)) return {.status = EndedEarly(*stream, "it ended without a Hello")};
  if (!response.has_hello()) return Breach(context, "its first message is no Hello");
  v1::CheckRequest request;
  *request.mutable_check() = check;
  request.set_request_id(flags.request_id);
  request.set_traceparent(flags.traceparent);
  // A write that fails shows in what is read.
  stream->Write(request);
  stream->WritesDone();
  PerspectiveAnswer answer;
  while (stream->Read(&response)) {
    if (response.has_going_away()) continue;
    const bool expected = response.has_result() && !answer.result.has_value() &&
                          response.result().check_id() == check.check_id();
    if (!expected) return Breach(context, "it sent something else than the result of the check");
    answer.result = response.result();
  }
  answer.status = answer.result.has_value() ? stream->Finish()
                                            : EndedEarly(*stream, "it ended without a result");
  return answer;
}

}  // namespace mpic::coordinator::cli
