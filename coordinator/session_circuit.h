// The circuit of one session, with its clock, its word for answers, and what is told of it.
#ifndef MPIC_COORDINATOR_SESSION_CIRCUIT_H_
#define MPIC_COORDINATOR_SESSION_CIRCUIT_H_

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <string>

#include "absl/strings/string_view.h"
#include "common/steady_time.h"
#include "coordinator/circuit.h"
#include "coordinator/metrics.h"

namespace mpic::coordinator {

// Lives on one loop. The references must outlive it.
class SessionCircuit {
 public:
  struct Options {
    Circuit::Options circuit;
    TimeSource now = SteadyNow;
  };

  // `on_change`: it has been opened, closed, or open for long enough.
  SessionCircuit(boost::asio::io_context& loop, Options options, std::string perspective_id,
                 Metrics& metrics, std::function<void()> on_change);

  // As of Circuit.
  bool Admits(std::uint64_t number) { return circuit_.Admits(number, options_.now()); }
  bool WouldAdmit() const { return circuit_.WouldAdmit(options_.now()); }
  bool IsOpen() const { return circuit_.IsOpen(options_.now()); }
  void GiveUp(std::uint64_t number) { circuit_.GiveUp(number); }
  void Succeed();
  void Fail(std::uint64_t number, absl::string_view why);

  // Why nobody is asked: "circuit open since 2026-11-25T10:00:00Z: ...". Empty when it is closed.
  const std::string& reason() const { return reason_; }
  // The session ends, and with it what was told of an open circuit. Nothing is told any more.
  void Stop();

 private:
  const Options options_;
  const std::string perspective_id_;
  Metrics& metrics_;
  const std::function<void()> on_change_;
  Circuit circuit_;
  boost::asio::steady_timer timer_;  // until it is no more open
  std::string reason_;
};

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_SESSION_CIRCUIT_H_
