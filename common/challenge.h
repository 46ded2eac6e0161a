// Challenge values: what an applicant is asked to show, and where it must not stand.
#ifndef MPIC_COMMON_CHALLENGE_H_
#define MPIC_COMMON_CHALLENGE_H_

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace mpic {

// 128 bits of base64url (BR 3.2.2.4.19), and the SHA-256 of RFC 7638 in base64url.
inline constexpr std::size_t kAcmeTokenOctetsMin = 22;
inline constexpr std::size_t kAcmeThumbprintOctets = 43;
// Far above every ACME server in use; a token is also a file name and part of a URL.
inline constexpr std::size_t kAcmeTokenOctetsMax = 128;

// A Random Value has 112 bits or more (BR 1.6.1), a Request Token more: in printable ASCII, at 6.6
// bits an octet, that takes 18 octets. Anything shorter stands in records and files by itself.
inline constexpr std::size_t kChallengeValueOctetsMin = 18;
inline constexpr std::size_t kChallengeValueOctetsMax = 255;

// BR 3.2.2.4.7, .18, .19, .20, .21: no use after 30 days from creation.
inline constexpr absl::Duration kChallengeAgeMax = absl::Hours(30 * 24);
// How far the clock of the host that made a value may run before ours.
inline constexpr absl::Duration kClockSkewMax = absl::Seconds(5);

// INVALID_ARGUMENT unless `value`, a Random Value or Request Token, is of that length and printable
// ASCII without space. The message does not repeat it.
absl::Status CheckChallengeValue(absl::string_view value);

// INVALID_ARGUMENT with the broken rule for a Random Value, Request Token or ACME token created
// more than kChallengeAgeMax before `now`, or after it.
absl::Status CheckChallengeAge(absl::Time created, absl::Time now);

// RFC 8555 section 8.1: token "." thumbprint, both base64url without padding.
class KeyAuthorization {
 public:
  // INVALID_ARGUMENT names the broken rule and never repeats the value, which is secret until it is
  // placed.
  static absl::StatusOr<KeyAuthorization> Parse(absl::string_view text);

  absl::string_view token() const { return absl::string_view(text_).substr(0, token_octets_); }
  const std::string& text() const { return text_; }
  // SHA-256 of text(), 32 octets: the acmeIdentifier of tls-alpn-01 (RFC 8737 section 3).
  std::string Digest() const;
  // The same in base64url without padding: the TXT record of dns-01 (RFC 8555 section 8.4).
  std::string DigestText() const;

 private:
  KeyAuthorization(absl::string_view text, std::size_t token_octets)
      : text_(text), token_octets_(token_octets) {}

  std::string text_;
  std::size_t token_octets_;
};

// True when `value` occurs anywhere in `request_text` (a URL or a header that we would send), as it
// is or percent-encoded any number of times (beyond eight it is taken to occur), in any case: a
// server that echoes its requests must not be able to prove anything (BR 3.2.2.4.18: the value MUST
// NOT appear in the request). An empty value occurs nowhere.
bool OccursInRequest(absl::string_view request_text, absl::string_view value);

}  // namespace mpic

#endif  // MPIC_COMMON_CHALLENGE_H_
