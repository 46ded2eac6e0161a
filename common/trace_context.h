// W3C Trace Context level 1: the traceparent that callers hand on as gRPC metadata.
#ifndef MPIC_COMMON_TRACE_CONTEXT_H_
#define MPIC_COMMON_TRACE_CONTEXT_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "common/random.h"

namespace mpic {

// Metadata key; also the name under which to hand it on. Never sent to applicants' servers.
inline constexpr char kTraceparentKey[] = "traceparent";

// One span of a trace. Ids are lower-case hexadecimal and never all zero.
struct TraceContext {
  std::string trace_id;    // 32 digits
  std::string span_id;     // 16 digits
  std::uint8_t flags = 0;  // bit 0: sampled

  // "00-<trace_id>-<span_id>-<flags>".
  std::string traceparent() const;

  friend bool operator==(const TraceContext&, const TraceContext&) = default;
};

// nullopt for anything that section 3.2.2 calls invalid; a later version than 00 is read as far as
// version 00 goes (section 3.2.4).
std::optional<TraceContext> ParseTraceparent(absl::string_view text);

// The first span of a trace of our own, not sampled.
TraceContext NewTrace(const RandomSource& random = RandomU64);
// A span below `parent`: same trace and flags, a span id of its own.
TraceContext ChildSpan(const TraceContext& parent, const RandomSource& random = RandomU64);
// Our span for a call that came with `traceparent`: below it if valid, else of a new trace.
TraceContext ContinueTrace(absl::string_view traceparent, const RandomSource& random = RandomU64);

}  // namespace mpic

#endif  // MPIC_COMMON_TRACE_CONTEXT_H_
