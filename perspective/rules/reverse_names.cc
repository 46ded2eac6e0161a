#include "perspective/rules/reverse_names.h"

#include <algorithm>
#include <utility>

#include "absl/status/statusor.h"
#include "perspective/rules/wire_name.h"

namespace mpic::perspective {
namespace {

// A wildcard is no name in plain characters, and fails like any other.
absl::StatusOr<DomainName> ReadHostName(const std::string& rdata) {
  const absl::StatusOr<DomainName> name = WireNameToDomainName(rdata);
  if (!name.ok()) return name.status();
  return DomainName::ParseHost(name->text());
}

}  // namespace

std::vector<DomainName> ReverseNames(absl::Span<const std::string> rdata) {
  std::vector<DomainName> names;
  for (const std::string& record : rdata) {
    absl::StatusOr<DomainName> name = ReadHostName(record);
    if (name.ok() && name->labels().back() != "onion") names.push_back(*std::move(name));
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace mpic::perspective
