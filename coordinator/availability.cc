#include "coordinator/availability.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "coordinator/policy/phases.h"
#include "coordinator/policy/quorum.h"

namespace mpic::coordinator {

Availability::Availability(const Settings& settings, const Clock& clock, Metrics& metrics)
    : settings_(settings), clock_(clock), metrics_(metrics) {}

void Availability::StreamUp(const std::string& perspective_id) { Count(perspective_id, 1); }

void Availability::StreamDown(const std::string& perspective_id) { Count(perspective_id, -1); }

void Availability::Count(const std::string& perspective_id, int change) {
  {
    const absl::MutexLock lock(&mutex_);
    streams_[perspective_id] += change;
    metrics_.SetStreams(perspective_id, streams_[perspective_id]);
    const Reach reach = ReachLocked();
    const Phase& phase = PhaseAt(clock_.Now());
    metrics_.SetReach(static_cast<int>(reach.remotes) - static_cast<int>(phase.remotes_min),
                      static_cast<int>(reach.rirs.size()));
  }
  // One at a time, so that what is told last is what is true.
  const absl::MutexLock lock(&on_change_mutex_);
  if (on_change_) on_change_();
}

void Availability::set_on_change(std::function<void()> on_change) {
  const absl::MutexLock lock(&on_change_mutex_);
  on_change_ = std::move(on_change);
}

bool Availability::ReachableLocked(const ConfiguredPerspective& perspective) const {
  const auto found = streams_.find(perspective.perspective_id);
  return found != streams_.end() && found->second > 0;
}

Availability::Reach Availability::ReachLocked() const {
  Reach reach;
  for (const ConfiguredPerspective& remote : settings_.remotes) {
    if (!ReachableLocked(remote)) continue;
    ++reach.remotes;
    reach.rirs.insert(remote.rir);
  }
  return reach;
}

absl::Status Availability::CanFormCohort() const {
  const absl::ReaderMutexLock lock(&mutex_);
  if (settings_.primary && !ReachableLocked(*settings_.primary)) {
    return absl::UnavailableError(absl::StrCat(
        "the primary perspective ", settings_.primary->perspective_id, " is not connected"));
  }
  const Reach reach = ReachLocked();
  const Phase& phase = PhaseAt(clock_.Now());
  const QuorumRules rules = RulesFor(phase, settings_.policy.stricter,
                                     std::min(settings_.policy.remotes_per_attempt,
                                              static_cast<unsigned>(settings_.remotes.size())));
  // An attempt that asks many needs more than the minimum: n is never reduced to those in reach.
  const unsigned remotes_min =
      std::max(phase.remotes_min, rules.remotes - rules.non_corroborations_allowed);
  if (reach.remotes < remotes_min || reach.rirs.size() < rules.rir_regions_min) {
    return absl::UnavailableError(
        absl::StrCat("remote perspectives connected: ", reach.remotes, " in ", reach.rirs.size(),
                     " RIR regions; the policy and phase ", phase.name, " of BR 3.2.2.9 demand ",
                     remotes_min, " in ", rules.rir_regions_min));
  }
  return absl::OkStatus();
}

}  // namespace mpic::coordinator
