#include "perspective/rules/issuer_names.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/domain_name.h"

namespace mpic::perspective {
namespace {

constexpr int kIssuerNamesMax = 16;  // protos/mpic/v1/check.proto

}  // namespace

OrProblem<std::vector<std::string>> ReadIssuerNames(
    const google::protobuf::RepeatedPtrField<std::string>& names, absl::string_view field) {
  if (names.empty() || names.size() > kIssuerNamesMax) {
    return Problem{v1::Problem::BAD_REQUEST,
                   absl::StrCat(field, ": 1 to ", kIssuerNamesMax, " are needed")};
  }
  std::vector<std::string> read;
  for (const std::string& text : names) {
    const absl::StatusOr<DomainName> name = DomainName::ParseHost(text);
    if (!name.ok()) {
      return Problem{v1::Problem::BAD_REQUEST, absl::StrCat(field, ": ", name.status().message())};
    }
    read.push_back(name->text());
  }
  return read;
}

bool IsIssuerName(absl::string_view domain, const std::vector<std::string>& issuer_names) {
  return std::any_of(issuer_names.begin(), issuer_names.end(),
                     [&](const std::string& name) { return DnsEquals(domain, name); });
}

}  // namespace mpic::perspective
