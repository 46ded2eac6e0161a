// What the rules of a perspective say of a check before anybody looks.
#ifndef MPIC_TESTS_FUZZ_CHECK_RULES_H_
#define MPIC_TESTS_FUZZ_CHECK_RULES_H_

#include <google/protobuf/message.h>

#include <optional>

#include "absl/strings/string_view.h"
#include "mpic/v1/check.pb.h"
#include "perspective/problem.h"

namespace mpic::fuzz {

// The first rule that refuses the identifier, the Authorization Domain Name or the parameters that
// have rules of their own; nullopt: none does.
std::optional<perspective::Problem> RefuseCheck(const v1::Check& check);

// Reads protobuf's text format, which is mutated better than octets, and lets through what octets
// on the wire can carry: strings are UTF-8.
bool ReadMessage(absl::string_view text, google::protobuf::Message& message);

}  // namespace mpic::fuzz

#endif  // MPIC_TESTS_FUZZ_CHECK_RULES_H_
