#include "perspective/net/dns_answer.h"

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

}  // namespace mpic::perspective
