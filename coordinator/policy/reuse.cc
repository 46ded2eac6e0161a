#include "coordinator/policy/reuse.h"

#include <algorithm>

namespace mpic::coordinator {
namespace {

constexpr absl::Duration kDay = absl::Hours(24);

// BR 3.2.2.4.22; 3.2.2.5.8 is silent, and is held to the same.
constexpr absl::Duration kPersistentRecordReuse = absl::Hours(10 * 24);

// BR 4.2.1: certificates issued from `from` on may rest on data of that age.
struct ReusePeriod {
  absl::CivilDay from;
  absl::Duration age_max;
};

absl::Span<const ReusePeriod> ReusePeriods() {
  static const ReusePeriod kPeriods[] = {
      {absl::CivilDay(1970, 1, 1), 398 * kDay},
      {absl::CivilDay(2026, 3, 15), 200 * kDay},
      {absl::CivilDay(2027, 3, 15), 100 * kDay},
      {absl::CivilDay(2029, 3, 15), 10 * kDay},
  };
  return kPeriods;
}

absl::Time StartOf(absl::CivilDay day) { return absl::FromCivil(day, absl::UTCTimeZone()); }

}  // namespace

absl::Time ReusableUntil(const MethodFacts& facts, absl::Time validated_at) {
  const absl::Span<const ReusePeriod> periods = ReusePeriods();
  absl::Time until = validated_at;
  for (std::size_t i = 0; i < periods.size(); ++i) {
    const absl::Time begin = StartOf(periods[i].from);
    const absl::Time end =
        i + 1 < periods.size() ? StartOf(periods[i + 1].from) : absl::InfiniteFuture();
    const absl::Time aged = std::min(end, validated_at + periods[i].age_max);
    if (aged > begin) until = std::max(until, aged);
  }
  if (facts.method == v1::DNS_PERSIST) {
    until = std::min(until, validated_at + kPersistentRecordReuse);
  }
  if (facts.sunset.has_value()) until = std::min(until, StartOf(*facts.sunset));
  return std::max(until, validated_at);
}

}  // namespace mpic::coordinator
