// The search for the CAA records that govern a name (RFC 8659 section 3).
#ifndef MPIC_PERSPECTIVE_METHODS_RELEVANT_CAA_SET_H_
#define MPIC_PERSPECTIVE_METHODS_RELEVANT_CAA_SET_H_

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <optional>
#include <vector>

#include "common/domain_name.h"
#include "perspective/net/dns_client.h"
#include "perspective/rules/caa.h"
#include "perspective/rules/caa_lookup_failure.h"

namespace mpic::perspective {

struct RelevantCaaSet {
  std::optional<DomainName> found_at;  // none: no CAA record up to the TLD
  std::vector<CaaRecord> records;
  std::uint32_t ttl_seconds = 0;  // smallest of the set and its alias chain
  // Lookups below it, nearest first, that failed in a way that may be tolerated. Not proven yet!
  std::vector<DnsAnswer> failed = {};
};

// Asks for CAA at `name` (of a Wildcard Domain Name without its "*.") and its parents through the
// TLD, several levels at once; the nearest level with records decides, and failures above it do not
// matter. The resolver follows aliases; the parents of an alias target do
// not count. Every lookup becomes a step of `result`; both references outlive the coroutine.
//
// An empty set is never concluded from a failed lookup; where `rule` lets failures permit, those
// that can (rules/caa_lookup_failure.h) are passed over, and the caller must have them proven
// before it uses the set (tolerated_failure.h). CAA_LOOKUP_FAILED: a lookup below the first records
// failed, or the TLD does not exist; DNSSEC_BOGUS and DNSSEC_INDETERMINATE keep their kind.
// RECORD_MALFORMED: a record of the set cannot be decoded.
boost::asio::awaitable<OrProblem<RelevantCaaSet>> FindRelevantCaaSet(
    DomainName name, DnsClient& dns, v1::CheckResult& result,
    LookupFailureRule rule = v1::CaaCheck::NEVER_PERMITS);

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_METHODS_RELEVANT_CAA_SET_H_
