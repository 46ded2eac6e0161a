// Connections of a gRPC server that end by themselves, so that certificates can rotate.
#ifndef MPIC_COMMON_SERVER_AGEING_H_
#define MPIC_COMMON_SERVER_AGEING_H_

#include <grpcpp/server_builder.h>

#include "absl/time/time.h"
#include "common/tls_times.h"

namespace mpic {

// Sets age and grace of every connection of the server; nothing for an age without end.
inline void AgeConnections(const ConnectionAgeing& ageing, grpc::ServerBuilder& builder) {
  if (ageing.age == absl::InfiniteDuration()) return;
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS,
                             static_cast<int>(absl::ToInt64Milliseconds(ageing.age)));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS,
                             static_cast<int>(absl::ToInt64Milliseconds(ageing.grace)));
}

}  // namespace mpic

#endif  // MPIC_COMMON_SERVER_AGEING_H_
