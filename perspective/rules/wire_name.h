// Domain names inside RDATA.
#ifndef MPIC_PERSPECTIVE_RULES_WIRE_NAME_H_
#define MPIC_PERSPECTIVE_RULES_WIRE_NAME_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/domain_name.h"

namespace mpic::perspective {

// The name that `rdata` holds and nothing else, in uncompressed wire form (RFC 1035 section 3.1),
// as in CNAME and PTR records after decompression. INVALID_ARGUMENT: overrun, no root label, octets
// after it, a compression pointer, the root itself, or a name that DomainName::ParseDns refuses.
absl::StatusOr<DomainName> WireNameToDomainName(absl::string_view rdata);

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_RULES_WIRE_NAME_H_
