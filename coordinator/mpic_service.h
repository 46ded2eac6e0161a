// The gRPC face of the coordinator: MpicService.
#ifndef MPIC_COORDINATOR_MPIC_SERVICE_H_
#define MPIC_COORDINATOR_MPIC_SERVICE_H_

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "common/live_count.h"
#include "common/public_suffix_list.h"
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
  // Whom every call is refused to. Fills in `peer`, who asks, as far as that is known.
  grpc::Status AdmitCaller(const grpc::CallbackServerContext& context, std::string& peer) const;
  // Everything that can refuse a call, before any work: who asks, what is asked, how much is under
  // way. Fills `call` as far as it gets; on OK its checks are counted in checks_in_flight_.
  grpc::Status Admit(const grpc::CallbackServerContext& context,
                     const v1::CorroborateRequest& request, AdmittedCall& call);
  grpc::Status List(const grpc::CallbackServerContext& context,
                    const v1::ListAuthorizationDomainNamesRequest& request, std::string& peer,
                    v1::ListAuthorizationDomainNamesResponse& response) const;
  // Counts and logs a call that was refused.
  static void Tell(const grpc::CallbackServerContext& context, const RequestOrigin& origin,
                   const grpc::Status& refused, Metrics& metrics);
  static RequestOrigin Origin(const grpc::CallbackServerContext& context, std::string peer);
  grpc::Status Reserve(std::size_t checks);

  const Settings& settings_;
  const PublicSuffixList& suffixes_;
  const std::vector<CorroborationEnvironment*> environments_;
  std::atomic<std::size_t> next_environment_ = 0;
  std::atomic<std::size_t> checks_in_flight_ = 0;
  std::atomic<bool> draining_ = false;
  std::shared_ptr<LiveCount> calls_ = std::make_shared<LiveCount>();
};

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_MPIC_SERVICE_H_
