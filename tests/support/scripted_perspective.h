// A perspective that behaves as a test tells it to, over real gRPC on the loopback.
#ifndef MPIC_TESTS_SUPPORT_SCRIPTED_PERSPECTIVE_H_
#define MPIC_TESTS_SUPPORT_SCRIPTED_PERSPECTIVE_H_

#include <grpcpp/grpcpp.h>

#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "mpic/config/v1/coordinator.pb.h"
#include "mpic/v1/perspective.grpc.pb.h"
#include "tests/support/test_attestations.h"

namespace mpic::testing {

// The identity that satisfies a coordinator which is configured with `place`.
v1::PerspectiveIdentity IdentityOf(const config::v1::ConfiguredPerspective& place);

// Results as an honest perspective would give them for `check`.
v1::CheckResult PassingResult(const v1::Check& check, const v1::PerspectiveIdentity& identity);
v1::CheckResult FailingResult(const v1::Check& check, const v1::PerspectiveIdentity& identity,
                              v1::Problem::Kind kind);

// What is said to one check. Nothing at all: it waits for ReleaseHeld, or for ever.
struct ScriptedReply {
  std::vector<v1::CheckResult> results;
  std::vector<v1::CheckResponse> responses;  // after them, as they are
  bool ends_stream = false;                  // after the results, with the status below
  grpc::Status status = grpc::Status::OK;
};

// Serves from Start to Kill on a port that stays the same. It passes every check until told
// otherwise. Thread-safe, except that `hello` and the like are set while it does not run.
class ScriptedPerspective final : private v1::PerspectiveService::Service {
 public:
  using Reply = std::function<ScriptedReply(const v1::Check&)>;
  using RequestReply = std::function<ScriptedReply(const v1::CheckRequest&)>;

  // `place.address` is filled in with the port that was taken; it serves from the beginning.
  ScriptedPerspective(config::v1::ConfiguredPerspective& place, const config::v1::Tls& tls);
  // Serves on `listen`, not before Start.
  ScriptedPerspective(const v1::PerspectiveIdentity& identity, const config::v1::Tls& tls,
                      std::string listen);
  ~ScriptedPerspective() override;

  void Start();
  // Drops all streams at once, as a process does that is killed. Idempotent.
  void Kill();

  // What it says of itself, first and once a stream; `before_hello` goes ahead of it.
  v1::Hello hello;
  std::vector<v1::CheckResponse> before_hello;
  v1::PerspectiveIdentity identity() const { return hello.perspective(); }

  // Signs results from now on, the scripted ones included.
  void SignWith(test::TestSigner signer);
  void ReplyWith(Reply reply);
  // For what depends on more than the check.
  void ReplyToRequestWith(RequestReply reply);
  void Pass();
  void Hold() {
    ReplyWith([](const v1::Check&) { return ScriptedReply(); });
  }
  // From now on it takes everything and says nothing, not even to a Cancel.
  void Hang();
  // Answers the oldest check that was held and not cancelled. False when there is none.
  bool ReleaseHeld();
  // Says GoingAway on every stream.
  void GoAway();

  // What has arrived so far, on all streams.
  std::vector<v1::CheckRequest> checks() const;
  std::size_t cancels() const;
  std::size_t held() const;
  std::size_t streams_opened() const;
  // That are open now.
  std::size_t streams() const;

 private:
  using Stream = grpc::ServerReaderWriter<v1::CheckResponse, v1::CheckRequest>;
  struct Held {
    Stream* stream;
    v1::CheckRequest request;
  };

  grpc::Status Check(grpc::ServerContext* context, Stream* stream) override;
  // What came before and Hello.
  void Greet(Stream& stream) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  v1::CheckResponse ToResponse(const v1::CheckRequest& request, v1::CheckResult result) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // True when the stream is to end with `status`.
  bool Take(Stream& stream, const v1::CheckRequest& request, grpc::Status& status)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const config::v1::Tls tls_;
  std::string address_;
  std::unique_ptr<grpc::Server> server_;
  mutable absl::Mutex mutex_;
  RequestReply reply_ ABSL_GUARDED_BY(mutex_);
  std::optional<test::TestSigner> signer_ ABSL_GUARDED_BY(mutex_);
  std::list<Stream*> streams_ ABSL_GUARDED_BY(mutex_);
  std::size_t streams_opened_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<v1::CheckRequest> checks_ ABSL_GUARDED_BY(mutex_);
  std::size_t cancels_ ABSL_GUARDED_BY(mutex_) = 0;
  bool hangs_ ABSL_GUARDED_BY(mutex_) = false;
  std::list<Held> held_ ABSL_GUARDED_BY(mutex_);
};

// Polls until `condition` holds, at most half a minute. What it returned last.
bool WaitUntil(const std::function<bool()>& condition);

}  // namespace mpic::testing

#endif  // MPIC_TESTS_SUPPORT_SCRIPTED_PERSPECTIVE_H_
