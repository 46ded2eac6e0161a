#include "perspective/net/dns_answer.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"

namespace mpic::perspective {

absl::string_view RecordTypeName(RecordType type) {
  switch (type) {
    case RecordType::kA:
      return "A";
    case RecordType::kCname:
      return "CNAME";
    case RecordType::kPtr:
      return "PTR";
    case RecordType::kTxt:
      return "TXT";
    case RecordType::kAaaa:
      return "AAAA";
    case RecordType::kDs:
      return "DS";
    case RecordType::kCaa:
      return "CAA";
  }
  return "other";
}

std::string RcodeName(std::uint16_t rcode) {
  constexpr absl::string_view kNames[] = {"NOERROR",  "FORMERR", "SERVFAIL",
                                          "NXDOMAIN", "NOTIMP",  "REFUSED"};
  if (rcode < std::size(kNames)) return std::string(kNames[rcode]);
  return absl::StrCat("rcode ", rcode);
}

bool DnsAnswer::FailedLike(const DnsAnswer& other) const {
  return lookup_failed() && problem.kind == other.problem.kind && rcode == other.rcode &&
         std::ranges::equal(extended_errors, other.extended_errors, {},
                            &ExtendedDnsError::info_code, &ExtendedDnsError::info_code);
}

}  // namespace mpic::perspective
