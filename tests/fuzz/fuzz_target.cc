#include "tests/fuzz/fuzz_target.h"

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include "absl/strings/ascii.h"
#include "common/utf8.h"

namespace mpic::fuzz {
namespace {

// The longest quotation, 300 octets of a name each escaped into four, and a rule. CheckRun cuts
// what goes into a result, which works for ASCII alone.
constexpr std::size_t kDetailOctetsMax = 1'500;

bool IsControl(char32_t c) { return c < 0x20 || (c >= 0x7F && c < 0xA0); }

}  // namespace

std::uint8_t FuzzInput::U8() {
  if (octets_.empty()) return 0;
  const auto octet = static_cast<std::uint8_t>(octets_.front());
  octets_.remove_prefix(1);
  return octet;
}

absl::string_view FuzzInput::Line() {
  const absl::string_view line = octets_.substr(0, octets_.find('\n'));
  octets_.remove_prefix(std::min(line.size() + 1, octets_.size()));
  return line;
}

std::vector<std::string> FuzzInput::Lines(std::size_t lines_max) {
  std::vector<std::string> lines;
  while (!octets_.empty() && lines.size() < lines_max) lines.emplace_back(Line());
  return lines;
}

absl::string_view FuzzInput::Rest() {
  const absl::string_view rest = octets_;
  octets_ = {};
  return rest;
}

void Require(bool holds, absl::string_view property) {
  if (holds) return;
  std::cerr << "fuzz: does not hold: " << property << std::endl;
  std::abort();
}

bool IsShowable(absl::string_view text) {
  while (!text.empty()) {
    const std::size_t length = Utf8Length(text);
    if (length == 0 || IsControl(Utf8CodePoint(text.substr(0, length)))) return false;
    text.remove_prefix(length);
  }
  return true;
}

bool IsPrintableAscii(absl::string_view text, std::size_t octets_max) {
  return text.size() <= octets_max && std::ranges::all_of(text, [](char c) {
           return absl::ascii_isprint(static_cast<unsigned char>(c));
         });
}

void RequireSound(const perspective::Problem& problem) {
  Require(problem.kind != v1::Problem::KIND_UNSPECIFIED, "a problem has a kind");
  Require(perspective::OutcomeOf(problem.kind) != v1::PASSED, "a problem is no pass");
  Require(!problem.detail.empty() && IsPrintableAscii(problem.detail, kDetailOctetsMax),
          "a problem's detail is short printable ASCII");
}

std::vector<FuzzTarget>& Targets() {
  static auto& targets = *new std::vector<FuzzTarget>;
  return targets;
}

}  // namespace mpic::fuzz
