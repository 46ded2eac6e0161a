#include "coordinator/cli/connection.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/support/channel_arguments.h>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "common/credentials.h"
#include "common/status_macros.h"
#include "common/trace_context.h"

namespace mpic::coordinator::cli {

absl::StatusOr<std::shared_ptr<grpc::Channel>> Connect(const Flags& flags) {
  if (flags.server.empty()) return absl::InvalidArgumentError("--server HOST:PORT is required");
  MPIC_ASSIGN_OR_RETURN(const auto credentials,
                        ChannelCredentials(flags.tls, flags.peer_name, flags.server));
  grpc::ChannelArguments arguments;
  // A thousand checks bring the evidence of all perspectives.
  arguments.SetMaxReceiveMessageSize(-1);
  arguments.SetUserAgentPrefix("mpicctl/" MPIC_VERSION);
  return grpc::CreateCustomChannel(flags.server, credentials, arguments);
}

void Prepare(const Flags& flags, grpc::ClientContext& context) {
  context.set_deadline(absl::ToChronoTime(absl::Now() + flags.timeout));
  if (!flags.traceparent.empty()) context.AddMetadata(kTraceparentKey, flags.traceparent);
}

}  // namespace mpic::coordinator::cli
