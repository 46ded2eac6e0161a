// CAA records and what they permit (RFC 8659, RFC 8657, BR 4.2.2.1). Pure: which set is relevant is
// found out by methods/relevant_caa_set.
#ifndef MPIC_PERSPECTIVE_RULES_CAA_H_
#define MPIC_PERSPECTIVE_RULES_CAA_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "perspective/problem.h"

namespace mpic::perspective {

// One CAA property (RFC 8659 section 4.1).
struct CaaRecord {
  std::uint8_t flags = 0;
  std::string tag;  // letters and digits, as published; compare it ignoring case
  std::string value;

  bool critical() const { return (flags & 0x80U) != 0; }  // the other bits are reserved
  bool HasTag(absl::string_view name) const;
};

// RECORD_MALFORMED: too short, tag empty or overrunning, tag with other octets than letters and
// digits. Such a record may be a restriction that we cannot read, so it must not be skipped.
OrProblem<CaaRecord> ParseCaaRdata(absl::string_view rdata);

// What shall be issued, and by whom. The decision holds only for these inputs.
struct CaaRequest {
  bool wildcard = false;
  std::vector<std::string> issuer_domain_names;
  std::vector<std::string> account_uris;   // of the requesting account, compared octet for octet
  std::vector<std::string> method_labels;  // of the method used, compared octet for octet
};

struct CaaDecision {
  Problem problem;  // kind KIND_UNSPECIFIED: issuance is permitted
  // The record of the set that authorised; none when no authorisation was needed.
  std::optional<std::size_t> matched_index;

  bool permitted() const { return problem.kind == v1::Problem::KIND_UNSPECIFIED; }
};

// Applies the Relevant RRset `set` to `request`; an empty set permits. CAA_CRITICAL_UNKNOWN: a
// critical property that we do not know, which beats every authorisation. CAA_FORBIDS: there are
// issue records (for a wildcard: issuewild, else issue), and none authorises. Authorisations add
// up. A record that is off the grammar authorises nobody but is still there. Restrictions by
// accounturi or validationmethods that are doubled, empty or unreadable cannot be satisfied.
CaaDecision DecideCaa(absl::Span<const CaaRecord> set, const CaaRequest& request);

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_RULES_CAA_H_
