#include "perspective/rules/txt_record.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/fake_dns_client.h"

namespace mpic::perspective {
namespace {

TEST(TxtRecordTest, StringsOfOneRecordAreJoinedWithNothingBetween) {
  const struct {
    const char* name;
    std::vector<std::string> strings;
    std::string expected;
  } cases[] = {
      {"one string", {"abc"}, "abc"},
      {"vector 17: two strings",
       {"4f9c2a7be1d04c6f", "8a35b1e97d20c4aa"},
       "4f9c2a7be1d04c6f8a35b1e97d20c4aa"},
      {"empty strings", {"", "a", "", "b"}, "ab"},
      {"a single empty string", {""}, ""},
      {"blanks and quotes are data", {" \"a\" ", "\t"}, " \"a\" \t"},
      {"the longest string", {std::string(255, 'x'), "y"}, std::string(255, 'x') + "y"},
      {"any octet", {std::string("\0\xff", 2)}, std::string("\0\xff", 2)},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const OrProblem<std::string> value = ParseTxtRdata(testing::TxtRdata(c.strings));
    ASSERT_TRUE(value.ok()) << value.problem().detail;
    EXPECT_EQ(*value, c.expected);
  }
}

TEST(TxtRecordTest, BrokenRdataIsMalformed) {
  for (const std::string& rdata : {std::string(),
                                   std::string("\x02"
                                               "a"),
                                   std::string("\x01"
                                               "a\xff",
                                               3)}) {
    const OrProblem<std::string> value = ParseTxtRdata(rdata);
    ASSERT_FALSE(value.ok()) << *value;
    EXPECT_EQ(value.problem().kind, v1::Problem::RECORD_MALFORMED);
  }
}

TEST(TxtRecordTest, RecordsOfASetStayApart) {
  const std::vector<std::string> rdata = {testing::TxtRdata({"a", "b"}), testing::TxtRdata({"c"})};
  const OrProblem<std::vector<std::string>> values = ParseTxtSet(rdata);
  ASSERT_TRUE(values.ok());
  EXPECT_EQ(*values, (std::vector<std::string>{"ab", "c"}));
}

TEST(TxtRecordTest, OneBrokenRecordSpoilsTheSet) {
  const std::vector<std::string> rdata = {testing::TxtRdata({"a"}), "\x09"};
  EXPECT_FALSE(ParseTxtSet(rdata).ok());
}

}  // namespace
}  // namespace mpic::perspective
