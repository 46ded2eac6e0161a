// The gRPC face of a perspective: PerspectiveService.Check.
#ifndef MPIC_PERSPECTIVE_PERSPECTIVE_SERVICE_H_
#define MPIC_PERSPECTIVE_PERSPECTIVE_SERVICE_H_

#include <grpcpp/grpcpp.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/admission.h"
#include "common/caller.h"
#include "common/steady_condition.h"
#include "common/tenants.h"
#include "mpic/v1/perspective.grpc.pb.h"
#include "perspective/check_stream.h"
#include "perspective/settings.h"
#include "perspective/worker.h"

namespace mpic::perspective {

// Thread-safe. Outlives the gRPC server that serves it, and its streams.
class PerspectiveService final : public v1::PerspectiveService::CallbackService {
 public:
  // Streams are dealt out to `workers` in turn. `settings` say which peers may call, for which
  // tenants, and how many streams there may be.
  PerspectiveService(std::vector<Worker> workers, StreamEnvironment& environment,
                     const Settings& settings);

  // PERMISSION_DENIED for an unlisted peer, UNAVAILABLE while closed, RESOURCE_EXHAUSTED for a
  // stream over the limit.
  grpc::ServerBidiReactor<v1::CheckRequest, v1::CheckResponse>* Check(
      grpc::CallbackServerContext* context) override;

  // From now on these peers may call, for these tenants. Streams whose peer may no more, or whose
  // tenant was told something else in Hello, are told GoingAway and have the time of the longest
  // check for what is in flight; whatever else comes on them is judged by what holds now. Blocks
  // until all streams know.
  void Admit(const config::v1::Tls& tls, const Tenants& tenants);

  // Refuses new streams with `reason` and says GoingAway on those that exist.
  void Close(std::string reason, absl::Duration grace);
  // Takes streams again.
  void Open();
  // Waits until no stream is left, for `patience` at most. True when none is.
  bool WaitForNoStreams(absl::Duration patience);

 private:
  using CheckReactor = grpc::ServerBidiReactor<v1::CheckRequest, v1::CheckResponse>;

  // Who may not have a stream; `caller` is set as far as it is known.
  struct Refused {
    grpc::Status status;
    std::optional<Caller> caller = std::nullopt;
  };
  // Judges the peer and enters its stream in one, so that Admit misses nobody.
  std::variant<CheckStream*, Refused> Enter(const grpc::AuthContext& context)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  CheckReactor* Refuse(const grpc::CallbackServerContext& context, const Refused& refused);
  struct Entry {
    CheckStream* stream = nullptr;
    Caller caller;  // with whom it works for
  };
  // By a number that is given once: another stream may come to lie where one has ended.
  using Streams = std::map<std::uint64_t, Entry>;
  // Judges the peer of a stream once more.
  void Readmit(Streams::value_type& of) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Has `tell` run on the stream's loop, unless the stream has ended by then.
  void Post(const Streams::value_type& of, std::function<void(CheckStream&)> tell);
  void Forget(std::uint64_t number);

  std::vector<Worker> workers_;
  StreamEnvironment& environment_;
  Admission admission_;  // of streams
  std::size_t next_worker_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Mutex mutex_;
  SteadyCondition forgotten_;
  config::v1::Tls tls_ ABSL_GUARDED_BY(mutex_);
  Tenants tenants_ ABSL_GUARDED_BY(mutex_);
  Streams streams_ ABSL_GUARDED_BY(mutex_);
  std::uint64_t next_number_ ABSL_GUARDED_BY(mutex_) = 1;
  std::optional<std::string> closed_ ABSL_GUARDED_BY(mutex_);  // the reason
};

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_PERSPECTIVE_SERVICE_H_
