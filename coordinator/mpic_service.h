// The gRPC face of the coordinator: MpicService.
#ifndef MPIC_COORDINATOR_MPIC_SERVICE_H_
#define MPIC_COORDINATOR_MPIC_SERVICE_H_

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "common/admission.h"
#include "common/live_count.h"
#include "common/log_limit.h"
#include "common/public_suffix_list.h"
#include "common/target_limit.h"
#include "coordinator/corroborate_call.h"
#include "coordinator/corroboration.h"
#include "mpic/v1/coordinator.grpc.pb.h"

namespace mpic::coordinator {

// Thread-safe. Calls are dealt out to the environments (one a loop) in turn; a call lives on one
// loop. Outlives the gRPC server that serves it.
class MpicService final : public v1::MpicService::CallbackService {
 public:
  MpicService(const Settings& settings, const PublicSuffixList& suffixes,
              std::vector<CorroborationEnvironment*> environments);

  // Status codes: protos/mpic/v1/coordinator.proto.
  grpc::ServerUnaryReactor* Corroborate(grpc::CallbackServerContext* context,
                                        const v1::CorroborateRequest* request,
                                        v1::CorroborateResponse* response) override;
  grpc::ServerUnaryReactor* ListAuthorizationDomainNames(
      grpc::CallbackServerContext* context, const v1::ListAuthorizationDomainNamesRequest* request,
      v1::ListAuthorizationDomainNamesResponse* response) override;

  // Refuses calls from now on.
  void Drain() { draining_ = true; }
  // Waits until no call is left, at most until `deadline`.
  bool WaitForNoCalls(absl::Time deadline) { return calls_->WaitForNone(deadline); }

 private:
  // Whom every call is refused to. Fills in `origin`, who asks and for whom, as far as it is known.
  grpc::Status AdmitCaller(const grpc::CallbackServerContext& context, RequestOrigin& origin) const;
  // Everything that can refuse a call, before any work: who asks, whether there could be a record,
  // how much is under way, what is asked. Fills `call` as far as it gets.
  grpc::Status Admit(const grpc::CallbackServerContext& context,
                     const v1::CorroborateRequest& request, AdmittedCall& call);
  grpc::Status List(const grpc::CallbackServerContext& context,
                    const v1::ListAuthorizationDomainNamesRequest& request, RequestOrigin& origin,
                    v1::ListAuthorizationDomainNamesResponse& response) const;
  // Counts a call that was refused, and logs it within LogLimit for each tenant and code.
  void Tell(const grpc::CallbackServerContext& context, const RequestOrigin& origin,
            const grpc::Status& refused, Metrics& metrics);
  // A ticket for this many checks of the caller's tenant.
  grpc::Status TakeOn(std::size_t checks, AdmittedCall& call);
  // A place among those against its target for each check.
  grpc::Status TakePlaces(AdmittedCall& call);

  const Settings& settings_;
  const PublicSuffixList& suffixes_;
  const std::vector<CorroborationEnvironment*> environments_;
  std::atomic<std::size_t> next_environment_ = 0;
  Admission admission_;  // of checks
  TargetLimit targets_;
  LogLimit refusals_;
  std::atomic<bool> draining_ = false;
  std::shared_ptr<LiveCount> calls_ = std::make_shared<LiveCount>();
};

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_MPIC_SERVICE_H_
