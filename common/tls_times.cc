#include "common/tls_times.h"

#include "absl/strings/str_cat.h"
#include "common/proto_time.h"

namespace mpic {
namespace {

constexpr absl::Duration kRefreshIntervalDefault = absl::Seconds(10);
constexpr absl::Duration kConnectionAgeDefault = absl::Minutes(10);

// gRPC varies ages by a tenth (max_age_filter), so a connection has said GOAWAY at 1.1 ages. A
// stream may be opened on it until then and stays for 1.25 ages: 2.35 ages at most, and the cut
// must not come before, which counts from 0.9 ages at the earliest.
constexpr double kStreamAges = 1.25;
constexpr double kGraceAges = 1.5;
// For what a busy machine, the network and timers add.
constexpr absl::Duration kSlack = absl::Seconds(10);

}  // namespace

void CheckTlsTimes(absl::string_view field, const config::v1::Tls& tls,
                   ConfigViolations& violations) {
  violations.Duration(absl::StrCat(field, ".refresh_interval"), tls.has_refresh_interval(),
                      tls.refresh_interval(), {.low = absl::Seconds(1), .high = absl::Hours(1)},
                      kRefreshIntervalDefault);
  violations.Duration(absl::StrCat(field, ".connection_age"), tls.has_connection_age(),
                      tls.connection_age(), {.low = absl::Seconds(1), .high = absl::Hours(24)},
                      kConnectionAgeDefault);
}

absl::Duration RefreshInterval(const config::v1::Tls& tls) {
  return tls.has_refresh_interval() ? FromProtoDuration(tls.refresh_interval())
                                    : kRefreshIntervalDefault;
}

ConnectionAgeing AgeingOf(const config::v1::Tls& tls, absl::Duration longest_work) {
  if (tls.insecure_loopback()) {
    return {absl::InfiniteDuration(), absl::InfiniteDuration(), absl::InfiniteDuration()};
  }
  const absl::Duration age =
      tls.has_connection_age() ? FromProtoDuration(tls.connection_age()) : kConnectionAgeDefault;
  return {.age = age,
          .stream_age = age * kStreamAges,
          .grace = age * kGraceAges + longest_work + kSlack};
}

}  // namespace mpic
