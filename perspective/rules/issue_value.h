// The issue-value of RFC 8659 section 4.2, which CAA issue records and persistent TXT records
// share:
//
//   issue-value = *WSP [domain *WSP] [";" *WSP [param *(*WSP ";" *WSP param) *WSP]]
//   domain      = label *("." label)
//   param       = label *WSP "=" *WSP *(%x21-3A / %x3C-7E)
//   label       = letters, digits and inner hyphens, at least one octet
//   WSP         = space / tab
//
// A trailing ";" is legal only when there are no parameters. Labels have no length limit here, and
// parameter tags may hold hyphens (verified erratum 5934).
#ifndef MPIC_PERSPECTIVE_RULES_ISSUE_VALUE_H_
#define MPIC_PERSPECTIVE_RULES_ISSUE_VALUE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace mpic::perspective {

struct IssueParameter {
  std::string tag;  // as published; compare it ignoring case
  std::string value;
};

struct IssueValue {
  std::string domain;  // as published; empty: authorises nobody
  std::vector<IssueParameter> parameters;

  // The values of every parameter called `tag`, ignoring case, in order.
  std::vector<absl::string_view> ValuesOf(absl::string_view tag) const;
};

// nullopt when `text` is off the grammar. Linear in the size of `text`.
std::optional<IssueValue> ParseIssueValue(absl::string_view text);

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_RULES_ISSUE_VALUE_H_
