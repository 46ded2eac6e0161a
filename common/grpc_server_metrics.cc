#include "common/grpc_server_metrics.h"

#include <google/protobuf/descriptor.h>
#include <grpcpp/support/interceptor.h>
#include <grpcpp/support/status.h>
#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/histogram.h>

#include <array>
#include <chrono>
#include <map>

#include "absl/strings/str_cat.h"

namespace mpic {
namespace {

using google::protobuf::MethodDescriptor;
using grpc::experimental::InterceptionHookPoints;
using Labels = prometheus::Labels;

// By number, as go-grpc writes them.
constexpr std::array kCodeNames = {
    "OK",       "Canceled",       "Unknown",          "InvalidArgument",   "DeadlineExceeded",
    "NotFound", "AlreadyExists",  "PermissionDenied", "ResourceExhausted", "FailedPrecondition",
    "Aborted",  "OutOfRange",     "Unimplemented",    "Internal",          "Unavailable",
    "DataLoss", "Unauthenticated"};

// Those of Boulder's dashboards.
const prometheus::Histogram::BucketBoundaries kSecondsBuckets = {.01, .025, .05, .1, .5, 1,
                                                                 2.5, 5,    10,  45, 90};

const char* TypeName(const MethodDescriptor& method) {
  if (method.client_streaming()) return method.server_streaming() ? "bidi_stream" : "client_stream";
  return method.server_streaming() ? "server_stream" : "unary";
}

struct MethodMetrics {
  prometheus::Counter* started = nullptr;
  std::array<prometheus::Counter*, kCodeNames.size()> handled{};
  prometheus::Histogram* seconds = nullptr;
};

// Watches one RPC; gRPC makes one for each and destroys it after the last of its operations.
class RpcWatch final : public grpc::experimental::Interceptor {
 public:
  explicit RpcWatch(const MethodMetrics& metrics) : metrics_(metrics) {
    metrics_.started->Increment();
  }

  // An RPC that ends without a status was dropped with its connection.
  ~RpcWatch() override { Record(grpc::StatusCode::CANCELLED); }

  void Intercept(grpc::experimental::InterceptorBatchMethods* methods) override {
    if (methods->QueryInterceptionHookPoint(InterceptionHookPoints::PRE_SEND_STATUS)) {
      Record(methods->GetSendStatus().error_code());
    }
    methods->Proceed();
  }

 private:
  void Record(grpc::StatusCode code) {
    if (recorded_) return;
    recorded_ = true;
    const auto number = static_cast<std::size_t>(code);
    constexpr auto kUnknown = static_cast<std::size_t>(grpc::StatusCode::UNKNOWN);
    metrics_.handled[number < kCodeNames.size() ? number : kUnknown]->Increment();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started_at_;
    metrics_.seconds->Observe(took.count());
  }

  const MethodMetrics& metrics_;
  const std::chrono::steady_clock::time_point started_at_ = std::chrono::steady_clock::now();
  bool recorded_ = false;
};

class RpcWatchFactory final : public grpc::experimental::ServerInterceptorFactoryInterface {
 public:
  explicit RpcWatchFactory(prometheus::Registry& registry)
      : started_(prometheus::BuildCounter()
                     .Name("grpc_server_started_total")
                     .Help("RPCs started on the server.")
                     .Register(registry)),
        handled_(prometheus::BuildCounter()
                     .Name("grpc_server_handled_total")
                     .Help("RPCs completed on the server, whatever their status.")
                     .Register(registry)),
        seconds_(prometheus::BuildHistogram()
                     .Name("grpc_server_handling_seconds")
                     .Help("Time from the start of an RPC to its status.")
                     .Register(registry)) {}

  void Add(const MethodDescriptor& method) {
    const std::string path = absl::StrCat("/", method.service()->full_name(), "/", method.name());
    const Labels labels = {{"grpc_type", TypeName(method)},
                           {"grpc_service", method.service()->full_name()},
                           {"grpc_method", method.name()}};
    MethodMetrics& metrics = methods_[path];
    metrics.started = &started_.Add(labels);
    metrics.seconds = &seconds_.Add(labels, kSecondsBuckets);
    for (std::size_t i = 0; i < kCodeNames.size(); ++i) {
      Labels with_code = labels;
      with_code["grpc_code"] = kCodeNames[i];
      metrics.handled[i] = &handled_.Add(with_code);
    }
  }

  // gRPC takes ownership; null means that this RPC is not watched.
  grpc::experimental::Interceptor* CreateServerInterceptor(
      grpc::experimental::ServerRpcInfo* info) override {
    const auto method = methods_.find(info->method());
    return method == methods_.end() ? nullptr : new RpcWatch(method->second);
  }

 private:
  prometheus::Family<prometheus::Counter>& started_;
  prometheus::Family<prometheus::Counter>& handled_;
  prometheus::Family<prometheus::Histogram>& seconds_;
  std::map<std::string, MethodMetrics, std::less<>> methods_;  // by path, as gRPC calls it
};

}  // namespace

std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface> GrpcServerMetrics(
    prometheus::Registry& registry, const std::vector<std::string>& services) {
  auto factory = std::make_unique<RpcWatchFactory>(registry);
  for (const std::string& name : services) {
    const auto* service =
        google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(name);
    for (int i = 0; service != nullptr && i < service->method_count(); ++i) {
      factory->Add(*service->method(i));
    }
  }
  return factory;
}

}  // namespace mpic
