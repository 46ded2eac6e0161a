#include "common/method_names.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"

namespace mpic {
namespace {

constexpr MethodNames kMethods[] = {
    {v1::DNS_CHANGE, "dns-change", "BR 3.2.2.4.7", ""},
    {v1::DNS_01, "dns-01", "BR 3.2.2.4.7", ""},
    {v1::CAA_EMAIL_CONTACT, "caa-email-contact", "BR 3.2.2.4.13", ""},
    {v1::TXT_EMAIL_CONTACT, "txt-email-contact", "BR 3.2.2.4.14", ""},
    {v1::TXT_PHONE_CONTACT, "txt-phone-contact", "BR 3.2.2.4.16", ""},
    {v1::CAA_PHONE_CONTACT, "caa-phone-contact", "BR 3.2.2.4.17", ""},
    {v1::WEBSITE_CHANGE, "website-change", "BR 3.2.2.4.18", "BR 3.2.2.5.1"},
    {v1::HTTP_01, "http-01", "BR 3.2.2.4.19", "BR 3.2.2.5.6"},
    {v1::TLS_ALPN_01, "tls-alpn-01", "BR 3.2.2.4.20", "BR 3.2.2.5.7"},
    {v1::DNS_ACCOUNT_01, "dns-account-01", "BR 3.2.2.4.21", ""},
    {v1::DNS_PERSIST, "dns-persist-01", "BR 3.2.2.4.22", "BR 3.2.2.5.8"},
    {v1::REVERSE_LOOKUP, "reverse-lookup", "", "BR 3.2.2.5.3"},
    {v1::CAA, "caa", "BR 4.2.2.1", ""},
};

// "3.2.2.4.19" of "BR 3.2.2.4.19".
absl::string_view SectionOf(absl::string_view reference) {
  return absl::StripPrefix(reference, "BR ");
}

bool IsCalled(const MethodNames& names, absl::string_view name) {
  if (absl::EqualsIgnoreCase(names.name, name)) return true;
  const absl::string_view section = SectionOf(name);
  return !section.empty() &&
         (section == SectionOf(names.name_reference) || section == SectionOf(names.ip_reference));
}

}  // namespace

absl::Span<const MethodNames> AllMethodNames() { return kMethods; }

absl::string_view NameOfMethod(v1::Method method) {
  const auto* const found =
      std::find_if(std::begin(kMethods), std::end(kMethods),
                   [&](const MethodNames& names) { return names.method == method; });
  return found == std::end(kMethods) ? absl::string_view() : found->name;
}

std::optional<v1::Method> FindMethod(absl::string_view name) {
  const auto* const found =
      std::find_if(std::begin(kMethods), std::end(kMethods),
                   [&](const MethodNames& names) { return IsCalled(names, name); });
  if (found == std::end(kMethods)) return std::nullopt;
  return found->method;
}

std::string ListOfMethods() {
  return absl::StrJoin(kMethods, ", ", [](std::string* out, const MethodNames& names) {
    absl::StrAppend(out, names.name);
  });
}

}  // namespace mpic
