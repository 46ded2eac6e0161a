// The denial of DS at a delegation: the proof that no chain of trust leads below it (RFC 4035
// section 5.2, RFC 5155 section 8.9). Pure and bounded.
#ifndef MPIC_PERSPECTIVE_NET_DNS_DENIAL_H_
#define MPIC_PERSPECTIVE_NET_DNS_DENIAL_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace mpic::perspective {

inline constexpr std::uint16_t kTypeNsec = 47;
inline constexpr std::uint16_t kTypeNsec3 = 50;

// A denial has one record of NSEC or up to three of NSEC3; a hash costs up to as many rounds of
// SHA-1 as this, the most that resolvers still take for a proof (RFC 9276 section 3.2).
inline constexpr std::size_t kDenialRecordsMax = 8;
inline constexpr unsigned kNsec3IterationsMax = 150;

// An NSEC or NSEC3 record of an authority section.
struct DenialRecord {
  std::string owner;  // wire form, uncompressed
  std::uint16_t type = 0;
  std::string rdata;
};

// True when `name` (wire form, lower case) is shown to be a delegation without DS: there is a
// record of exactly this name, or of exactly its hash, and each such one has the bit of NS and none
// but RRSIG and NSEC beside it. So a name inside a zone (no NS), the apex of a zone (SOA: the
// child's own word, RFC 6840 section 4.4) and a secure delegation (DS) are no such thing. Nor is a
// name that an opt-out span merely covers (RFC 5155 section 6). Also false for broken records, hash
// algorithms and flags that are not known, too many records or iterations.
//
// The records themselves prove nothing: a validating resolver must have set AD on the reply.
bool ShowsInsecureDelegation(absl::Span<const DenialRecord> records, absl::string_view name);

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_NET_DNS_DENIAL_H_
