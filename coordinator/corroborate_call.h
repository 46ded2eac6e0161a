// One Corroborate call: all its checks at once, one answer.
#ifndef MPIC_COORDINATOR_CORROBORATE_CALL_H_
#define MPIC_COORDINATOR_CORROBORATE_CALL_H_

#include <grpcpp/grpcpp.h>

#include <cstddef>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/admission.h"
#include "common/live_count.h"
#include "common/loop_task.h"
#include "common/target_limit.h"
#include "coordinator/corroboration.h"

namespace mpic::coordinator {

class Generation;

// What a call that was let in takes with it.
struct AdmittedCall {
  std::shared_ptr<Generation> generation;  // that it works with
  RequestOrigin origin;
  CheckedRequest request;
  absl::Duration deadline;                 // of SteadyNow
  Admission::Ticket ticket;                // for all its checks
  std::vector<TargetLimit::Place> places;  // one of each check, given back when that has ended
  std::shared_ptr<LiveCount> live_calls;
};

// A gRPC reactor that deletes itself when gRPC is done with it. Its state lives on the
// environment's loop; cancellation by the caller reaches every perspective, and is over when every
// check has ended and been recorded.
class CorroborateCall final : public grpc::ServerUnaryReactor {
 public:
  CorroborateCall(CorroborationEnvironment& environment, AdmittedCall call,
                  v1::CorroborateResponse* response);
  ~CorroborateCall() override;

  void Start();
  void OnCancel() override;
  void OnDone() override;

 private:
  void StartChecks();
  void OnCheckEnded(std::size_t index, absl::StatusOr<v1::Corroboration> result);

  CorroborationEnvironment& environment_;
  AdmittedCall call_;
  v1::CorroborateResponse* response_;  // gRPC's, until Finish
  std::vector<std::shared_ptr<LoopTask>> tasks_;
  std::size_t checks_left_ = 0;
  absl::Status first_error_;
};

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_CORROBORATE_CALL_H_
