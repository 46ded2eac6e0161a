// Persistent TXT records of an account (BR 3.2.2.4.22 and 3.2.2.5.8, draft-ietf-acme-dns-persist):
//
//   ca.example.com; accounturi=https://ca.example.com/acme/acct/1; persistUntil=1795435199
//
// in the grammar of rules/issue_value.h. Pure.
#ifndef MPIC_PERSPECTIVE_RULES_PERSISTENT_RECORD_H_
#define MPIC_PERSPECTIVE_RULES_PERSISTENT_RECORD_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "perspective/problem.h"

namespace mpic::perspective {

// Who asks, and for what. The decision holds only for these inputs.
struct PersistRequest {
  std::vector<std::string> issuer_names;
  std::vector<std::string> acceptable_account_uris;  // compared octet for octet; none is empty
  // The record must say "policy=wildcard": it shall cover a wildcard or a name below its own.
  bool needs_wildcard_policy = false;
  absl::Time reference_time;  // persistUntil must not lie before it
};

struct PersistDecision {
  Problem problem;  // kind KIND_UNSPECIFIED: accepted
  std::size_t accepted_index = 0;
  std::string account_uri;
  absl::Time persist_until = absl::InfiniteFuture();  // of that record; infinite: it has none

  bool accepted() const { return problem.kind == v1::Problem::KIND_UNSPECIFIED; }
};

// Looks for an acceptable record among `values`, the joined TXT records at the name; the others do
// not hurt. Of several, the one whose accounturi comes first in acceptable_account_uris is taken,
// and of these the one that persists longest, so that the order in which DNS gives them does not
// tell perspectives apart.
//
// A record is acceptable when it is on the grammar, names one of our issuers, has exactly one
// accounturi and that an acceptable one, no doubled accounturi, persistUntil or policy, a
// persistUntil that is a number of 64 bits and not past, and the policy where it is needed. Tags
// and the policy's value are read ignoring case; unknown parameters are ignored.
//
// When none is, the problem is that of the record which came furthest: ISSUER_NOT_RECOGNISED,
// RECORD_MALFORMED, PARAM_DUPLICATE, ACCOUNTURI_MISSING, ACCOUNTURI_MISMATCH, PERSIST_EXPIRED,
// POLICY_SCOPE, in this order; of records alike, the first.
PersistDecision DecidePersist(absl::Span<const std::string> values, const PersistRequest& request);

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_RULES_PERSISTENT_RECORD_H_
