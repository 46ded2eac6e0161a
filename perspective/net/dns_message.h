// DNS messages as octets: the query that is sent, the reply that comes back (RFC 1035, 6891, 8914).
// Pure and bounded: replies are hostile input.
#ifndef MPIC_PERSPECTIVE_NET_DNS_MESSAGE_H_
#define MPIC_PERSPECTIVE_NET_DNS_MESSAGE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "perspective/net/dns_answer.h"
#include "perspective/problem.h"

namespace mpic::perspective {

// The UDP payload size that queries offer: fits every path without fragments (DNS flag day 2020).
inline constexpr std::uint16_t kDnsUdpOctetsMax = 1232;

// A query with RD and AD set and CD clear: "recurse, validate, and tell me whether it was secure"
// (RFC 6840 section 5.7), with an EDNS(0) record so that Extended DNS Errors can come back. A
// question for DS has DO set as well (RFC 4035 section 3.2.1): how it is denied says what it means.
std::string EncodeDnsQuery(const DnsQuestion& question, std::uint16_t id);

// A reply that belongs to the question: id, QR, opcode and question section agree.
struct DnsReply {
  std::uint16_t rcode = 0;  // with the extended bits
  bool truncated = false;   // then everything below the flags is left empty
  bool recursion_available = false;
  bool authentic_data = false;
  std::vector<ExtendedDnsError> extended_errors;
  std::vector<DomainName> cname_chain;
  std::vector<std::string> rdata;  // names inside CNAME and PTR data are uncompressed
  std::uint32_t min_ttl_seconds = 0;
  // DS only: there are no records, and the denial is that of a delegation (dns_denial.h).
  bool shows_insecure_delegation = false;
};

// Bounds on a reply; see limits.h.
struct DnsReplyBounds {
  std::size_t records_max = 1'000;
  std::size_t cname_chain_max = 16;
};

// Reads a reply to `question`. Records are taken only where their owner is the question's name or
// the end of its CNAME chain; all else is ignored. For type CNAME the record itself is read, not
// chased. Problems: DNS_MALFORMED (also for a reply to something else), DNS_LOOP.
OrProblem<DnsReply> ParseDnsReply(absl::string_view message, const DnsQuestion& question,
                                  std::uint16_t id, const DnsReplyBounds& bounds);

// Turns a reply into the answer that methods see: NOERROR and NXDOMAIN are answers, every other
// rcode is a lookup error (spec 2.3 item 5), DNSSEC failures are told apart by their Extended DNS
// Error. So are answers that the resolver itself disowns by one (stale, forged, filtered), those of
// a server that does not recurse (RA clear: a referral must not be read as NODATA), and NXDOMAIN
// with records. `resolver_validates` decides whether AD means anything. INSECURE: AD on a denial of
// DS at a delegation; nothing else is a proof that no chain of trust leads there (spec 5.7).
DnsAnswer InterpretReply(const DnsQuestion& question, OrProblem<DnsReply> reply,
                         bool resolver_validates);

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_NET_DNS_MESSAGE_H_
