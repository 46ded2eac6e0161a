// The gRPC face of the coordinator: MpicService.
#ifndef MPIC_COORDINATOR_MPIC_SERVICE_H_
#define MPIC_COORDINATOR_MPIC_SERVICE_H_

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "common/admission.h"
#include "common/live_count.h"
#include "common/log_limit.h"
#include "common/target_limit.h"
#include "coordinator/corroborate_call.h"
#include "coordinator/corroboration.h"
#include "coordinator/generation.h"
#include "mpic/v1/coordinator.grpc.pb.h"

namespace mpic::coordinator {

// Thread-safe. Calls are dealt out to the loops in turn; a call lives on one loop, and from
// beginning to end with the generation that was current when it came. Outlives the gRPC server that
// serves it.
class MpicService final : public v1::MpicService::CallbackService {
 public:
  // `limits` are the process's, whatever the generation.
  MpicService(const LimitSettings& limits, Metrics& metrics, std::shared_ptr<Generation> first);

  // Status codes: protos/mpic/v1/coordinator.proto.
  grpc::ServerUnaryReactor* Corroborate(grpc::CallbackServerContext* context,
                                        const v1::CorroborateRequest* request,
                                        v1::CorroborateResponse* response) override;
  grpc::ServerUnaryReactor* ListAuthorizationDomainNames(
      grpc::CallbackServerContext* context, const v1::ListAuthorizationDomainNamesRequest* request,
      v1::ListAuthorizationDomainNamesResponse* response) override;

  // The current one.
  std::shared_ptr<Generation> generation() const;
  // Makes `next` the current one: it decides about all calls that come from now on.
  void Adopt(std::shared_ptr<Generation> next);
  // Lets go of the current one, once no call can come any more.
  void Release();

  // Refuses calls from now on.
  void Drain() { draining_ = true; }
  // Waits until no call is left, for `patience` at most.
  bool WaitForNoCalls(absl::Duration patience) { return calls_->WaitForNone(patience); }

 private:
  // Whom every call is refused to. Fills in `origin`, who asks and for whom, as far as it is known.
  grpc::Status AdmitCaller(const grpc::CallbackServerContext& context, const Settings& settings,
                           RequestOrigin& origin) const;
  // Everything that can refuse a call, before any work: who asks, whether there could be a record,
  // how much is under way, what is asked. Fills `call` as far as it gets.
  grpc::Status Admit(const grpc::CallbackServerContext& context,
                     const v1::CorroborateRequest& request, AdmittedCall& call);
  grpc::Status List(const grpc::CallbackServerContext& context,
                    const v1::ListAuthorizationDomainNamesRequest& request, RequestOrigin& origin,
                    v1::ListAuthorizationDomainNamesResponse& response) const;
  // Counts a call that was refused, and logs it within LogLimit for each tenant and code.
  void Tell(const grpc::CallbackServerContext& context, const RequestOrigin& origin,
            const grpc::Status& refused);
  // A ticket for this many checks of the caller's tenant.
  grpc::Status TakeOn(std::size_t checks, AdmittedCall& call);
  // A place among those against its target for each check.
  grpc::Status TakePlaces(AdmittedCall& call);

  const LimitSettings limits_;
  Metrics& metrics_;
  mutable absl::Mutex generation_mutex_;
  std::shared_ptr<Generation> generation_ ABSL_GUARDED_BY(generation_mutex_);
  Admission admission_;  // of checks
  TargetLimit targets_;
  LogLimit refusals_;
  std::atomic<bool> draining_ = false;
  std::shared_ptr<LiveCount> calls_ = std::make_shared<LiveCount>();
};

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_MPIC_SERVICE_H_
