#include "perspective/perspective_service.h"

#include <string>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "common/caller.h"
#include "common/log.h"

namespace mpic::perspective {
namespace {

using CheckReactor = grpc::ServerBidiReactor<v1::CheckRequest, v1::CheckResponse>;

// Answers nothing but a status.
class RefusedStream final : public CheckReactor {
 public:
  explicit RefusedStream(const grpc::Status& status) { Finish(status); }
  void OnDone() override { delete this; }
};

}  // namespace

PerspectiveService::PerspectiveService(std::vector<Worker> workers, StreamEnvironment& environment,
                                       const Settings& settings)
    : workers_(std::move(workers)),
      environment_(environment),
      settings_(settings),
      // Rates and limits of the tenants are of checks; streams are shared out fairly all the same.
      admission_(settings.tenants.without_limits(),
                 {.in_flight_max = settings.limits.streams_max}) {}

CheckReactor* PerspectiveService::Check(grpc::CallbackServerContext* context) {
  absl::StatusOr<Caller> caller =
      AuthorizeCaller(*context->auth_context(), settings_.tls, settings_.tenants);
  if (!caller.ok()) {
    environment_.metrics.CountRefusedPeer();
    const std::string reason(caller.status().message());
    environment_.refusals.Log(LogLevel::kWarning, "peer", "peer refused",
                              {{"address", context->peer()}, {"reason", reason}});
    return new RefusedStream(grpc::Status(grpc::StatusCode::PERMISSION_DENIED, reason));
  }
  const Tenant& tenant = *caller->tenant;
  auto entered = admission_.Enter(tenant.tenant_id, 1);
  if (const auto* refusal = std::get_if<Admission::Refusal>(&entered)) {
    environment_.metrics.tenants().CountRefused(tenant, kRefusedByStreams);
    environment_.refusals.Log(
        LogLevel::kWarning, absl::StrCat(tenant.tenant_id, " stream"), "stream refused",
        {{"tenant", tenant.tenant_id}, {"peer", caller->peer}, {"reason", refusal->sentence}});
    return new RefusedStream(grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED,
                                          absl::StrCat("streams: ", refusal->sentence)));
  }
  const absl::MutexLock lock(&mutex_);
  if (closed_) return new RefusedStream(grpc::Status(grpc::StatusCode::UNAVAILABLE, *closed_));
  Worker& worker = workers_[next_worker_++ % workers_.size()];
  auto* stream = new CheckStream(worker, environment_, *std::move(caller),
                                 std::get<Admission::Ticket>(std::move(entered)),
                                 [this](CheckStream* done) { Forget(done); });
  streams_.insert(stream);
  stream->Start();
  return stream;
}

void PerspectiveService::Open() {
  const absl::MutexLock lock(&mutex_);
  closed_.reset();
}

void PerspectiveService::Close(std::string reason, absl::Duration grace) {
  const absl::MutexLock lock(&mutex_);
  closed_ = std::move(reason);
  for (CheckStream* stream : streams_) {
    // Streams end on their loop, so only there is it certain that this one still lives.
    boost::asio::post(stream->loop(), [this, stream, grace] {
      const absl::MutexLock on_loop(&mutex_);
      if (streams_.contains(stream)) stream->GoAway(grace);
    });
  }
}

bool PerspectiveService::WaitForNoStreams(absl::Time deadline) {
  const absl::MutexLock lock(&mutex_);
  const auto none = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return streams_.empty(); };
  return mutex_.AwaitWithDeadline(absl::Condition(&none), deadline);
}

void PerspectiveService::Forget(CheckStream* stream) {
  const absl::MutexLock lock(&mutex_);
  streams_.erase(stream);
}

}  // namespace mpic::perspective
