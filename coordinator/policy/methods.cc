#include "coordinator/policy/methods.h"

#include <algorithm>
#include <array>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/method_names.h"
#include "common/validation_method_labels.h"
#include "coordinator/policy/other_methods.h"

namespace mpic::coordinator {
namespace {

// The ticks of a row.
struct Ticks {
  bool wildcard = false;
  bool prune = false;
  bool cname_adn = false;
  bool onion = false;
};
constexpr Ticks kAnyAdn{.wildcard = true, .prune = true, .cname_adn = true};
constexpr Ticks kPrunedAdn{.wildcard = true, .prune = true};
constexpr Ticks kExactName{.onion = true};

MethodFacts Row(v1::Method method, const Ticks& ticks) {
  MethodFacts facts;
  facts.method = method;
  for (const MethodNames& names : AllMethodNames()) {
    if (names.method != method) continue;
    facts.name = names.name;
    facts.name_reference = names.name_reference;
    facts.ip_reference = names.ip_reference;
  }
  facts.wildcard = ticks.wildcard;
  facts.prune = ticks.prune;
  facts.cname_adn = ticks.cname_adn;
  facts.onion = ticks.onion;
  facts.mpic = ticks.onion ? MpicDuty::kRequiredExceptOnion : MpicDuty::kRequired;
  facts.caa_labels = ValidationMethodLabels(method);
  return facts;
}

// SC-090, in force since 2026-01-12: discouraged since 2026-03-15, prohibited later, old
// validations included.
MethodFacts Contact(v1::Method method, absl::CivilDay sunset) {
  MethodFacts facts = Row(method, kAnyAdn);
  facts.sunset_announced = absl::CivilDay(2026, 1, 12);
  facts.should_not_since = absl::CivilDay(2026, 3, 15);
  facts.sunset = sunset;
  return facts;
}

MethodFacts ReverseLookup() {
  MethodFacts facts = Row(v1::REVERSE_LOOKUP, {});
  facts.sunset_announced = absl::CivilDay(2025, 12, 16);  // SC-091
  facts.sunset = absl::CivilDay(2027, 3, 15);
  return facts;
}

// Looks at the identifier itself, so that no ADN tick applies; wildcards have their own property.
MethodFacts Caa() {
  MethodFacts facts = Row(v1::CAA, {.wildcard = true});
  facts.compares_observation = false;
  return facts;
}

const auto& Table() {
  static constexpr absl::CivilDay kPhonesEnd(2027, 3, 15);
  static constexpr absl::CivilDay kEmailsEnd(2028, 3, 15);
  static const std::array<MethodFacts, 13> kMethods = {
      Row(v1::DNS_CHANGE, kAnyAdn),
      Row(v1::DNS_01, kAnyAdn),
      Contact(v1::CAA_EMAIL_CONTACT, kEmailsEnd),
      Contact(v1::TXT_EMAIL_CONTACT, kEmailsEnd),
      Contact(v1::TXT_PHONE_CONTACT, kPhonesEnd),
      Contact(v1::CAA_PHONE_CONTACT, kPhonesEnd),
      Row(v1::WEBSITE_CHANGE, kExactName),
      Row(v1::HTTP_01, kExactName),
      Row(v1::TLS_ALPN_01, kExactName),
      Row(v1::DNS_ACCOUNT_01, kPrunedAdn),
      Row(v1::DNS_PERSIST, kPrunedAdn),
      ReverseLookup(),
      Caa(),
  };
  return kMethods;
}

absl::Time StartOf(absl::CivilDay day) { return absl::FromCivil(day, absl::UTCTimeZone()); }

bool Reached(const std::optional<absl::CivilDay>& day, absl::Time time) {
  return day.has_value() && StartOf(*day) <= time;
}

std::string DayText(absl::CivilDay day) { return absl::FormatCivilTime(day); }

}  // namespace

absl::Span<const MethodFacts> AllMethods() { return Table(); }

const MethodFacts* FactsOf(v1::Method method) {
  const auto& table = Table();
  const auto row = std::find_if(table.begin(), table.end(),
                                [&](const MethodFacts& facts) { return facts.method == method; });
  return row == table.end() ? nullptr : &*row;
}

absl::StatusOr<v1::Method> MethodFromName(absl::string_view name) {
  if (const std::optional<v1::Method> method = FindMethod(name)) return *method;
  if (const absl::string_view reason = WhyNoMethod(name); !reason.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("method \"", name, "\": ", reason));
  }
  return absl::InvalidArgumentError(
      absl::StrCat("method \"", name, "\" is not known; there are ", ListOfMethods()));
}

absl::string_view ReferenceOf(const MethodFacts& facts, bool is_ip) {
  return is_ip ? facts.ip_reference : facts.name_reference;
}

MethodStatus MethodStatusAt(const MethodFacts& facts, bool is_ip, absl::Time time) {
  const std::string subject =
      absl::StrCat("method ", facts.name, " (", ReferenceOf(facts, is_ip), ")");
  if (Reached(facts.sunset, time)) {
    return {Permission::kSunset,
            absl::StrCat(subject, " must not be used since ", DayText(*facts.sunset))};
  }
  const std::string end =
      facts.sunset.has_value() ? absl::StrCat("must not be from ", DayText(*facts.sunset)) : "";
  if (Reached(facts.should_not_since, time)) {
    return {Permission::kDiscouraged,
            absl::StrCat(subject, " should not be used since ", DayText(*facts.should_not_since),
                         end.empty() ? "" : " and ", end)};
  }
  if (end.empty() || !Reached(facts.sunset_announced, time)) return {};
  return {Permission::kEnding, absl::StrCat(subject, " may still be used, and ", end)};
}

}  // namespace mpic::coordinator
