#include "common/reverse_zone.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"

namespace mpic {

DomainName ReverseZoneName(const IpAddress& address) {
  const absl::Span<const std::uint8_t> octets = address.octets();
  std::string text;
  for (std::size_t i = octets.size(); i-- > 0;) {
    if (address.is_v6()) {
      absl::StrAppend(&text, absl::Hex(octets[i] & 0x0FU), ".", absl::Hex(octets[i] >> 4U), ".");
    } else {
      absl::StrAppend(&text, static_cast<unsigned>(octets[i]), ".");
    }
  }
  absl::StrAppend(&text, address.is_v6() ? "ip6.arpa" : "in-addr.arpa");
  // Never fails: digits, and at most 34 labels.
  return DomainName::ParseDns(text).value();
}

}  // namespace mpic
