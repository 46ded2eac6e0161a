// A whole coordinator in this process and the perspectives that it is configured with, scripted,
// all over real gRPC on the loopback.
#ifndef MPIC_TESTS_SUPPORT_COORDINATOR_UNDER_TEST_H_
#define MPIC_TESTS_SUPPORT_COORDINATOR_UNDER_TEST_H_

#include <grpcpp/grpcpp.h>

#include <functional>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "coordinator/coordinator_server.h"
#include "mpic/v1/coordinator.grpc.pb.h"
#include "tests/support/scripted_perspective.h"
#include "tests/support/test_certificates.h"

namespace mpic::testing {

// A call that is under way on a thread of its own.
class PendingCall {
 public:
  PendingCall(v1::MpicService::Stub& stub, v1::CorroborateRequest request);
  ~PendingCall();

  void Cancel() { context_.TryCancel(); }
  // Waits for the end. Once.
  grpc::Status Wait() { return status_.get(); }
  const v1::CorroborateResponse& response() const { return response_; }

 private:
  grpc::ClientContext context_;
  v1::CorroborateRequest request_;
  v1::CorroborateResponse response_;
  std::future<grpc::Status> status_;
};

// Frankfurt is the primary, six remotes; everybody passes. `config` may be changed until Start.
class CoordinatorUnderTest {
 public:
  // Plaintext, or mutual TLS with certificates of `ca`, which must outlive it. Then the
  // perspectives take orders from spiffe://mpic.example/coordinator alone, and that from .../ra
  // alone.
  explicit CoordinatorUnderTest(test::TestCa* ca = nullptr);
  ~CoordinatorUnderTest();

  // With these perspectives. Waits until all of `expected` are connected (default: all).
  void Start();
  void Start(const std::vector<std::string>& expected);
  // Puts `config`, changed in the meantime, into force as SIGHUP does. An unsound one as well.
  absl::Status Reload(const std::function<bool()>& hurry = nullptr);

  config::v1::CoordinatorConfig config;
  ScriptedPerspective& at(const std::string& perspective_id) {
    return *perspectives_.at(perspective_id);
  }
  // Does this to each perspective, the primary included.
  template <typename Work>
  void ForAll(Work work) {
    for (const auto& [id, perspective] : perspectives_) work(*perspective);
  }

  coordinator::CoordinatorServer& server() { return *server_; }
  v1::MpicService::Stub& stub() { return *stub_; }
  std::shared_ptr<grpc::Channel> channel() { return channel_; }
  // A channel for the bearer of this name.
  std::shared_ptr<grpc::Channel> ChannelAs(const std::string& caller);
  // Asks, and expects status OK.
  v1::CorroborateResponse Corroborate(const v1::CorroborateRequest& request);
  // The first verdict of a call.
  v1::Corroboration CorroborateOne(const v1::CorroborateRequest& request);

  // The value of the first series of /metrics that begins so; -1 when there is none.
  double Metric(const std::string& beginning);
  bool Connected(const std::string& perspective_id);
  // The lines of the audit log.
  std::vector<std::string> Records();
  // grpc.health.v1 of this service name.
  bool Serving(const std::string& service);

 private:
  config::v1::Tls TlsFor(const std::string& name, const std::string& caller);

  test::TestCa* const ca_;
  std::string directory_;
  std::map<std::string, std::unique_ptr<ScriptedPerspective>> perspectives_;
  std::unique_ptr<coordinator::CoordinatorServer> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::MpicService::Stub> stub_;
};

// Requests of one check, or more.
v1::CorroborateRequest Dns01Request(const std::string& request_id = "ra-1");
void AddHttp01(v1::CorroborateRequest& request, const std::string& check_id);
void AddCaa(v1::CorroborateRequest& request, const std::string& check_id);

}  // namespace mpic::testing

#endif  // MPIC_TESTS_SUPPORT_COORDINATOR_UNDER_TEST_H_
