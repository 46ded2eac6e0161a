// One Check stream: many checks in flight, results in any order.
#ifndef MPIC_PERSPECTIVE_CHECK_STREAM_H_
#define MPIC_PERSPECTIVE_CHECK_STREAM_H_

#include <grpcpp/grpcpp.h>

#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/admission.h"
#include "common/caller.h"
#include "common/log_limit.h"
#include "common/loop_task.h"
#include "common/proto_time.h"
#include "common/target_limit.h"
#include "mpic/v1/perspective.pb.h"
#include "perspective/answer.h"
#include "perspective/attestation.h"
#include "perspective/check_wire.h"
#include "perspective/metrics.h"
#include "perspective/problem.h"
#include "perspective/worker.h"

namespace mpic::perspective {

// What all streams of a process share. Outlives them.
struct StreamEnvironment {
  v1::Hello hello;
  Admission& checks;
  TargetLimit& names;
  // When a stream asks for another in its place, and how long it then waits for its checks.
  absl::Duration stream_age = absl::InfiniteDuration();
  absl::Duration leaving_max = absl::InfiniteDuration();
  const Attester* attester = nullptr;  // null: results are not signed
  Metrics& metrics;
  LogLimit refusals = {};
};

// A gRPC reactor whose state lives on one worker's loop, so that nothing is locked but its wire.
// Deletes itself when gRPC and all its checks are done with it; `on_done` is called just before, on
// the loop.
class CheckStream final : public CheckWire {
 public:
  // `ticket`: the stream's own, among all streams.
  CheckStream(Worker& worker, StreamEnvironment& environment, Caller caller,
              Admission::Ticket ticket, std::function<void(CheckStream*)> on_done);

  // Sends Hello and begins to read. Once, right after construction.
  void Start();
  // For whom it works from now on; null: for nobody, and checks are refused. On the loop.
  void WorkFor(TenantPtr tenant) { tenant_ = std::move(tenant); }
  // Says GoingAway; after `grace` what is still in flight is dropped and the stream ends with
  // UNAVAILABLE. On the loop.
  void GoAway(absl::Duration grace);
  boost::asio::io_context& loop() { return worker_.loop; }

  void OnCancel() override;
  void OnDone() override;

 private:
  // All below: on the loop.
  void Take(v1::CheckRequest request) override;
  void TakeEndOfInput() override;
  void TakeBrokenWire() override;
  void TakeSilence() override;

  void StartAgeing();
  void StartCheck(v1::CheckRequest request);
  void Run(v1::CheckRequest request, Admission::Ticket ticket, TargetLimit::Place place);
  void EndCheck(const std::string& check_id, absl::StatusOr<AnswerPtr> answer);
  void Refuse(const v1::CheckRequest& request, Problem problem, absl::string_view reason);
  // Sends it with this perspective's signature, if it signs. A result keeps its check's place among
  // those in flight until gRPC takes it.
  void SendResult(std::optional<v1::ResultStatement> question, AnswerPtr answer,
                  absl::string_view traceparent, Admission::Ticket ticket = {});
  void Send(AnswerPtr answer, Admission::Ticket ticket = {});
  void Abandon(grpc::Status status);
  void FinishIfIdle();

  struct InFlight {
    std::shared_ptr<LoopTask> task;
    TenantPtr tenant;
    Admission::Ticket ticket;
    TargetLimit::Place place;
    v1::Method method = v1::METHOD_UNSPECIFIED;
    std::string identifier;
    std::uint32_t attempt = 0;
    std::string request_id;
    std::string traceparent;
    absl::Time received;
    absl::Duration began;                         // the same, of SteadyNow
    std::optional<v1::ResultStatement> question;  // when results are signed
  };
  // What a signature will say of the request; nullopt: nothing is signed.
  std::optional<v1::ResultStatement> QuestionOf(const v1::CheckRequest& request) const;
  void LogCheck(const InFlight& check, const v1::CheckResult& result) const;

  Worker& worker_;
  StreamEnvironment& environment_;
  const std::string peer_;
  TenantPtr tenant_;
  const Admission::Ticket ticket_;
  const v1::Hello hello_;
  const std::function<void(CheckStream*)> on_done_;

  std::map<std::string, InFlight> in_flight_;
  boost::asio::steady_timer age_timer_;
  boost::asio::steady_timer grace_timer_;
  grpc::Status final_status_;
  bool input_ended_ = false;
  bool going_away_ = false;
  bool abandoned_ = false;  // nothing more is sent
  bool finished_ = false;
};

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_CHECK_STREAM_H_
