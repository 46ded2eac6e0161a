// What the Baseline Requirements say about each validation method, as a table.
#ifndef MPIC_COORDINATOR_POLICY_METHODS_H_
#define MPIC_COORDINATOR_POLICY_METHODS_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "mpic/v1/check.pb.h"

namespace mpic::coordinator {

enum class MpicDuty {
  kRequired,
  kRequiredExceptOnion,  // BR Appendix B: onion names need no corroboration
  kNotStated,            // the section has no MPIC sentence; we corroborate all the same
};

struct MethodFacts {
  v1::Method method = v1::METHOD_UNSPECIFIED;
  absl::string_view name;            // ACME's, else ours: "dns-01", "website-change"
  absl::string_view name_reference;  // "BR 3.2.2.4.19"; empty: not for domain names
  absl::string_view ip_reference;    // "BR 3.2.2.5.6"; empty: not for IP addresses

  // The ticks of the Authorization Domain Name table (BR 3.2.2.4 since BR 2.2.9).
  bool wildcard = false;
  bool prune = false;
  bool cname_adn = false;
  bool onion = false;

  MpicDuty mpic = MpicDuty::kRequired;
  // False: what a remote saw counts by its meaning alone (CAA). True: its observed_value must equal
  // the primary's (BR 3.2.2.9).
  bool compares_observation = true;
  // Labels for "validationmethods" of RFC 8657, the one registered with IANA first. A CAA record
  // that names any of them permits the method (BR 4.2.2.1.2).
  absl::Span<const absl::string_view> caa_labels;

  std::optional<absl::CivilDay> sunset_announced;  // by a ballot in force since this day
  std::optional<absl::CivilDay> should_not_since;  // SHOULD NOT be used from this day
  std::optional<absl::CivilDay> sunset;            // MUST NOT be used from this day
};

// All methods of v1::Method, in its order, without METHOD_UNSPECIFIED.
absl::Span<const MethodFacts> AllMethods();

// nullptr for METHOD_UNSPECIFIED and numbers that this version does not know.
const MethodFacts* FactsOf(v1::Method method);

// "http-01" or its section, "3.2.2.4.19" or "BR 3.2.2.5.6", -> HTTP_01, ignoring case; where two
// methods share a section, the first of the table. INVALID_ARGUMENT says of methods that are
// retired, or that need no corroboration, that they are, and of others which names there are.
absl::StatusOr<v1::Method> MethodFromName(absl::string_view name);

// The section to cite: "BR 3.2.2.4.19". Empty when the method does not exist for the identifier.
absl::string_view ReferenceOf(const MethodFacts& facts, bool is_ip);

enum class Permission {
  kPermitted,
  kEnding,       // permitted, with a warning: a day is set from which it is not
  kDiscouraged,  // permitted, with a warning: SHOULD NOT
  kSunset,       // METHOD_SUNSET
};

struct MethodStatus {
  Permission permission = Permission::kPermitted;
  std::string sentence;  // the warning or the reason; empty when permitted without either
};

MethodStatus MethodStatusAt(const MethodFacts& facts, bool is_ip, absl::Time time);

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_POLICY_METHODS_H_
