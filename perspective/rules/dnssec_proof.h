// Whether a resolver validates DNSSEC, by what it answers (BR 4.2.2.2, RFC 4035 section 3.2.3).
#ifndef MPIC_PERSPECTIVE_RULES_DNSSEC_PROOF_H_
#define MPIC_PERSPECTIVE_RULES_DNSSEC_PROOF_H_

#include <optional>
#include <string>

#include "perspective/net/dns_answer.h"

namespace mpic::perspective {

struct DnssecProof {
  enum class Standing {
    kProven,     // it answered as only a validating resolver does
    kDisproven,  // it answered as no validating resolver may
    kUnknown,    // it gave no answer to judge
  };
  Standing standing = Standing::kUnknown;
  std::string sentence;  // why not; empty when proven
};

// `delegation` answers a question for DS at a signed delegation of the root: the record is signed
// by the root itself, so AD on it shows that the way to the trust anchor was walked. `bogus`, where
// one is configured, answers a question at a name whose signatures are known not to hold: nothing
// but DNSSEC_BOGUS or SERVFAIL will do.
DnssecProof JudgeResolver(const DnsAnswer& delegation, const std::optional<DnsAnswer>& bogus);

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_RULES_DNSSEC_PROOF_H_
