// The gRPC server metrics that dashboards know from go-grpc-prometheus:
//   grpc_server_started_total{grpc_type,grpc_service,grpc_method}
//   grpc_server_handled_total{grpc_type,grpc_service,grpc_method,grpc_code}
//   grpc_server_handling_seconds{grpc_type,grpc_service,grpc_method}
#ifndef MPIC_COMMON_GRPC_SERVER_METRICS_H_
#define MPIC_COMMON_GRPC_SERVER_METRICS_H_

#include <grpcpp/support/server_interceptor.h>
#include <prometheus/registry.h>

#include <memory>
#include <string>
#include <vector>

namespace mpic {

// For ServerBuilder::experimental().SetInterceptorCreators(). Counts the methods of `services`
// (full names, generated code linked in; each label set exists at zero from the start), nothing
// else. `registry` must outlive the server.
std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface> GrpcServerMetrics(
    prometheus::Registry& registry, const std::vector<std::string>& services);

}  // namespace mpic

#endif  // MPIC_COMMON_GRPC_SERVER_METRICS_H_
