// The digest of a key authorization in a TXT record: what dns-01 and dns-account-01 share.
#ifndef MPIC_PERSPECTIVE_METHODS_DIGEST_RECORD_H_
#define MPIC_PERSPECTIVE_METHODS_DIGEST_RECORD_H_

#include <boost/asio/awaitable.hpp>
#include <string>

#include "absl/strings/string_view.h"
#include "perspective/methods/check_run.h"

namespace mpic::perspective {

struct DigestRecord {
  DomainName name;
  std::string digest;  // in base64url without padding
};

// The record that shall stand at `labels` before `adn`. BAD_REQUEST: the name is too long, or the
// key authorization broken.
OrProblem<DigestRecord> ExpectDigestRecord(const DomainName& adn, absl::string_view labels,
                                           absl::string_view key_authorization);

// Passes when some TXT record at the name is exactly the digest: no trimming, no padding, no other
// case. The digest is the observed value. `expected` may be the problem that the check's parameters
// are; besides TOKEN_EXPIRED, DNS kinds, RECORD_MALFORMED, RECORD_NOT_MATCHING.
boost::asio::awaitable<void> CheckDigestRecord(OrProblem<DigestRecord> expected, CheckRun& run);

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_METHODS_DIGEST_RECORD_H_
