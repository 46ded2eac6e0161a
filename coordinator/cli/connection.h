// The way to a server: mutual TLS (or loopback without), deadline, trace context.
#ifndef MPIC_COORDINATOR_CLI_CONNECTION_H_
#define MPIC_COORDINATOR_CLI_CONNECTION_H_

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <memory>

#include "absl/status/statusor.h"
#include "coordinator/cli/flags.h"

namespace mpic::coordinator::cli {

// A channel to flags.server; nothing is sent yet. INVALID_ARGUMENT without a server; otherwise as
// ChannelCredentials in common/credentials.h.
absl::StatusOr<std::shared_ptr<grpc::Channel>> Connect(const Flags& flags);

// The deadline of the call, from now, and its metadata.
void Prepare(const Flags& flags, grpc::ClientContext& context);

}  // namespace mpic::coordinator::cli

#endif  // MPIC_COORDINATOR_CLI_CONNECTION_H_
