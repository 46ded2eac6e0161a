// Replies to "www.example.com A" and what the reader makes of them.
#ifndef MPIC_TESTS_SUPPORT_DNS_REPLY_CASES_H_
#define MPIC_TESTS_SUPPORT_DNS_REPLY_CASES_H_

#include <cstdint>
#include <string>

#include "perspective/net/dns_message.h"
#include "tests/support/dns_wire.h"

namespace mpic::testing {

using perspective::DnsReply;
using perspective::OrProblem;

inline constexpr std::uint16_t kId = 0x1234;
inline const std::string kAddress("\xC0\x00\x02\x0A", 4);  // 192.0.2.10

inline DnsQuestion Question(RecordType type = RecordType::kA,
                            const char* name = "www.example.com") {
  return {.name = DomainName::ParseDns(name).value(), .type = type};
}

inline WireRecord Address(const std::string& owner) { return {.owner = owner, .rdata = kAddress}; }

inline OrProblem<DnsReply> Parse(const WireMessage& message, RecordType type = RecordType::kA) {
  return ParseDnsReply(message.octets(), Question(type), kId, {});
}

// The kind of problem that a reply is, by its stable name; "ok" for none.
inline std::string KindOf(const OrProblem<DnsReply>& reply) {
  return reply.ok() ? "ok" : v1::Problem::Kind_Name(reply.problem().kind);
}

inline DnsAnswer Answer(const WireMessage& message, bool resolver_validates = true) {
  return InterpretReply(Question(), Parse(message), resolver_validates);
}

}  // namespace mpic::testing

#endif  // MPIC_TESTS_SUPPORT_DNS_REPLY_CASES_H_
