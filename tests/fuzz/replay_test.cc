// Every fuzz target over its seeds and its past crashes, without libFuzzer. A property that does
// not hold ends the program; the last file named is the one.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/fuzz/fuzz_target.h"

namespace mpic::fuzz {

// What ctest prints beside a case's name.
static void PrintTo(const FuzzTarget& target, std::ostream* out) { *out << target.name; }

namespace {

class ReplayTest : public ::testing::TestWithParam<FuzzTarget> {};

TEST_P(ReplayTest, SeedsAndPastCrashesKeepTheProperties) {
  const std::filesystem::path folder =
      std::filesystem::path(MPIC_TEST_DATA) / "fuzz" / GetParam().name;
  std::vector<std::filesystem::path> files(std::filesystem::directory_iterator(folder), {});
  std::ranges::sort(files);
  ASSERT_FALSE(files.empty()) << folder << " has no seeds";
  for (const std::filesystem::path& file : files) {
    std::cerr << file << std::endl;
    std::ifstream stream(file, std::ios::binary);
    const std::string octets(std::istreambuf_iterator<char>(stream), {});
    GetParam().run(FuzzInput(octets));
    GetParam().run(FuzzInput(octets.substr(0, octets.size() / 2)));
  }
}

INSTANTIATE_TEST_SUITE_P(Fuzz, ReplayTest, ::testing::ValuesIn(Targets()),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace mpic::fuzz
