// The record of one DNS lookup in a check's result.
#ifndef MPIC_PERSPECTIVE_METHODS_DNS_STEP_H_
#define MPIC_PERSPECTIVE_METHODS_DNS_STEP_H_

#include "perspective/net/dns_client.h"

namespace mpic::perspective {

// Appends `answer` to the steps of `result`. A reply with an error rcode counts as answered, so
// that its rcode can be read; its problem says that it was of no use. Texts from the wire are
// escaped to printable ASCII, because a protobuf string of other octets would make the result
// unreadable.
void AddDnsStep(const DnsAnswer& answer, v1::CheckResult& result);

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_METHODS_DNS_STEP_H_
