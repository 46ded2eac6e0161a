#include "common/rir.h"

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace mpic {
namespace {

struct Name {
  absl::string_view text;
  v1::Rir rir;
};

constexpr Name kNames[] = {
    {"ARIN", v1::ARIN},       {"RIPE NCC", v1::RIPE_NCC}, {"RIPE_NCC", v1::RIPE_NCC},
    {"RIPE", v1::RIPE_NCC},   {"APNIC", v1::APNIC},       {"LACNIC", v1::LACNIC},
    {"AFRINIC", v1::AFRINIC},
};

}  // namespace

absl::StatusOr<v1::Rir> ParseRir(absl::string_view text) {
  for (const Name& name : kNames) {
    if (absl::EqualsIgnoreCase(text, name.text)) return name.rir;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("unknown RIR \"", text, "\"; must be ARIN, RIPE NCC, APNIC, LACNIC or AFRINIC"));
}

absl::string_view RirName(v1::Rir rir) {
  for (const Name& name : kNames) {
    if (name.rir == rir) return name.text;
  }
  return "unknown";
}

}  // namespace mpic
