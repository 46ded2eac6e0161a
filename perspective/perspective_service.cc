#include "perspective/perspective_service.h"

#include <future>
#include <string>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "common/caller.h"
#include "common/log.h"

namespace mpic::perspective {
namespace {

// Answers nothing but a status.
class RefusedStream final : public grpc::ServerBidiReactor<v1::CheckRequest, v1::CheckResponse> {
 public:
  explicit RefusedStream(const grpc::Status& status) { Finish(status); }
  void OnDone() override { delete this; }
};

}  // namespace

PerspectiveService::PerspectiveService(std::vector<Worker> workers, StreamEnvironment& environment,
                                       const Settings& settings)
    : workers_(std::move(workers)),
      environment_(environment),
      // Rates and limits of the tenants are of checks; streams are shared out fairly all the same.
      admission_(settings.tenants.without_limits(), {.in_flight_max = settings.limits.streams_max}),
      tls_(settings.tls),
      tenants_(settings.tenants) {}

PerspectiveService::CheckReactor* PerspectiveService::Check(grpc::CallbackServerContext* context) {
  std::variant<CheckStream*, Refused> entered;
  {
    const absl::MutexLock lock(&mutex_);
    entered = Enter(*context->auth_context());
  }
  if (const auto* refused = std::get_if<Refused>(&entered)) return Refuse(*context, *refused);
  return std::get<CheckStream*>(entered);
}

std::variant<CheckStream*, PerspectiveService::Refused> PerspectiveService::Enter(
    const grpc::AuthContext& context) {
  absl::StatusOr<Caller> caller = AuthorizeCaller(context, tls_, tenants_);
  if (!caller.ok()) {
    return Refused{
        .status = {grpc::StatusCode::PERMISSION_DENIED, std::string(caller.status().message())}};
  }
  auto entered = admission_.Enter(caller->tenant->tenant_id, 1);
  if (const auto* refusal = std::get_if<Admission::Refusal>(&entered)) {
    return Refused{.status = {grpc::StatusCode::RESOURCE_EXHAUSTED,
                              absl::StrCat("streams: ", refusal->sentence)},
                   .caller = *std::move(caller)};
  }
  if (closed_) {
    return Refused{.status = {grpc::StatusCode::UNAVAILABLE, *closed_},
                   .caller = *std::move(caller)};
  }
  Worker& worker = workers_[next_worker_++ % workers_.size()];
  const std::uint64_t number = next_number_++;
  auto* stream = new CheckStream(worker, environment_, *caller,
                                 std::get<Admission::Ticket>(std::move(entered)),
                                 [this, number](CheckStream* /*done*/) { Forget(number); });
  streams_.emplace(number, Entry{.stream = stream, .caller = *std::move(caller)});
  stream->Start();
  return stream;
}

PerspectiveService::CheckReactor* PerspectiveService::Refuse(
    const grpc::CallbackServerContext& context, const Refused& refused) {
  const std::string& reason = refused.status.error_message();
  if (!refused.caller) {
    environment_.metrics.CountRefusedPeer();
    environment_.refusals.Log(LogLevel::kWarning, "peer", "peer refused",
                              {{"address", context.peer()}, {"reason", reason}});
  } else if (refused.status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED) {
    const Tenant& tenant = *refused.caller->tenant;
    environment_.metrics.tenants().CountRefused(tenant, kRefusedByStreams);
    environment_.refusals.Log(
        LogLevel::kWarning, absl::StrCat(tenant.tenant_id, " stream"), "stream refused",
        {{"tenant", tenant.tenant_id}, {"peer", refused.caller->peer}, {"reason", reason}});
  }
  return new RefusedStream(refused.status);
}

void PerspectiveService::Admit(const config::v1::Tls& tls, const Tenants& tenants) {
  {
    const absl::MutexLock lock(&mutex_);
    tls_ = tls;
    tenants_ = tenants;
    admission_.SetTenants(tenants.without_limits());
    for (auto& of : streams_) Readmit(of);
  }
  for (const Worker& worker : workers_) {
    std::promise<void> passed;
    boost::asio::post(worker.loop, [&] { passed.set_value(); });
    passed.get_future().wait();
  }
}

void PerspectiveService::Readmit(Streams::value_type& of) {
  Caller& caller = of.second.caller;
  const absl::StatusOr<Caller> now = AuthorizeAgain(caller.names, tls_, tenants_);
  const TenantPtr tenant = now.ok() ? now->tenant : nullptr;
  const bool is_the_same = tenant && caller.tenant ? tenant->IsOfferedTheSameAs(*caller.tenant)
                                                   : tenant == caller.tenant;
  if (is_the_same) return;
  caller.tenant = tenant;
  Post(of, [grace = environment_.leaving_max, tenant](CheckStream& stream) {
    stream.WorkFor(tenant);
    stream.GoAway(grace);
  });
}

void PerspectiveService::Post(const Streams::value_type& of,
                              std::function<void(CheckStream&)> tell) {
  const std::uint64_t number = of.first;
  // Streams end on their loop, so only there is it certain that this one still lives.
  boost::asio::post(of.second.stream->loop(), [this, number, tell = std::move(tell)] {
    const absl::MutexLock on_loop(&mutex_);
    const auto found = streams_.find(number);
    if (found != streams_.end()) tell(*found->second.stream);
  });
}

void PerspectiveService::Open() {
  const absl::MutexLock lock(&mutex_);
  closed_.reset();
}

void PerspectiveService::Close(std::string reason, absl::Duration grace) {
  const absl::MutexLock lock(&mutex_);
  closed_ = std::move(reason);
  for (const auto& of : streams_) {
    Post(of, [grace](CheckStream& stream) { stream.GoAway(grace); });
  }
}

bool PerspectiveService::WaitForNoStreams(absl::Duration patience) {
  const absl::MutexLock lock(&mutex_);
  return forgotten_.WaitFor(mutex_, patience, [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return streams_.empty();
  });
}

void PerspectiveService::Forget(std::uint64_t number) {
  const absl::MutexLock lock(&mutex_);
  streams_.erase(number);
  forgotten_.NotifyAll();
}

}  // namespace mpic::perspective
