#include "common/challenge.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/sha256.h"

namespace mpic {
namespace {

bool IsBase64Url(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_';
  });
}

absl::Status Refuse(absl::string_view rule) {
  return absl::InvalidArgumentError(absl::StrCat("key authorization: ", rule));
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

// Nobody encodes so often without something to hide; what is still encoded then counts as hiding
// it.
constexpr int kDecodingRoundsMax = 8;

// One round of percent-decoding of lower-case text; what is no percent triplet stays as it is.
std::string PercentDecodeOnce(absl::string_view lower) {
  std::string decoded;
  decoded.reserve(lower.size());
  for (std::size_t i = 0; i < lower.size(); ++i) {
    const bool triplet = lower[i] == '%' && i + 2 < lower.size() && HexDigit(lower[i + 1]) >= 0 &&
                         HexDigit(lower[i + 2]) >= 0;
    if (triplet) {
      decoded.push_back(static_cast<char>(HexDigit(lower[i + 1]) * 16 + HexDigit(lower[i + 2])));
      i += 2;
    } else {
      decoded.push_back(lower[i]);
    }
  }
  return absl::AsciiStrToLower(decoded);
}

}  // namespace

absl::Status CheckChallengeValue(absl::string_view value) {
  if (value.size() < kChallengeValueOctetsMin || value.size() > kChallengeValueOctetsMax ||
      !std::all_of(value.begin(), value.end(),
                   [](char c) { return absl::ascii_isgraph(static_cast<unsigned char>(c)); })) {
    return absl::InvalidArgumentError(absl::StrCat(
        "must be ", kChallengeValueOctetsMin, " to ", kChallengeValueOctetsMax,
        " octets of printable ASCII without space (BR 1.6.1: at least 112 bits of entropy)"));
  }
  return absl::OkStatus();
}

absl::Status CheckChallengeAge(absl::Time created, absl::Time now) {
  if (created > now + kClockSkewMax) {
    return absl::InvalidArgumentError("the challenge was created in the future");
  }
  if (now - created > kChallengeAgeMax) {
    return absl::InvalidArgumentError("the challenge is older than 30 days");
  }
  return absl::OkStatus();
}

absl::StatusOr<KeyAuthorization> KeyAuthorization::Parse(absl::string_view text) {
  const std::size_t dot = text.find('.');
  if (dot == absl::string_view::npos) return Refuse("must be token \".\" thumbprint");
  const absl::string_view token = text.substr(0, dot);
  const absl::string_view thumbprint = text.substr(dot + 1);
  if (!IsBase64Url(token)) return Refuse("the token has a character outside base64url");
  if (token.size() < kAcmeTokenOctetsMin) {
    return Refuse(absl::StrCat("the token is under ", kAcmeTokenOctetsMin,
                               " characters (128 bits, BR 3.2.2.4.19)"));
  }
  if (token.size() > kAcmeTokenOctetsMax) {
    return Refuse(absl::StrCat("the token is over ", kAcmeTokenOctetsMax, " characters"));
  }
  if (thumbprint.size() != kAcmeThumbprintOctets || !IsBase64Url(thumbprint)) {
    return Refuse(absl::StrCat("the thumbprint must be ", kAcmeThumbprintOctets,
                               " base64url characters (RFC 7638, SHA-256)"));
  }
  return KeyAuthorization(text, token.size());
}

std::string KeyAuthorization::Digest() const { return Sha256(text()); }

std::string KeyAuthorization::DigestText() const { return absl::WebSafeBase64Escape(Digest()); }

bool OccursInRequest(absl::string_view request_text, absl::string_view value) {
  if (value.empty()) return false;
  const std::string sought = absl::AsciiStrToLower(value);
  std::string text = absl::AsciiStrToLower(request_text);
  for (int round = 0; round < kDecodingRoundsMax; ++round) {
    if (absl::StrContains(text, sought)) return true;
    std::string decoded = PercentDecodeOnce(text);
    if (decoded == text) return false;
    text = std::move(decoded);
  }
  return true;
}

}  // namespace mpic
