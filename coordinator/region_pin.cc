#include "coordinator/region_pin.h"

#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/rir.h"
#include "coordinator/policy/distance.h"

namespace mpic::coordinator {
namespace {

constexpr double kSamePlaceKmMax = 1.0;

bool SamePlace(const GeoPoint& configured, const v1::Location& claimed) {
  // As a rule, and without trigonometry.
  if (claimed.latitude() == configured.latitude && claimed.longitude() == configured.longitude) {
    return true;
  }
  return DistanceKm(configured, {.latitude = claimed.latitude(),
                                 .longitude = claimed.longitude()}) <= kSamePlaceKmMax;
}

// "<what> is <claimed>, configured is <configured>", or empty when they agree.
std::string Difference(absl::string_view what, absl::string_view claimed,
                       absl::string_view configured) {
  if (claimed == configured) return "";
  // Escaped, because cutting may split a UTF-8 sequence, and such a message cannot be sent on.
  return absl::StrCat(what, " is \"", absl::CHexEscape(claimed.substr(0, 64)),
                      "\", configured is \"", configured, "\"");
}

std::string FirstDifference(const ConfiguredPerspective& configured,
                            const v1::PerspectiveIdentity& claimed, const PinRules& rules) {
  const v1::Resolver& resolver = claimed.resolver();
  for (std::string difference :
       {Difference("perspective_id", claimed.perspective_id(), configured.perspective_id),
        Difference("region", claimed.region(), configured.region),
        Difference("rir", RirName(claimed.rir()), RirName(configured.rir)),
        Difference("resolver_id", resolver.resolver_id(), configured.resolver_id),
        Difference("resolver.rir", RirName(resolver.rir()), RirName(configured.resolver_rir))}) {
    if (!difference.empty()) return difference;
  }
  if (!SamePlace(configured.location, claimed.location())) return "location differs";
  if (!SamePlace(configured.resolver_location, resolver.location())) {
    return "resolver.location differs";
  }
  if (claimed.lab() && !rules.lab_accepted) {
    return "it announces a laboratory exemption, and this coordinator is in production";
  }
  if (rules.must_validate && !resolver.validates_dnssec()) {
    return "the primary's resolver must validate DNSSEC (BR 4.2.2.2)";
  }
  return "";
}

}  // namespace

std::optional<v1::Problem> CheckIdentity(const ConfiguredPerspective& configured,
                                         const v1::PerspectiveIdentity& claimed,
                                         const PinRules& rules) {
  const std::string difference = FirstDifference(configured, claimed, rules);
  if (difference.empty()) return std::nullopt;
  v1::Problem problem;
  problem.set_kind(v1::Problem::PERSPECTIVE_IDENTITY);
  problem.set_detail(absl::StrCat("perspective ", configured.perspective_id, ": ", difference));
  return problem;
}

}  // namespace mpic::coordinator
