// The names by which a CA recognises itself in records (CP/CPS section 4.2).
#ifndef MPIC_PERSPECTIVE_RULES_ISSUER_NAMES_H_
#define MPIC_PERSPECTIVE_RULES_ISSUER_NAMES_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "perspective/problem.h"

namespace mpic::perspective {

// The issuer domain names of a check, in lower case. BAD_REQUEST, naming `field`: none, more than
// 16, or one that is no host name.
OrProblem<std::vector<std::string>> ReadIssuerNames(
    const google::protobuf::RepeatedPtrField<std::string>& names, absl::string_view field);

// True when `domain`, as published, is one of `issuer_names`, compared as names.
bool IsIssuerName(absl::string_view domain, const std::vector<std::string>& issuer_names);

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_RULES_ISSUER_NAMES_H_
