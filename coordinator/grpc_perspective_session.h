// PerspectiveSession over one long-lived gRPC stream that is opened again whenever it breaks.
#ifndef MPIC_COORDINATOR_GRPC_PERSPECTIVE_SESSION_H_
#define MPIC_COORDINATOR_GRPC_PERSPECTIVE_SESSION_H_

#include <grpcpp/grpcpp.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/random.h"
#include "coordinator/attestation_check.h"
#include "coordinator/availability.h"
#include "coordinator/metrics.h"
#include "coordinator/perspective_line.h"
#include "coordinator/perspective_session.h"
#include "coordinator/region_pin.h"
#include "coordinator/session_circuit.h"

namespace mpic::coordinator {

// Lives on one loop: Start, Ask and Stop are called there, and everything of gRPC is posted there.
class GrpcPerspectiveSession final : public PerspectiveSession {
 public:
  struct Options {
    ConfiguredPerspective perspective;
    PinRules pin;
    // By which its results are verified; empty: they are not signed. Outlives the session.
    const AttestationKeys& attestation_keys;
    std::shared_ptr<grpc::Channel> channel;
    std::shared_ptr<LiveCount> live_streams;  // what a shutdown waits for
    Availability& availability;
    Metrics& metrics;
    RandomSource random = RandomU64;
    SessionCircuit::Options circuit = {};
    absl::Duration reconnect_min = absl::Milliseconds(250);
    absl::Duration reconnect_max = absl::Seconds(10);
    absl::Duration hello_timeout = absl::Seconds(10);
    // How long a stream must have lived for the next one to come without backoff.
    absl::Duration stable_after = absl::Seconds(10);
    // How long a stream that said GoingAway may take for what is in flight, whatever it says: the
    // longest check, and its way.
    absl::Duration leaving_max = absl::Seconds(125);
    // How many such streams there may be; above that the oldest is given up. Streams that live for
    // 1.25 s, the shortest time that can be configured, are a hundred within leaving_max.
    std::size_t leaving_streams_max = 128;
  };

  // Questions in a row that a perspective may leave unanswered, without a word about anything else,
  // before its stream is given up: its process may hang behind a connection that lives.
  static constexpr unsigned kSilencesMax = 8;

  GrpcPerspectiveSession(boost::asio::io_context& loop, Options options);
  ~GrpcPerspectiveSession() override = default;

  // Opens the first stream.
  void Start() { Open(); }
  // Closes for good; questions under way are answered PERSPECTIVE_UNREACHABLE.
  void Stop();

  const ConfiguredPerspective& perspective() const override { return options_.perspective; }
  bool healthy() const override { return connected() && circuit_.WouldAdmit(); }
  unsigned in_flight() const override { return static_cast<unsigned>(pending_.size()); }
  AwaitedAnswer Ask(PerspectiveQuestion question, OnAnswer on_answer) override;

 private:
  using Line = PerspectiveLine;
  // A question that waits for its result, or for a line to be sent on.
  struct Pending {
    std::shared_ptr<const v1::CheckRequest> request;
    absl::Time asked_at;
    OnAnswer on_answer;
    boost::asio::steady_timer patience;
    std::shared_ptr<Line> line = nullptr;  // null until sent
  };
  using PendingMap = std::map<std::uint64_t, Pending>;

  bool connected() const { return current_ != nullptr && current_->up; }
  // Tells what others know of this session, when it has changed: whether it is connected and its
  // circuit is not open.
  void PublishUse();
  void Enter(std::uint64_t number, PerspectiveQuestion question, OnAnswer on_answer);
  void Forget(std::uint64_t number) override;
  void OnLate(std::uint64_t number, absl::Duration patience);
  void SendWaiting();
  void Transmit(PendingMap::iterator entry);
  void Answer(PendingMap::iterator entry, PerspectiveAnswer answer);

  void Open(bool takes_over = false);
  void OnMessage(const std::shared_ptr<Line>& line, v1::CheckResponse message);
  void OnHello(const std::shared_ptr<Line>& line, v1::Hello hello);
  void OnAttestedResult(const std::shared_ptr<Line>& line, v1::AttestedResult attested);
  void OnResult(const std::shared_ptr<Line>& line, ReceivedResult received);
  void OnGoingAway(const std::shared_ptr<Line>& line);
  void OnClosed(const std::shared_ptr<Line>& line, const grpc::Status& status);
  void Drop(const std::shared_ptr<Line>& line, const v1::Problem& problem);
  void FailPending(const std::shared_ptr<Line>& line, const v1::Problem& problem);
  void LetGoOfCurrent();
  void Reconnect();
  v1::Problem Late(absl::Duration patience) const;
  v1::Problem Unreachable(absl::string_view why) const;

  boost::asio::io_context& loop_;
  Options options_;
  std::unique_ptr<v1::PerspectiveService::Stub> stub_;
  boost::asio::steady_timer reconnect_timer_;
  boost::asio::steady_timer hello_timer_;
  std::shared_ptr<Line> current_;               // null: waiting to reconnect
  std::vector<std::shared_ptr<Line>> leaving_;  // said GoingAway, still answering
  boost::asio::steady_timer leaving_timer_;     // of the last of them
  PendingMap pending_;
  std::set<std::uint64_t> unsent_;  // those of pending_ that wait for a line
  std::uint64_t next_number_ = 1;
  absl::Duration backoff_;
  v1::Problem last_problem_;  // why there is no line
  SessionCircuit circuit_;
  bool told_usable_ = false;  // to availability
  bool stopped_ = false;
};

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_GRPC_PERSPECTIVE_SESSION_H_
