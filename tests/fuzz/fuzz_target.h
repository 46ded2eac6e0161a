// What a fuzz target is made of. A target reads octets as a stranger would send them, drives the
// code of the programs with them, and states what must hold whatever they are:
//
//   MPIC_FUZZ_TARGET(html_meta) { Require(IsShowable(Judge(input.Rest())), "..."); }
//
// libFuzzer looks for inputs that break it (`make fuzz`); replay_test runs it over the seeds and
// past crashes of tests/data/fuzz/NAME (`make test`).
#ifndef MPIC_TESTS_FUZZ_FUZZ_TARGET_H_
#define MPIC_TESTS_FUZZ_FUZZ_TARGET_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "perspective/problem.h"

namespace mpic::fuzz {

// The octets of one run, taken from the front. Nothing is left at the end: zero, empty.
class FuzzInput {
 public:
  explicit FuzzInput(absl::string_view octets) : octets_(octets) {}

  std::uint8_t U8();
  // To the next line feed, which is taken and not returned.
  absl::string_view Line();
  // The lines of all that is left, at most `lines_max`; what follows them is dropped.
  std::vector<std::string> Lines(std::size_t lines_max);
  absl::string_view Rest();

 private:
  absl::string_view octets_;
};

// Ends the program when a property does not hold, so that libFuzzer and ctest see it.
void Require(bool holds, absl::string_view property);

// True when parsing gave this value.
template <typename T>
bool Gives(const absl::StatusOr<T>& parsed, const T& value) {
  return parsed.ok() && *parsed == value;
}

// Valid UTF-8 without control characters: fit for a protobuf string, a log line and a terminal.
bool IsShowable(absl::string_view text);
// Printable ASCII of at most `octets_max` octets.
bool IsPrintableAscii(absl::string_view text, std::size_t octets_max);
// What every problem that a perspective reports must be: of a kind, with a short printable detail.
void RequireSound(const perspective::Problem& problem);

struct FuzzTarget {
  const char* name;
  void (*run)(FuzzInput input);
};

// The targets that are linked into the program.
std::vector<FuzzTarget>& Targets();

struct Registration {
  explicit Registration(FuzzTarget target) { Targets().push_back(target); }
};

}  // namespace mpic::fuzz

#define MPIC_FUZZ_TARGET(name)                                \
  static void Run_##name(::mpic::fuzz::FuzzInput input);      \
  static const ::mpic::fuzz::Registration kRegistered_##name( \
      ::mpic::fuzz::FuzzTarget{#name, Run_##name});           \
  static void Run_##name(::mpic::fuzz::FuzzInput input)

#endif  // MPIC_TESTS_FUZZ_FUZZ_TARGET_H_
