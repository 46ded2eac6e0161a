// What each validation method is called: its name, and the sections of the BR that describe it.
#ifndef MPIC_COMMON_METHOD_NAMES_H_
#define MPIC_COMMON_METHOD_NAMES_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "mpic/v1/check.pb.h"

namespace mpic {

struct MethodNames {
  v1::Method method = v1::METHOD_UNSPECIFIED;
  absl::string_view name;            // ACME's, else ours: "dns-01", "website-change"
  absl::string_view name_reference;  // "BR 3.2.2.4.19"; empty: not for domain names
  absl::string_view ip_reference;    // "BR 3.2.2.5.6"; empty: not for IP addresses
};

// All methods of v1::Method, in its order, without METHOD_UNSPECIFIED.
absl::Span<const MethodNames> AllMethodNames();

// "http-01" of HTTP_01; empty for METHOD_UNSPECIFIED and numbers that this version does not know.
absl::string_view NameOfMethod(v1::Method method);

// "http-01" or its section, "3.2.2.4.19" or "BR 3.2.2.5.6", -> HTTP_01, ignoring case; where two
// methods share a section, the first. nullopt: there is none of that name.
std::optional<v1::Method> FindMethod(absl::string_view name);

// "dns-change, dns-01, ...", for people who look for the right name.
std::string ListOfMethods();

}  // namespace mpic

#endif  // MPIC_COMMON_METHOD_NAMES_H_
