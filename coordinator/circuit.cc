#include "coordinator/circuit.h"

#include <algorithm>

namespace mpic::coordinator {

bool Circuit::Admits(std::uint64_t number, absl::Duration now) {
  if (!WouldAdmit(now)) return false;
  if (opened_at_) probe_ = number;
  return true;
}

void Circuit::Succeed() {
  failures_ = 0;
  open_for_ = options_.open_min;
  opened_at_.reset();
  probe_.reset();
}

void Circuit::Fail(std::uint64_t number, absl::Duration now) {
  if (opened_at_) {
    if (probe_ != number) return;
    open_for_ = std::min(open_for_ * 2, options_.open_max);
    Open(now);
  } else if (++failures_ >= options_.failures_max) {
    Open(now);
  }
}

void Circuit::GiveUp(std::uint64_t number) {
  if (probe_ == number) probe_.reset();
}

void Circuit::Open(absl::Duration now) {
  opened_at_ = now;
  probe_.reset();
}

}  // namespace mpic::coordinator
