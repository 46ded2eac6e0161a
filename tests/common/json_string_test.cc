#include "common/json_string.h"

#include <gtest/gtest.h>

#include <string>

namespace mpic {
namespace {

TEST(JsonStringTest, NothingHiddenStaysHidden) {
  const struct {
    const char* name;
    const char* text;
    const char* json;
  } cases[] = {
      {"plain text", "shop.example.com", R"("shop.example.com")"},
      {"what JSON escapes", "a\"b\\c\n\t", R"("a\"b\\c\n\t")"},
      {"control characters", "\x1b[2J\x7f", R"("\u001b[2J\u007f")"},
      {"those of C1", "\xc2\x9b", R"("\u009b")"},
      {"letters of others", "\xc3\xbc\xe6\xbc\xa2", "\"\xc3\xbc\xe6\xbc\xa2\""},
      {"the other direction", "\xe2\x80\xae", R"("\u202e")"},
      {"an isolate", "\xe2\x81\xa6", R"("\u2066")"},
      {"a tag, beyond the first plane", "\xf3\xa0\x80\xa1", R"("\udb40\udc21")"},
      {"no UTF-8", "\xff", "\"\xef\xbf\xbd\""},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    std::string json;
    AppendJsonString(c.text, 1'000, json);
    EXPECT_EQ(json, c.json);
  }
}

TEST(JsonStringTest, WhatIsTooLongIsCutBetweenCharacters) {
  std::string json;
  AppendJsonString("ab\xc3\xbc", 3, json);
  EXPECT_EQ(json, "\"ab\u2026\"");
}

}  // namespace
}  // namespace mpic
