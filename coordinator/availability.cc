#include "coordinator/availability.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "coordinator/policy/phases.h"
#include "coordinator/policy/quorum.h"

namespace mpic::coordinator {

Availability::Availability(const Settings& settings, const Clock& clock, Metrics& metrics)
    : settings_(settings), clock_(clock), metrics_(metrics) {
  if (settings.primary) streams_[settings.primary->perspective_id] = 0;
  for (const ConfiguredPerspective& remote : settings.remotes) streams_[remote.perspective_id] = 0;
}

void Availability::StreamUp(const std::string& perspective_id) { Count(perspective_id, 1); }

void Availability::StreamDown(const std::string& perspective_id) { Count(perspective_id, -1); }

void Availability::Count(const std::string& perspective_id, int change) {
  const absl::MutexLock lock(&publish_mutex_);
  int streams = 0;
  {
    const absl::MutexLock own(&mutex_);
    streams = streams_[perspective_id] += change;
    counted_.NotifyAll();
  }
  if (!published_) return;
  metrics_.SetStreams(perspective_id, streams);
  PublishReach();
  if (on_change_) on_change_();
}

void Availability::PublishReach() {
  const absl::ReaderMutexLock lock(&mutex_);
  const Reach reach = ReachLocked();
  metrics_.SetReach(static_cast<int>(reach.remotes) - static_cast<int>(DemandNow().remotes),
                    static_cast<int>(reach.rirs.size()));
  metrics_.SetPrimary(settings_.primary ? std::optional(ReachableLocked(*settings_.primary))
                                        : std::nullopt);
}

void Availability::Publish(std::function<void()> on_change) {
  const absl::MutexLock lock(&publish_mutex_);
  published_ = true;
  on_change_ = std::move(on_change);
  {
    const absl::ReaderMutexLock own(&mutex_);
    for (const auto& [perspective_id, streams] : streams_) {
      metrics_.SetStreams(perspective_id, streams);
    }
  }
  PublishReach();
}

void Availability::Withdraw() {
  const absl::MutexLock lock(&publish_mutex_);
  published_ = false;
  on_change_ = nullptr;
}

bool Availability::WaitForAll(int streams, absl::Duration patience) const {
  const absl::MutexLock lock(&mutex_);
  return counted_.WaitFor(mutex_, patience, [&]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
    return std::all_of(streams_.begin(), streams_.end(),
                       [&](const auto& one) { return one.second >= streams; });
  });
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

Availability::Demand Availability::DemandNow() const {
  const Phase& phase = PhaseAt(clock_.Now());
  const QuorumRules rules = RulesFor(phase, settings_.policy.stricter,
                                     std::min(settings_.policy.remotes_per_attempt,
                                              static_cast<unsigned>(settings_.remotes.size())));
  // An attempt that asks many needs more than the minimum: n is never reduced to those in reach.
  return {.phase = phase.name,
          .remotes = std::max(phase.remotes_min, rules.remotes - rules.non_corroborations_allowed),
          .rirs = rules.rir_regions_min};
}

absl::Status Availability::CanFormCohort() const {
  const absl::ReaderMutexLock lock(&mutex_);
  if (settings_.primary && !ReachableLocked(*settings_.primary)) {
    return absl::UnavailableError(absl::StrCat(
        "the primary perspective ", settings_.primary->perspective_id, " is not connected"));
  }
  const Reach reach = ReachLocked();
  const Demand demand = DemandNow();
  if (reach.remotes < demand.remotes || reach.rirs.size() < demand.rirs) {
    return absl::UnavailableError(
        absl::StrCat("remote perspectives connected: ", reach.remotes, " in ", reach.rirs.size(),
                     " RIR regions; the policy and phase ", demand.phase, " of BR 3.2.2.9 demand ",
                     demand.remotes, " in ", demand.rirs));
  }
  return absl::OkStatus();
}

}  // namespace mpic::coordinator
