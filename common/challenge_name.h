// The labels under which challenges are published in DNS.
#ifndef MPIC_COMMON_CHALLENGE_NAME_H_
#define MPIC_COMMON_CHALLENGE_NAME_H_

#include <string>

#include "absl/strings/string_view.h"

namespace mpic {

inline constexpr absl::string_view kAcmeChallengeLabel = "_acme-challenge";          // RFC 8555 8.4
inline constexpr absl::string_view kContactEmailLabel = "_validation-contactemail";  // BR B.1.1
inline constexpr absl::string_view kContactPhoneLabel = "_validation-contactphone";  // BR B.1.2
inline constexpr absl::string_view kPersistLabel = "_validation-persist";       // BR 3.2.2.4.22
inline constexpr absl::string_view kIpPersistLabel = "_ip-validation-persist";  // BR 3.2.2.5.8

// The first label of dns-account-01 (draft-ietf-acme-dns-account-label section 3.1): "_" and the
// lower-case base32 of the first 10 octets of SHA-256(account URL), 17 characters. The URL is taken
// octet for octet. It stands before kAcmeChallengeLabel.
std::string DnsAccountLabel(absl::string_view account_url);

}  // namespace mpic

#endif  // MPIC_COMMON_CHALLENGE_NAME_H_
