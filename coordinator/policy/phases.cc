#include "coordinator/policy/phases.h"

#include <array>

#include "absl/time/civil_time.h"

namespace mpic::coordinator {
namespace {

absl::Time StartOf(int year, int month, int day) {
  return absl::FromCivil(absl::CivilDay(year, month, day), absl::UTCTimeZone());
}

const auto& Table() {
  static const std::array<Phase, 5> kPhases = {{
      {"2025-03-15", StartOf(2025, 3, 15), 2, /*quorum_must_hold=*/false, 0},
      {"2025-09-15", StartOf(2025, 9, 15), 2, true, 0},
      {"2026-03-15", StartOf(2026, 3, 15), 3, true, 2},
      {"2026-06-15", StartOf(2026, 6, 15), 4, true, 2},
      {"2026-12-15", StartOf(2026, 12, 15), 5, true, 2},
  }};
  return kPhases;
}

}  // namespace

absl::Span<const Phase> AllPhases() { return Table(); }

const Phase& PhaseAt(absl::Time time) {
  const Phase* in_force = &Table().front();
  for (const Phase& phase : Table()) {
    if (phase.begins <= time) in_force = &phase;
  }
  return *in_force;
}

std::optional<Phase> NextPhase(absl::Time time) {
  const absl::Time since = PhaseAt(time).begins;
  for (const Phase& phase : Table()) {
    if (phase.begins > since) return phase;
  }
  return std::nullopt;
}

}  // namespace mpic::coordinator
