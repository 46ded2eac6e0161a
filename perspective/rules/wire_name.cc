#include "perspective/rules/wire_name.h"

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace mpic::perspective {

absl::StatusOr<DomainName> WireNameToDomainName(absl::string_view rdata) {
  std::string text;
  while (!rdata.empty() && rdata.front() != '\0') {
    const std::size_t length = static_cast<unsigned char>(rdata.front());
    rdata.remove_prefix(1);
    // Lengths from 192 are compression pointers; 64 to 191 never came into use.
    if (length > kLabelOctetsMax) return absl::InvalidArgumentError("wire name: label type");
    if (length > rdata.size()) return absl::InvalidArgumentError("wire name: label overruns RDATA");
    const absl::string_view label = rdata.substr(0, length);
    // In text such a label would look like two.
    if (label.find('.') != absl::string_view::npos) {
      return absl::InvalidArgumentError("wire name: label contains a dot");
    }
    absl::StrAppend(&text, text.empty() ? "" : ".", label);
    rdata.remove_prefix(length);
  }
  if (rdata.size() != 1) {
    return absl::InvalidArgumentError("wire name: RDATA does not end with the root label");
  }
  return DomainName::ParseDns(text);
}

}  // namespace mpic::perspective
