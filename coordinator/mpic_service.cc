#include "coordinator/mpic_service.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/caller.h"
#include "common/check_target.h"
#include "common/log.h"
#include "common/proto_time.h"
#include "common/random.h"
#include "common/steady_time.h"
#include "common/trace_context.h"
#include "coordinator/request_check.h"
#include "coordinator/request_check_adn.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace mpic::coordinator {
namespace {

constexpr char kRequestIdKey[] = "x-request-id";
constexpr std::size_t kRequestIdOctetsMax = 128;
// When those who ask too much about one target are asked to come back.
constexpr absl::Duration kRetryDelay = absl::Seconds(1);

// A call that ends where it begins: refused, or answered already.
class EndedCall final : public grpc::ServerUnaryReactor {
 public:
  explicit EndedCall(const grpc::Status& status) { Finish(status); }
  void OnDone() override { delete this; }
};

// A status with one of google.rpc's error details, as clients of all languages decode it.
grpc::Status WithDetails(grpc::StatusCode code, const std::string& message,
                         const google::protobuf::Message& detail) {
  google::rpc::Status rich;
  rich.set_code(code);
  rich.set_message(message);
  rich.add_details()->PackFrom(detail);
  return grpc::Status(code, message, rich.SerializeAsString());
}

std::string Metadata(const grpc::CallbackServerContext& context, const char* key) {
  const auto found = context.client_metadata().find(key);
  if (found == context.client_metadata().end()) return "";
  return {found->second.data(), found->second.size()};
}

bool IsRequestId(absl::string_view id) {
  return !id.empty() && id.size() <= kRequestIdOctetsMax &&
         std::all_of(id.begin(), id.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

// absl::Now() may be two seconds late to notice that the clock was set, and gRPC is not: the two do
// not mix.
absl::Duration TimeLeft(const grpc::CallbackServerContext& context, const LimitSettings& limits) {
  const auto left = context.deadline() - std::chrono::system_clock::now();
  return std::min(limits.request_timeout, absl::FromChrono(left));
}

// A refusal that says when to come back.
grpc::Status Exhausted(const std::string& message, absl::Duration retry_after) {
  google::rpc::RetryInfo retry;
  *retry.mutable_retry_delay() = ToProtoDuration(retry_after);
  return WithDetails(grpc::StatusCode::RESOURCE_EXHAUSTED, message, retry);
}

// What could never be admitted is a fault of the request.
std::size_t ChecksMax(const Tenant& tenant, const LimitSettings& limits,
                      const Admission& admission) {
  const std::size_t most = std::min<std::size_t>(limits.checks_per_request, admission.most());
  const std::size_t own = tenant.limits.in_flight_max;
  return own > 0 ? std::min(most, own) : most;
}

void SetRequestId(const grpc::CallbackServerContext& context, RequestOrigin& origin) {
  origin.request_id = Metadata(context, kRequestIdKey);
  if (!IsRequestId(origin.request_id)) origin.request_id = RequestId();
}

std::string Summary(const google::rpc::BadRequest& violations) {
  const auto& first = violations.field_violations(0);
  const int more = violations.field_violations_size() - 1;
  return absl::StrCat(first.field(), ": ", first.description(),
                      more > 0 ? absl::StrCat(" (and ", more, " more violations)") : "");
}

}  // namespace

MpicService::MpicService(const LimitSettings& limits, Metrics& metrics,
                         std::shared_ptr<Generation> first)
    : limits_(limits),
      metrics_(metrics),
      generation_(std::move(first)),
      admission_(generation_->settings().tenants.limits(),
                 {.in_flight_max = limits.checks_in_flight,
                  .on_change =
                      [&metrics](const std::string& tenant_id, std::size_t checks) {
                        metrics.tenants().SetInFlight(tenant_id, checks);
                      }}),
      targets_(limits.checks_in_flight_per_target) {}

std::shared_ptr<Generation> MpicService::generation() const {
  const absl::MutexLock lock(&generation_mutex_);
  return generation_;
}

void MpicService::Adopt(std::shared_ptr<Generation> next) {
  // Before anybody can ask for a new tenant.
  metrics_.tenants().SetTenants(next->settings().tenants);
  // Together, so that whoever is refused as a former tenant finds the new generation.
  const absl::MutexLock lock(&generation_mutex_);
  admission_.SetTenants(next->settings().tenants.limits());
  generation_.swap(next);
}

void MpicService::Release() {
  std::shared_ptr<Generation> last;
  const absl::MutexLock lock(&generation_mutex_);
  generation_.swap(last);
}

grpc::ServerUnaryReactor* MpicService::Corroborate(grpc::CallbackServerContext* context,
                                                   const v1::CorroborateRequest* request,
                                                   v1::CorroborateResponse* response) {
  AdmittedCall call{.generation = generation(), .live_calls = calls_};
  grpc::Status admitted = Admit(*context, *request, call);
  // Refused by what was not in force any more: what is in force decides.
  while (!admitted.ok() && call.generation != generation()) {
    call = {.generation = generation(), .live_calls = calls_};
    admitted = Admit(*context, *request, call);
  }
  if (!admitted.ok()) {
    // Of a call that is refused nothing has been checked.
    call.origin.request_id = request->request_id().substr(0, kRequestIdOctetsMax);
    Tell(*context, call.origin, admitted);
    return new EndedCall(admitted);
  }
  CorroborationEnvironment& environment = call.generation->NextEnvironment();
  auto* reactor = new CorroborateCall(environment, std::move(call), response);
  reactor->Start();
  return reactor;
}

grpc::ServerUnaryReactor* MpicService::ListAuthorizationDomainNames(
    grpc::CallbackServerContext* context, const v1::ListAuthorizationDomainNamesRequest* request,
    v1::ListAuthorizationDomainNamesResponse* response) {
  RequestOrigin origin;
  const grpc::Status status = List(*context, *request, origin, *response);
  if (!status.ok()) Tell(*context, origin, status);
  return new EndedCall(status);
}

// Within no rate: it waits for nobody, keeps nothing, and costs no more than to refuse it.
grpc::Status MpicService::List(const grpc::CallbackServerContext& context,
                               const v1::ListAuthorizationDomainNamesRequest& request,
                               RequestOrigin& origin,
                               v1::ListAuthorizationDomainNamesResponse& response) const {
  const std::shared_ptr<Generation> current = generation();
  if (grpc::Status refused = AdmitCaller(context, current->settings(), origin); !refused.ok()) {
    return refused;
  }
  auto listed =
      coordinator::ListAuthorizationDomainNames(request, current->suffixes(), absl::Now());
  if (const auto* violations = std::get_if<google::rpc::BadRequest>(&listed)) {
    return WithDetails(grpc::StatusCode::INVALID_ARGUMENT, Summary(*violations), *violations);
  }
  response = std::get<v1::ListAuthorizationDomainNamesResponse>(std::move(listed));
  return grpc::Status::OK;
}

void MpicService::Tell(const grpc::CallbackServerContext& context, const RequestOrigin& origin,
                       const grpc::Status& refused) {
  const std::string code =
      absl::StatusCodeToString(static_cast<absl::StatusCode>(refused.error_code()));
  metrics_.CountRequest(origin.tenant.get(), code);
  refusals_.Log(LogLevel::kWarning, absl::StrCat(origin.tenant_id(), " ", code), "request refused",
                {{"request_id", origin.request_id},
                 {"traceparent", origin.traceparent},
                 {"tenant", origin.tenant_id()},
                 {"requested_by", origin.requested_by},
                 {"address", context.peer()},
                 {"code", static_cast<int>(refused.error_code())},
                 {"reason", refused.error_message()}});
}

grpc::Status MpicService::AdmitCaller(const grpc::CallbackServerContext& context,
                                      const Settings& settings, RequestOrigin& origin) const {
  origin.traceparent = ContinueTrace(Metadata(context, kTraceparentKey)).traceparent();
  absl::StatusOr<Caller> caller =
      AuthorizeCaller(*context.auth_context(), settings.tls, settings.tenants);
  if (!caller.ok()) {
    return {grpc::StatusCode::PERMISSION_DENIED, std::string(caller.status().message())};
  }
  origin.requested_by = std::move(caller->peer);
  origin.tenant = std::move(caller->tenant);
  if (draining_) return {grpc::StatusCode::UNAVAILABLE, "shutting down"};
  return grpc::Status::OK;
}

grpc::Status MpicService::Admit(const grpc::CallbackServerContext& context,
                                const v1::CorroborateRequest& request, AdmittedCall& call) {
  const Settings& settings = call.generation->settings();
  if (grpc::Status refused = AdmitCaller(context, settings, call.origin); !refused.ok()) {
    return refused;
  }
  if (const absl::Status health = call.generation->audit().Health(); !health.ok()) {
    return {grpc::StatusCode::UNAVAILABLE,
            absl::StrCat("records cannot be written, so no verdict is given: ", health.message())};
  }
  SetRequestId(context, call.origin);
  const Tenant& tenant = *call.origin.tenant;
  const std::size_t checks_max = ChecksMax(tenant, limits_, admission_);
  const auto checks = static_cast<std::size_t>(request.inputs_size());
  // More or fewer are refused below, and by nobody's load.
  if (checks >= 1 && checks <= checks_max) {
    if (grpc::Status refused = TakeOn(checks, call); !refused.ok()) return refused;
  }
  const absl::Duration time_left = TimeLeft(context, limits_);
  call.deadline = SteadyNow() + time_left;
  auto checked = CheckRequest(request,
                              {.suffixes = call.generation->suffixes(),
                               .caa_issuer_domain_names = tenant.caa_issuer_domain_names.empty()
                                                              ? settings.caa_issuer_domain_names
                                                              : tenant.caa_issuer_domain_names,
                               .checks_max = checks_max,
                               .checks_per_target_max = limits_.checks_in_flight_per_target,
                               .tenant = &tenant,
                               .default_budget = settings.policy.check_budget,
                               .lab = settings.lab,
                               .primary_configured = settings.primary.has_value(),
                               .deadline_left = time_left},
                              absl::Now());
  if (const auto* violations = std::get_if<google::rpc::BadRequest>(&checked)) {
    return WithDetails(grpc::StatusCode::INVALID_ARGUMENT, Summary(*violations), *violations);
  }
  call.request = std::get<CheckedRequest>(std::move(checked));
  if (!call.request.request_id.empty()) call.origin.request_id = call.request.request_id;
  return TakePlaces(call);
}

grpc::Status MpicService::TakeOn(std::size_t checks, AdmittedCall& call) {
  const Tenant& tenant = *call.origin.tenant;
  auto entered = admission_.Enter(tenant.tenant_id, checks);
  if (const auto* refusal = std::get_if<Admission::Refusal>(&entered)) {
    // It was gone between being known and being let in.
    if (refusal->reason == Admission::Reason::kTenantGone) {
      return {grpc::StatusCode::PERMISSION_DENIED, refusal->sentence};
    }
    metrics_.tenants().CountRefused(tenant, NameOf(refusal->reason));
    return Exhausted(absl::StrCat("checks: ", refusal->sentence), refusal->retry_after);
  }
  call.ticket = std::get<Admission::Ticket>(std::move(entered));
  return grpc::Status::OK;
}

grpc::Status MpicService::TakePlaces(AdmittedCall& call) {
  for (const CheckedInput& input : call.request.inputs) {
    const std::string target = TargetOf(input.check);
    std::optional<TargetLimit::Place> place = targets_.Enter(target);
    if (!place) {
      metrics_.tenants().CountRefused(*call.origin.tenant, kRefusedByTarget);
      return Exhausted(absl::StrCat("over the limit of ", targets_.per_target_max(),
                                    " checks in flight for ", target),
                       kRetryDelay);
    }
    call.places.push_back(*std::move(place));
  }
  return grpc::Status::OK;
}

}  // namespace mpic::coordinator
