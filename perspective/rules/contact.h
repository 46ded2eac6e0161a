// The contacts among the records that a perspective has seen (BR Appendix A.1). Pure.
#ifndef MPIC_PERSPECTIVE_RULES_CONTACT_H_
#define MPIC_PERSPECTIVE_RULES_CONTACT_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "perspective/problem.h"
#include "perspective/rules/caa.h"

namespace mpic::perspective {

// One of the grammars of common/contact.h: the canonical form, or the rule that is broken.
using ContactGrammar = absl::StatusOr<std::string> (*)(absl::string_view text);

struct PublishedContacts {
  std::vector<std::string> usable;  // canonical, sorted, each once
  std::size_t unusable = 0;         // records that are not exactly one contact
  std::string broken_rule;          // of the first of them
};

// Each of `values`, the whole values of the records, is one contact or none at all: an unusable
// record does not spoil the others.
PublishedContacts ReadContacts(absl::Span<const std::string> values, ContactGrammar grammar);

// The values of the properties called `tag`. The critical flag changes nothing for who knows them.
std::vector<std::string> ContactProperties(absl::Span<const CaaRecord> set, absl::string_view tag);

// Why `selected`, in canonical form, is not among them; with an empty one, why nothing is.
// CONTACT_NOT_FOUND: there are no records. CONTACT_INVALID: all are unusable. CONTACT_DIFFERS.
std::optional<Problem> RefuseContacts(const PublishedContacts& contacts,
                                      const std::string& selected);

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_RULES_CONTACT_H_
