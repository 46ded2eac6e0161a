#include "common/config_violations.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/proto_time.h"

namespace mpic {
namespace {

constexpr std::size_t kIdOctetsMax = 64;  // protos/mpic/v1/check.proto

bool IsIdOctet(char c) {
  return absl::ascii_islower(static_cast<unsigned char>(c)) ||
         absl::ascii_isdigit(static_cast<unsigned char>(c)) || c == '-';
}

}  // namespace

void ConfigViolations::Add(absl::string_view field, absl::string_view rule) {
  entries_.push_back(absl::StrCat(field, ": ", rule));
}

void ConfigViolations::CheckId(absl::string_view field, absl::string_view value) {
  if (value.empty() || value.size() > kIdOctetsMax ||
      !std::all_of(value.begin(), value.end(), IsIdOctet)) {
    Add(field, "must be 1..64 octets of [a-z0-9-]");
  }
}

void ConfigViolations::CheckEndpoint(absl::string_view field, absl::string_view value,
                                     bool optional) {
  if (value.empty() && optional) return;
  if (value.empty()) return Add(field, "must be set, as \"address:port\"");
  const absl::StatusOr<IpEndpoint> endpoint = IpEndpoint::Parse(value);
  if (!endpoint.ok()) Add(field, endpoint.status().message());
}

unsigned ConfigViolations::Number(absl::string_view field, unsigned value, unsigned low,
                                  unsigned high, unsigned otherwise) {
  if (value == 0) return otherwise;
  if (value < low || value > high) {
    Add(field, absl::StrCat("must be ", low, "..", high, ", not ", value));
  }
  return value;
}

absl::Duration ConfigViolations::Duration(absl::string_view field, bool given,
                                          const google::protobuf::Duration& value,
                                          const DurationRange& range, absl::Duration otherwise) {
  if (!given) return otherwise;
  const absl::Duration duration = FromProtoDuration(value);
  if (duration < range.low || duration > range.high) {
    Add(field,
        absl::StrCat("must be ", absl::FormatDuration(range.low), "..",
                     absl::FormatDuration(range.high), ", not ", absl::FormatDuration(duration)));
  }
  return duration;
}

absl::Status ConfigViolations::ToStatus() const {
  if (entries_.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrJoin(entries_, "\n"));
}

}  // namespace mpic
