#include "coordinator/policy/quorum.h"

#include <algorithm>
#include <bitset>
#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/rir.h"

namespace mpic::coordinator {
namespace {

// Regions, each once.
class RirSet {
 public:
  // What is no region covers none.
  void Insert(v1::Rir rir) {
    if (rir != v1::RIR_UNSPECIFIED && v1::Rir_IsValid(rir)) {
      in_.set(static_cast<std::size_t>(rir));
    }
  }
  std::size_t size() const { return in_.count(); }
  // In the order of the enum.
  std::vector<v1::Rir> List() const {
    std::vector<v1::Rir> rirs;
    rirs.reserve(size());
    for (std::size_t i = 0; i < in_.size(); ++i) {
      if (in_.test(i)) rirs.push_back(static_cast<v1::Rir>(i));
    }
    return rirs;
  }

 private:
  std::bitset<v1::Rir_ARRAYSIZE> in_;
};

struct Tally {
  unsigned corroborating = 0;
  unsigned pending = 0;
  unsigned not_corroborating = 0;
  RirSet covered;    // by corroborating remotes
  RirSet reachable;  // when all pending ones corroborate too
};

Tally Count(absl::Span<const RemoteStanding> remotes) {
  Tally tally;
  for (const RemoteStanding& remote : remotes) {
    tally.corroborating += remote.standing == Standing::kCorroborates;
    tally.pending += remote.standing == Standing::kPending;
    tally.not_corroborating += remote.standing == Standing::kDoesNot;
    if (remote.standing != Standing::kDoesNot) tally.reachable.Insert(remote.rir);
    if (remote.standing == Standing::kCorroborates) tally.covered.Insert(remote.rir);
  }
  return tally;
}

struct Refusal {
  v1::Problem::Kind kind;
  std::string sentence;
};

Refusal TooFewRemotes(const QuorumRules& rules) {
  return {v1::Problem::QUORUM_TOO_FEW_REMOTES,
          absl::StrCat("the attempt used ", rules.remotes, " remote perspectives; at least ",
                       std::max(rules.remotes_min, 2U), " are required in the phase that began on ",
                       rules.phase, " (BR 3.2.2.9)")};
}

Refusal TooManyNonCorroborations(const QuorumRules& rules, const Tally& tally) {
  return {v1::Problem::QUORUM_COUNT,
          absl::StrCat(tally.not_corroborating, " of ", rules.remotes,
                       " remote perspectives do not corroborate; ",
                       rules.non_corroborations_allowed, " may (BR 3.2.2.9)")};
}

Refusal TooFewRegions(const QuorumRules& rules, const Tally& tally) {
  const std::string names =
      absl::StrJoin(tally.reachable.List(), ", ",
                    [](std::string* out, v1::Rir rir) { absl::StrAppend(out, RirName(rir)); });
  return {v1::Problem::QUORUM_RIR,
          absl::StrCat("corroborating remote perspectives cover ", tally.reachable.size(),
                       " RIR region(s) at best (", names, "); ", rules.rir_regions_min,
                       " are required (BR 3.2.2.9)")};
}

// The best case of what is pending decides: when even that is not enough, nothing is.
std::optional<Refusal> Refuse(const QuorumRules& rules, const Tally& tally) {
  if (rules.remotes < 2 || rules.remotes < rules.remotes_min) return TooFewRemotes(rules);
  if (tally.not_corroborating > rules.non_corroborations_allowed) {
    return TooManyNonCorroborations(rules, tally);
  }
  if (tally.reachable.size() < rules.rir_regions_min) return TooFewRegions(rules, tally);
  return std::nullopt;
}

// The worst case of what is pending decides.
bool Certain(const QuorumRules& rules, const Tally& tally) {
  return tally.not_corroborating + tally.pending <= rules.non_corroborations_allowed &&
         tally.covered.size() >= rules.rir_regions_min;
}

}  // namespace

unsigned NonCorroborationsAllowed(unsigned remotes) {
  if (remotes < 2) return 0;
  return remotes <= 5 ? 1 : 2;
}

QuorumRules RulesFor(const Phase& phase, const StricterPolicy& stricter, unsigned remotes) {
  const unsigned table = NonCorroborationsAllowed(remotes);
  return {.phase = phase.name,
          .remotes = remotes,
          .remotes_min = phase.remotes_min,
          .non_corroborations_allowed =
              std::min(table, stricter.non_corroborations_max.value_or(table)),
          .rir_regions_min = std::max(phase.rir_regions_min, stricter.rir_regions_min)};
}

Assessment Assess(const QuorumRules& rules, absl::Span<const RemoteStanding> remotes) {
  const Tally tally = Count(remotes);
  Assessment assessment{
      .corroborating = tally.corroborating,
      .attempted = rules.remotes,
      .non_corroborations_allowed = rules.non_corroborations_allowed,
      .corroborating_rirs = tally.covered.List(),
      .text = absl::StrCat(tally.corroborating, "/", rules.remotes),
  };
  std::optional<Refusal> refusal = Refuse(rules, tally);
  if (remotes.size() != rules.remotes) {
    refusal = Refusal{v1::Problem::INTERNAL_ERROR,
                      absl::StrCat("the attempt started with ", rules.remotes,
                                   " remote perspectives and is assessed with ", remotes.size())};
  }
  if (refusal.has_value()) {
    assessment.decision = Decision::kRefused;
    assessment.problem = refusal->kind;
    assessment.sentence = std::move(refusal->sentence);
  } else if (Certain(rules, tally)) {
    assessment.decision = Decision::kCorroborated;
  }
  return assessment;
}

}  // namespace mpic::coordinator
