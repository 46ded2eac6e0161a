#include "coordinator/policy/phases.h"

#include <gtest/gtest.h>

#include <string>

namespace mpic::coordinator {
namespace {

absl::Time At(const char* text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, &error)) << text << error;
  return time;
}

struct Case {
  const char* name;
  const char* at;
  const char* phase;
  unsigned remotes_min;
  bool quorum_must_hold;
  unsigned rir_regions_min;
  const char* next;  // "": none
};

constexpr Case kCases[] = {
    {"before the first phase its rules hold", "1970-01-01T00:00:00Z", "2025-03-15", 2, false, 0,
     "2025-09-15"},
    {"the second before the first phase", "2025-03-14T23:59:59Z", "2025-03-15", 2, false, 0,
     "2025-09-15"},
    {"first day of the first phase", "2025-03-15T00:00:00Z", "2025-03-15", 2, false, 0,
     "2025-09-15"},
    {"last second of the first phase", "2025-09-14T23:59:59Z", "2025-03-15", 2, false, 0,
     "2025-09-15"},
    {"the quorum becomes binding", "2025-09-15T00:00:00Z", "2025-09-15", 2, true, 0, "2026-03-15"},
    {"last second before three remotes", "2026-03-14T23:59:59Z", "2025-09-15", 2, true, 0,
     "2026-03-15"},
    {"three remotes, two RIR regions", "2026-03-15T00:00:00Z", "2026-03-15", 3, true, 2,
     "2026-06-15"},
    {"last second before four remotes", "2026-06-14T23:59:59Z", "2026-03-15", 3, true, 2,
     "2026-06-15"},
    {"four remotes", "2026-06-15T00:00:00Z", "2026-06-15", 4, true, 2, "2026-12-15"},
    {"the reference date of the specification", "2026-11-23T12:00:00Z", "2026-06-15", 4, true, 2,
     "2026-12-15"},
    {"last second before five remotes", "2026-12-14T23:59:59.999Z", "2026-06-15", 4, true, 2,
     "2026-12-15"},
    {"five remotes", "2026-12-15T00:00:00Z", "2026-12-15", 5, true, 2, ""},
    {"days begin at UTC, not at local midnight", "2026-12-15T00:00:00+01:00", "2026-06-15", 4, true,
     2, "2026-12-15"},
    {"the last phase goes on", "2040-01-01T00:00:00Z", "2026-12-15", 5, true, 2, ""},
};

TEST(PhasesTest, PhaseByTime) {
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.name);
    const Phase& phase = PhaseAt(At(c.at));
    EXPECT_EQ(phase.name, c.phase);
    EXPECT_EQ(phase.remotes_min, c.remotes_min);
    EXPECT_EQ(phase.quorum_must_hold, c.quorum_must_hold);
    EXPECT_EQ(phase.rir_regions_min, c.rir_regions_min);
    const std::optional<Phase> next = NextPhase(At(c.at));
    EXPECT_EQ(next.has_value() ? next->name : "", c.next);
  }
}

TEST(PhasesTest, InfiniteTimesHaveAPhase) {
  EXPECT_EQ(PhaseAt(absl::InfinitePast()).name, "2025-03-15");
  EXPECT_EQ(PhaseAt(absl::InfiniteFuture()).name, "2026-12-15");
}

TEST(PhasesTest, NamesAreFirstDaysInOrder) {
  absl::Time before = absl::InfinitePast();
  for (const Phase& phase : AllPhases()) {
    EXPECT_EQ(phase.name, absl::FormatTime("%Y-%m-%d", phase.begins, absl::UTCTimeZone()));
    EXPECT_LT(before, phase.begins);
    before = phase.begins;
  }
}

}  // namespace
}  // namespace mpic::coordinator
