#include "coordinator/request_check_primary.h"

#include <cmath>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/challenge.h"
#include "coordinator/expected_observation.h"
#include "coordinator/request_check_values.h"

namespace mpic::coordinator {
namespace {

constexpr std::size_t kRegionOctetsMax = 64;
constexpr std::size_t kSoftwareOctetsMax = 128;
constexpr std::size_t kObservedValueOctetsMax = 4'000;

void CheckRir(v1::Rir rir, const Field& field) {
  if (rir != v1::RIR_UNSPECIFIED && v1::Rir_IsValid(rir)) return;
  field.Refuse("must be ARIN, RIPE_NCC, APNIC, LACNIC or AFRINIC");
}

void CheckLocation(bool present, const v1::Location& location, const Field& field) {
  if (!present) return field.Refuse("is required");
  // Written so that NaN is refused.
  if (!(std::abs(location.latitude()) <= 90)) field["latitude"].Refuse("must be -90 to 90");
  if (!(std::abs(location.longitude()) <= 180)) field["longitude"].Refuse("must be -180 to 180");
  // Open sea, more than 500 km from almost everything: two fields that nobody has filled in.
  if (location.latitude() == 0 && location.longitude() == 0) field.Refuse("0, 0 is no place");
}

void CheckResolver(const v1::PerspectiveIdentity& perspective, bool lab, const Field& field) {
  if (!perspective.has_resolver()) return field.Refuse("is required");
  const v1::Resolver& resolver = perspective.resolver();
  CheckIdentity(field["resolver_id"], resolver.resolver_id());
  if (resolver.rir() != perspective.rir()) {
    field["rir"].Refuse("must be the perspective's (BR 3.2.2.9)");
  }
  CheckLocation(resolver.has_location(), resolver.location(), field["location"]);
  if (!resolver.validates_dnssec() && !lab) {
    field["validates_dnssec"].Refuse("must be true for a primary (BR 4.2.2.2)");
  }
}

void CheckPerspective(const v1::PrimaryDetermination& primary, bool lab, const Field& field) {
  if (!primary.has_perspective()) return field.Refuse("is required");
  const v1::PerspectiveIdentity& perspective = primary.perspective();
  CheckIdentity(field["perspective_id"], perspective.perspective_id());
  CheckPrintable(field["region"], perspective.region(), 0, kRegionOctetsMax);
  CheckPrintable(field["software"], perspective.software(), 0, kSoftwareOctetsMax);
  CheckRir(perspective.rir(), field["rir"]);
  CheckLocation(perspective.has_location(), perspective.location(), field["location"]);
  CheckResolver(perspective, lab, field["resolver"]);
  if (perspective.lab() && !lab) {
    field["lab"].Refuse("a laboratory determination needs a coordinator in laboratory mode");
  }
}

void CheckOutcome(const v1::PrimaryDetermination& primary, const v1::Check* check,
                  const Field& field) {
  if (primary.outcome() == v1::OUTCOME_UNSPECIFIED || !v1::Outcome_IsValid(primary.outcome())) {
    field["outcome"].Refuse("must be PASSED, FAILED or ERROR");
  }
  if (primary.observed_value().size() > kObservedValueOctetsMax) {
    field["observed_value"].Refuse(absl::StrCat("has ", primary.observed_value().size(),
                                                " octets, at most ", kObservedValueOctetsMax,
                                                " are allowed"));
    return;
  }
  if (primary.outcome() != v1::PASSED || check == nullptr) return;
  if (IsDiscovery(*check)) {
    field["observed_value"].Refuse(
        "a determination shows one value: name it in the check (selected_contact, expected_name)");
    return;
  }
  const absl::Status seen = CheckObservation(*check, primary.observed_value());
  if (!seen.ok()) field["observed_value"].Refuse(seen.message());
}

void CheckDeterminedAt(const v1::PrimaryDetermination& primary, absl::Time now,
                       const Field& field) {
  if (!primary.has_determined_at()) return field.Refuse("is required");
  const std::optional<absl::Time> time = CheckTimestamp(field, primary.determined_at());
  if (!time.has_value()) return;
  if (*time > now + kClockSkewMax) field.Refuse("lies in the future");
  if (*time < now - kDeterminationAgeMax) {
    field.Refuse(absl::StrCat("is older than ", absl::FormatDuration(kDeterminationAgeMax),
                              ": a determination belongs to one attempt (BR 3.2.2.9)"));
  }
}

}  // namespace

void CheckPrimary(const v1::CorroborationInput& input, const v1::Check* check,
                  const RequestRules& rules, absl::Time now, const Field& field) {
  if (rules.primary_configured) {
    if (input.has_primary()) {
      field.Refuse("must be absent: this coordinator's own primary perspective decides");
    }
    return;
  }
  if (!input.has_primary()) {
    field.Refuse("is required: this coordinator has no primary perspective of its own");
    return;
  }
  CheckPerspective(input.primary(), rules.lab, field["perspective"]);
  CheckOutcome(input.primary(), check, field);
  CheckDeterminedAt(input.primary(), now, field["determined_at"]);
}

}  // namespace mpic::coordinator
