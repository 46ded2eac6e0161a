// The names of the laboratory that the perspective is measured in: many, so that none of its limits
// for one name or one address is in the way.
#ifndef MPIC_TESTS_BENCH_PERSPECTIVE_BENCH_NAMES_H_
#define MPIC_TESTS_BENCH_PERSPECTIVE_BENCH_NAMES_H_

#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"

namespace mpic::bench {

inline constexpr std::uint32_t kNames = 1'000;
inline constexpr char kZone[] = "example.com";

// What the owner of every name has published.
inline constexpr char kKeyAuthorization[] =
    "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA.9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI";
inline constexpr char kToken[] = "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA";
inline constexpr char kIssuer[] = "ca.example.com";

inline std::string NameOf(std::uint64_t number) {
  return absl::StrCat("n", number % kNames, ".", kZone);
}

// 127.1.0.1 and on, in host order; all on this machine's loopback.
inline std::uint32_t AddressOf(std::uint64_t number) {
  constexpr std::uint32_t kFirst = 0x7F010001;
  return kFirst + static_cast<std::uint32_t>(number % kNames);
}

}  // namespace mpic::bench

#endif  // MPIC_TESTS_BENCH_PERSPECTIVE_BENCH_NAMES_H_
