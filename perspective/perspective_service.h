// The gRPC face of a perspective: PerspectiveService.Check.
#ifndef MPIC_PERSPECTIVE_PERSPECTIVE_SERVICE_H_
#define MPIC_PERSPECTIVE_PERSPECTIVE_SERVICE_H_

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/admission.h"
#include "mpic/v1/perspective.grpc.pb.h"
#include "perspective/check_stream.h"
#include "perspective/settings.h"
#include "perspective/worker.h"

namespace mpic::perspective {

// Thread-safe. Outlives the gRPC server that serves it, and its streams.
class PerspectiveService final : public v1::PerspectiveService::CallbackService {
 public:
  // Streams are dealt out to `workers` in turn. `settings` say which peers may call, for which
  // tenants, and how many streams there may be; they outlive this.
  PerspectiveService(std::vector<Worker> workers, StreamEnvironment& environment,
                     const Settings& settings);

  // PERMISSION_DENIED for an unlisted peer, UNAVAILABLE while closed, RESOURCE_EXHAUSTED for a
  // stream over the limit.
  grpc::ServerBidiReactor<v1::CheckRequest, v1::CheckResponse>* Check(
      grpc::CallbackServerContext* context) override;

  // Refuses new streams with `reason` and says GoingAway on those that exist.
  void Close(std::string reason, absl::Duration grace);
  // Takes streams again.
  void Open();
  // Waits until no stream is left, at most until `deadline`. True when none is.
  bool WaitForNoStreams(absl::Time deadline);

 private:
  void Forget(CheckStream* stream);

  std::vector<Worker> workers_;
  StreamEnvironment& environment_;
  const Settings& settings_;
  Admission admission_;  // of streams
  std::atomic<std::size_t> next_worker_ = 0;
  absl::Mutex mutex_;
  std::set<CheckStream*> streams_ ABSL_GUARDED_BY(mutex_);
  std::optional<std::string> closed_ ABSL_GUARDED_BY(mutex_);  // the reason
};

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_PERSPECTIVE_SERVICE_H_
