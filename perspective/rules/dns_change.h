// What a DNS Change check (BR 3.2.2.4.7) asks for, and how its records are read. Pure.
#ifndef MPIC_PERSPECTIVE_RULES_DNS_CHANGE_H_
#define MPIC_PERSPECTIVE_RULES_DNS_CHANGE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "common/domain_name.h"
#include "perspective/problem.h"

namespace mpic::perspective {

// nullopt when the parameters go together; else BAD_REQUEST that names the field and the rule
// (protos/mpic/v1/check.proto, DnsChange).
std::optional<Problem> CheckDnsChangeParameters(const v1::DnsChange& change);

// The name to ask: `adn`, or one underscore label before it. BAD_REQUEST when it gets too long.
OrProblem<DomainName> DnsChangeName(const v1::DnsChange& change, const DomainName& adn);

// What the records say: joined TXT strings, CNAME targets, or the values of CAA properties with the
// tag of the check. RECORD_MALFORMED when one cannot be decoded.
OrProblem<std::vector<std::string>> DnsChangeValues(const v1::DnsChange& change,
                                                    absl::Span<const std::string> rdata);

// True when `value`, one of the above, shows the expected value.
bool DnsChangeMatches(const v1::DnsChange& change, const std::string& value);

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_RULES_DNS_CHANGE_H_
