#include "coordinator/request_check_values.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/domain_name.h"
#include "common/proto_time.h"
#include "google/protobuf/util/time_util.h"

namespace mpic::coordinator {
namespace {

constexpr std::size_t kQuotedOctetsMax = 100;
constexpr std::size_t kIdentityOctetsMax = 64;
constexpr std::int32_t kNanosecondsMax = 999'999'999;

bool IsAlpha(char c) { return absl::ascii_isalpha(static_cast<unsigned char>(c)); }
bool IsAlnum(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)); }

}  // namespace

std::string Quoted(absl::string_view text) {
  return absl::StrCat("\"", absl::CHexEscape(text.substr(0, kQuotedOctetsMax)),
                      text.size() > kQuotedOctetsMax ? "..." : "", "\"");
}

bool CheckPrintable(const Field& field, absl::string_view text, std::size_t octets_min,
                    std::size_t octets_max) {
  if (text.empty() && octets_min > 0) {
    field.Refuse("is required");
    return false;
  }
  if (text.size() < octets_min || text.size() > octets_max) {
    field.Refuse(absl::StrCat("has ", text.size(), " octets, ", octets_min, " to ", octets_max,
                              " are allowed"));
    return false;
  }
  if (!std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; })) {
    field.Refuse("must be printable ASCII without space");
    return false;
  }
  return true;
}

bool CheckUri(const Field& field, absl::string_view text) {
  if (!CheckPrintable(field, text, 1, kUriOctetsMax)) return false;
  // scheme ":" of RFC 3986 section 3.1; the rest is compared octet for octet and is not ours.
  const std::size_t colon = text.find(':');
  const absl::string_view scheme = text.substr(0, colon);
  const bool well_formed = colon != absl::string_view::npos && colon + 1 < text.size() &&
                           !scheme.empty() && IsAlpha(scheme.front()) &&
                           std::all_of(scheme.begin(), scheme.end(), [](char c) {
                             return IsAlnum(c) || absl::StrContains("+-.", c);
                           });
  if (!well_formed) field.Refuse(absl::StrCat(Quoted(text), " is not a URI (RFC 3986)"));
  return well_formed;
}

bool CheckIdentity(const Field& field, absl::string_view text) {
  const bool well_formed = !text.empty() && text.size() <= kIdentityOctetsMax &&
                           std::all_of(text.begin(), text.end(), [](char c) {
                             return absl::ascii_islower(static_cast<unsigned char>(c)) ||
                                    absl::ascii_isdigit(static_cast<unsigned char>(c)) || c == '-';
                           });
  if (!well_formed) field.Refuse(absl::StrCat(Quoted(text), " must be 1 to 64 octets [a-z0-9-]"));
  return well_formed;
}

void CheckAccountUris(const Field& field,
                      const google::protobuf::RepeatedPtrField<std::string>& uris, int count_max) {
  if (uris.size() > count_max) {
    field.Refuse(absl::StrCat(uris.size(), " URIs, at most ", count_max, " are allowed"));
    return;
  }
  for (int i = 0; i < uris.size(); ++i) {
    const Field place = field[static_cast<std::size_t>(i)];
    if (CheckUri(place, uris[i]) && absl::StrContains(uris[i], ';')) {
      place.Refuse(absl::StrCat(
          Quoted(uris[i]),
          " holds a semicolon, which no record's accounturi can (RFC 8659 section 4.2)"));
    }
  }
}

void CheckIssuerNames(const Field& field, google::protobuf::RepeatedPtrField<std::string>& names) {
  if (names.empty() || names.size() > kIssuerNamesMax) {
    field.Refuse(
        absl::StrCat(names.size(), " issuer domain names, 1 to ", kIssuerNamesMax, " are allowed"));
    return;
  }
  for (int i = 0; i < names.size(); ++i) {
    const absl::StatusOr<DomainName> name = DomainName::ParseHost(names[i]);
    if (name.ok()) {
      names[i] = name->text();
    } else {
      field[static_cast<std::size_t>(i)].Refuse(name.status().message());
    }
  }
}

std::optional<absl::Time> CheckTimestamp(const Field& field,
                                         const google::protobuf::Timestamp& proto) {
  using google::protobuf::util::TimeUtil;
  if (proto.seconds() < TimeUtil::kTimestampMinSeconds ||
      proto.seconds() > TimeUtil::kTimestampMaxSeconds || proto.nanos() < 0 ||
      proto.nanos() > kNanosecondsMax) {
    field.Refuse("is not a valid google.protobuf.Timestamp");
    return std::nullopt;
  }
  return FromTimestamp(proto);
}

std::optional<absl::Duration> CheckDuration(const Field& field,
                                            const google::protobuf::Duration& proto) {
  using google::protobuf::util::TimeUtil;
  const bool signs_differ =
      (proto.seconds() < 0 && proto.nanos() > 0) || (proto.seconds() > 0 && proto.nanos() < 0);
  if (proto.seconds() < TimeUtil::kDurationMinSeconds ||
      proto.seconds() > TimeUtil::kDurationMaxSeconds || proto.nanos() < -kNanosecondsMax ||
      proto.nanos() > kNanosecondsMax || signs_differ) {
    field.Refuse("is not a valid google.protobuf.Duration");
    return std::nullopt;
  }
  return FromProtoDuration(proto);
}

}  // namespace mpic::coordinator
