#include "perspective/rules/challenge_value.h"

#include <gtest/gtest.h>

#include <string>

namespace mpic::perspective {
namespace {

constexpr char kValue[] = "4f9c2a7be1d04c6f";

TEST(ContainsTokenTest, StandsFreeOrNotAtAll) {
  const struct {
    const char* name;
    std::string haystack;
    bool found;
    std::size_t offset;
  } cases[] = {
      {"whole text", "4f9c2a7be1d04c6f", true, 0},
      {"behind a space and before a line break", "a 4f9c2a7be1d04c6f\r\nb", true, 2},
      {"between tags", "<p>4f9c2a7be1d04c6f</p>", true, 3},
      {"beside octets above 127",
       "\xc3\xa4"
       "4f9c2a7be1d04c6f\xff",
       true, 2},
      {"first inside a longer token, then free", "x4f9c2a7be1d04c6f 4f9c2a7be1d04c6f", true, 18},
      {"behind a letter", "z4f9c2a7be1d04c6f", false, 0},
      {"before a digit", "4f9c2a7be1d04c6f0", false, 0},
      {"before a hyphen", "4f9c2a7be1d04c6f-", false, 0},
      {"behind an underscore", "_4f9c2a7be1d04c6f", false, 0},
      {"another case", "4F9C2A7BE1D04C6F", false, 0},
      {"cut short", "4f9c2a7be1d04c6", false, 0},
      {"nothing", "", false, 0},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    std::size_t offset = 0;
    EXPECT_EQ(ContainsToken(c.haystack, kValue, &offset), c.found);
    EXPECT_EQ(offset, c.offset);
  }
  EXPECT_TRUE(ContainsToken("4f9c2a7be1d04c6f", kValue));
  EXPECT_FALSE(ContainsToken("text", ""));
}

TEST(TrimTrailingWhitespaceTest, OnlyTheSixOctetsAndOnlyAtTheEnd) {
  EXPECT_EQ(TrimTrailingWhitespace("a b \t\r\n\v\f"), "a b");
  EXPECT_EQ(TrimTrailingWhitespace(" a"), " a");
  EXPECT_EQ(TrimTrailingWhitespace(" \n"), "");
  EXPECT_EQ(TrimTrailingWhitespace(""), "");
  const std::string with_nul("a\0", 2);
  EXPECT_EQ(TrimTrailingWhitespace(with_nul), with_nul);
  EXPECT_EQ(TrimTrailingWhitespace("a\xc2\xa0"), "a\xc2\xa0");
}

}  // namespace
}  // namespace mpic::perspective
