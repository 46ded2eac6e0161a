#include "coordinator/generation.h"

#include <grpcpp/grpcpp.h>

#include <boost/asio/post.hpp>
#include <utility>

#include "common/credentials.h"
#include "common/random.h"
#include "common/status_macros.h"
#include "coordinator/grpc_perspective_session.h"
#include "coordinator/session_pool.h"

namespace mpic::coordinator {
namespace {

// One over this limit ends the stream of all, so it stands far above what counts as a result
// (coordinator/result_check.h).
constexpr int kMessageOctetsMax = 4 * 1024 * 1024;
// A stream may be silent for hours; pings tell a dead way from a quiet one.
constexpr int kKeepaliveMs = 30'000;
constexpr int kKeepaliveTimeoutMs = 10'000;
constexpr int kReconnectMinMs = 250;
constexpr int kReconnectMaxMs = 10'000;

absl::StatusOr<std::shared_ptr<grpc::Channel>> MakeChannel(
    const Settings& settings, const ConfiguredPerspective& to,
    const std::shared_ptr<RotatingCertificates>& certificates) {
  MPIC_ASSIGN_OR_RETURN(
      const auto credentials,
      ChannelCredentials(settings.perspective_tls, to.peer_name, to.address, certificates));
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMessageOctetsMax);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kReconnectMinMs);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kReconnectMinMs);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kReconnectMaxMs);
  // A stream that broke in the middle must not be repeated behind our back.
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  // Each loop has a connection of its own, so that loops share nothing.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(to.address, credentials, arguments);
}

}  // namespace

// What lives on one loop.
struct Generation::Desk {
  boost::asio::io_context& loop;
  std::vector<GrpcPerspectiveSession*> sessions;  // owned by the pool
  std::unique_ptr<SessionPool> pool;
  std::unique_ptr<CorroborationEnvironment> environment;
};

Generation::Generation(const Settings& settings, const GenerationGround& ground)
    : settings_(settings),
      ground_(ground),
      availability_(settings_, ground_.clock, ground_.metrics) {
  ground_.live_generations->Add();
}

Generation::~Generation() { ground_.live_generations->Remove(); }

absl::StatusOr<std::shared_ptr<Generation>> Generation::Make(const Settings& settings,
                                                             const GenerationGround& ground) {
  const std::shared_ptr<Generation> generation(new Generation(settings, ground), &Retire);
  MPIC_RETURN_IF_ERROR(generation->OpenFiles());
  for (std::size_t i = 0; i < ground.loops.size(); ++i) {
    MPIC_RETURN_IF_ERROR(generation->AddDesk(ground.loops.loop(i)));
  }
  return generation;
}

absl::Status Generation::OpenFiles() {
  MPIC_ASSIGN_OR_RETURN(suffixes_, PublicSuffixList::Load(settings_.public_suffix_list_file));
  MPIC_ASSIGN_OR_RETURN(attestation_keys_, LoadAttestationKeys(settings_));
  return absl::OkStatus();
}

absl::Status Generation::AddDesk(boost::asio::io_context& loop) {
  auto desk = std::make_unique<Desk>(Desk{.loop = loop});
  const auto add = [&](const ConfiguredPerspective& perspective,
                       bool is_primary) -> absl::StatusOr<std::unique_ptr<PerspectiveSession>> {
    MPIC_ASSIGN_OR_RETURN(auto channel, MakeChannel(settings_, perspective, ground_.certificates));
    auto session = std::make_unique<GrpcPerspectiveSession>(
        loop, GrpcPerspectiveSession::Options{
                  .perspective = perspective,
                  .pin = {.lab_accepted = settings_.lab, .must_validate = is_primary},
                  .attestation_keys = attestation_keys_.at(perspective.perspective_id),
                  .channel = std::move(channel),
                  .live_streams = ground_.live_streams,
                  .availability = availability_,
                  .metrics = ground_.metrics});
    desk->sessions.push_back(session.get());
    return session;
  };
  std::unique_ptr<PerspectiveSession> primary;
  if (settings_.primary) {
    MPIC_ASSIGN_OR_RETURN(primary, add(*settings_.primary, /*is_primary=*/true));
  }
  std::vector<std::unique_ptr<PerspectiveSession>> remotes;
  for (const ConfiguredPerspective& perspective : settings_.remotes) {
    MPIC_ASSIGN_OR_RETURN(auto remote, add(perspective, /*is_primary=*/false));
    remotes.push_back(std::move(remote));
  }
  desk->pool = std::make_unique<SessionPool>(std::move(primary), std::move(remotes));
  desk->environment = std::make_unique<CorroborationEnvironment>(
      CorroborationEnvironment{.loop = loop,
                               .sessions = *desk->pool,
                               .settings = settings_,
                               .suffixes = *suffixes_,
                               .clock = ground_.clock,
                               .random = [] { return RandomU64(); },
                               .audit = ground_.audit,
                               .metrics = ground_.metrics});
  desks_.push_back(std::move(desk));
  return absl::OkStatus();
}

void Generation::StartSessions() {
  for (const auto& desk : desks_) {
    boost::asio::post(desk->loop, [raw = desk.get()] {
      for (GrpcPerspectiveSession* session : raw->sessions) session->Start();
    });
  }
}

bool Generation::WaitForSessions(absl::Duration patience) const {
  return availability_.WaitForAll(static_cast<int>(desks_.size()), patience);
}

CorroborationEnvironment& Generation::NextEnvironment() {
  return *desks_[next_desk_++ % desks_.size()]->environment;
}

void Generation::Retire(Generation* generation) {
  // The last desk to go takes the rest with it.
  std::shared_ptr<Generation> rest(generation);
  for (std::unique_ptr<Desk>& desk : generation->desks_) {
    boost::asio::io_context& loop = desk->loop;
    boost::asio::post(loop, [rest, &loop, desk = std::move(desk)]() mutable {
      for (GrpcPerspectiveSession* session : desk->sessions) session->Stop();
      // What the loop has yet to run for the sessions, timers that have fired among it, comes
      // first.
      boost::asio::post(loop, [rest = std::move(rest), desk = std::move(desk)]() mutable {
        desk.reset();
        rest.reset();
      });
    });
  }
}

}  // namespace mpic::coordinator
