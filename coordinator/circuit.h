// Whether a perspective is asked at all, after it has failed to answer: a question that would only
// time out again is refused at once instead.
#ifndef MPIC_COORDINATOR_CIRCUIT_H_
#define MPIC_COORDINATOR_CIRCUIT_H_

#include <cstdint>
#include <optional>

#include "absl/time/time.h"

namespace mpic::coordinator {

// A state machine over the steady time that it is given; knows no clock and no loop.
//
//   closed     questions pass. After `failures_max` failures in a row: open.
//   open       none passes, for open_min. Then half open.
//   half open  one passes, the probe. It is answered: closed, and all is forgotten. It fails: open,
//              for twice as long as before, at most open_max. It is given up: the next one is it.
class Circuit {
 public:
  struct Options {
    unsigned failures_max = 8;
    absl::Duration open_min = absl::Seconds(1);
    absl::Duration open_max = absl::Seconds(30);
  };

  explicit Circuit(Options options) : options_(options), open_for_(options.open_min) {}

  // May question `number` be asked now? Makes it the probe where one is needed. Numbers are never
  // used twice.
  bool Admits(std::uint64_t number, absl::Duration now);
  // An answer came, whatever it says.
  void Succeed();
  // Question `number` had no answer. What was asked before the circuit opened changes nothing.
  void Fail(std::uint64_t number, absl::Duration now);
  // Question `number` is waited for no more, and nobody knows whether it would have been answered.
  void GiveUp(std::uint64_t number);

  bool IsOpen(absl::Duration now) const { return opened_at_ && now < *opened_at_ + open_for_; }
  // Would the next question be admitted?
  bool WouldAdmit(absl::Duration now) const { return !opened_at_ || (!IsOpen(now) && !probe_); }
  // How long it is open for, from the failure that opened it.
  absl::Duration open_for() const { return open_for_; }

 private:
  void Open(absl::Duration now);

  const Options options_;
  unsigned failures_ = 0;                    // in a row
  absl::Duration open_for_;                  // this time, or the next
  std::optional<absl::Duration> opened_at_;  // nullopt: closed
  std::optional<std::uint64_t> probe_;       // under way
};

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_CIRCUIT_H_
