#include "coordinator/corroborate_call.h"

#include <boost/asio/post.hpp>
#include <string>
#include <utility>

namespace mpic::coordinator {
namespace asio = boost::asio;

CorroborateCall::CorroborateCall(CorroborationEnvironment& environment, AdmittedCall call,
                                 v1::CorroborateResponse* response)
    : environment_(environment), call_(std::move(call)), response_(response) {
  call_.live_calls->Add();
  environment_.metrics.checks_in_flight().Increment(
      static_cast<double>(call_.request.inputs.size()));
}

CorroborateCall::~CorroborateCall() {
  environment_.metrics.checks_in_flight().Decrement(
      static_cast<double>(call_.request.inputs.size()));
  // Whoever waits for the last call may take away what these belong to.
  call_.places.clear();
  call_.ticket = {};
  call_.live_calls->Remove();
}

void CorroborateCall::Start() {
  asio::post(environment_.loop, [this] { StartChecks(); });
}

void CorroborateCall::StartChecks() {
  const std::vector<CheckedInput>& inputs = call_.request.inputs;
  response_->set_request_id(call_.origin.request_id);
  response_->set_traceparent(call_.origin.traceparent);
  checks_left_ = inputs.size();
  for (std::size_t i = 0; i < inputs.size(); ++i) response_->add_corroborations();
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    tasks_.push_back(LoopTask::Start(
        environment_.loop, Corroborate(environment_, call_.origin, inputs[i], call_.deadline),
        [this, i](absl::StatusOr<v1::Corroboration> result) {
          OnCheckEnded(i, std::move(result));
        }));
  }
}

void CorroborateCall::OnCheckEnded(std::size_t index, absl::StatusOr<v1::Corroboration> result) {
  call_.places[index] = {};
  if (result.ok()) {
    *response_->mutable_corroborations(static_cast<int>(index)) = *std::move(result);
  } else {
    first_error_.Update(result.status());
  }
  if (--checks_left_ > 0) return;
  // One verdict that cannot be given spoils the answer: an RA must not take a part for the whole.
  environment_.metrics.CountRequest(call_.origin.tenant.get(),
                                    absl::StatusCodeToString(first_error_.code()));
  Finish(grpc::Status(static_cast<grpc::StatusCode>(first_error_.code()),
                      std::string(first_error_.message())));
}

void CorroborateCall::OnCancel() {
  asio::post(environment_.loop, [this] {
    for (const auto& task : tasks_) task->Cancel();
  });
}

void CorroborateCall::OnDone() {
  // gRPC's last callback; what was posted before has run by then.
  asio::post(environment_.loop, [this] { delete this; });
}

}  // namespace mpic::coordinator
