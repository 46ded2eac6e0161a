#include "common/trace_context.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace mpic {
namespace {

constexpr std::size_t kVersion00Length = 55;
constexpr std::uint8_t kSampled = 1;

// Upper case is invalid (section 3.2.2.1).
int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

bool IsHex(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return HexDigit(c) >= 0; });
}

bool IsId(absl::string_view text) {
  return IsHex(text) && text.find_first_not_of('0') != absl::string_view::npos;
}

std::uint64_t NonZero(const RandomSource& random) {
  for (;;) {
    if (const std::uint64_t value = random(); value != 0) return value;
  }
}

std::string NewSpanId(const RandomSource& random) {
  return absl::StrCat(absl::Hex(NonZero(random), absl::kZeroPad16));
}

}  // namespace

std::string TraceContext::traceparent() const {
  return absl::StrCat("00-", trace_id, "-", span_id, "-", absl::Hex(flags, absl::kZeroPad2));
}

std::optional<TraceContext> ParseTraceparent(absl::string_view text) {
  if (text.size() < kVersion00Length) return std::nullopt;
  const absl::string_view version = text.substr(0, 2);
  if (!IsHex(version) || version == "ff") return std::nullopt;
  if (text.size() > kVersion00Length && (version == "00" || text[kVersion00Length] != '-')) {
    return std::nullopt;
  }
  if (text[2] != '-' || text[35] != '-' || text[52] != '-') return std::nullopt;
  const absl::string_view trace_id = text.substr(3, 32);
  const absl::string_view span_id = text.substr(36, 16);
  const absl::string_view flags = text.substr(53, 2);
  if (!IsId(trace_id) || !IsId(span_id) || !IsHex(flags)) return std::nullopt;
  // The other bits mean nothing yet and must not be handed on (section 3.2.2.5).
  const int low_bits = HexDigit(flags[1]) & kSampled;
  return TraceContext{std::string(trace_id), std::string(span_id),
                      static_cast<std::uint8_t>(low_bits)};
}

TraceContext NewTrace(const RandomSource& random) {
  const std::string trace_id = absl::StrCat(absl::Hex(NonZero(random), absl::kZeroPad16),
                                            absl::Hex(random(), absl::kZeroPad16));
  return {trace_id, NewSpanId(random), 0};
}

TraceContext ChildSpan(const TraceContext& parent, const RandomSource& random) {
  return {parent.trace_id, NewSpanId(random), parent.flags};
}

TraceContext ContinueTrace(absl::string_view traceparent, const RandomSource& random) {
  const std::optional<TraceContext> parent = ParseTraceparent(traceparent);
  return parent.has_value() ? ChildSpan(*parent, random) : NewTrace(random);
}

}  // namespace mpic
